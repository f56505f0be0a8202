import type { DatabaseSync } from 'node:sqlite';
import { isJsonObject, type Json } from '../../json/value.ts';
import type { Failure } from '../../run/failure.ts';
import { StoreError } from '../store-error.ts';
import { readFailure } from './outcome-json.ts';
import type { Owner } from './run-owners.ts';
import type { Values } from './values.ts';

/**
 * The failure of a run as it is kept. Lists show it, so what is the same for everyone stays readable where a run is sealed;
 * the service's words and facts may repeat what they were given.
 */
export function keptFailure(values: Values, owner: Owner, failure: Failure): string {
  if (!owner.sealed) return JSON.stringify(failure);
  const { message, help, details, ...plain } = failure;
  const sealed = values.prepare(owner, placeOf(owner), { message, help, details }).text;
  return JSON.stringify({ ...plain, message: '', sealed });
}

/** Reads it back; what no private key at hand opens is told as that. */
export function readKeptFailure(
  values: Values,
  database: DatabaseSync,
  owner: Pick<Owner, 'account' | 'name'>,
  kept: Json,
): Failure {
  if (!isJsonObject(kept) || typeof kept['sealed'] !== 'string') return readFailure(kept);
  const { sealed, ...plain } = kept;
  try {
    const opened = values.read(database, owner.account, placeOf(owner), sealed);
    return readFailure({ ...plain, ...(isJsonObject(opened) ? opened : {}) });
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'store_sealed') throw error;
    return readFailure({ ...plain, message: `its words are sealed: ${error.message}` });
  }
}

function placeOf({ name }: Pick<Owner, 'name'>): string {
  return `${name} failure`;
}
