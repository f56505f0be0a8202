import type { DatabaseSync } from 'node:sqlite';
import { parseJson } from '../../json/parse.ts';
import type { Json } from '../../json/value.ts';
import type { SealingKey, Sealing } from '../sealing.ts';
import { StoreError } from '../store-error.ts';
import { hasReferences, joinLarge, splitLarge, type LargeValue } from './large-values.ts';
import { text } from './row.ts';
import { RunOwners, type Owner } from './run-owners.ts';

/** A value as it stands in its row; `keep` writes what it refers to, in the same transaction. */
export interface KeptValue {
  text: string;
  owner: Owner;
  large: readonly LargeValue[];
}

/** Begins what is sealed: no JSON begins with it. */
const SEALED = '*';

/**
 * Values of runs and of the storage in the form in which they are kept: as JSON; with what is large by reference, once for
 * the account; and sealed, whole, where the plan of the run marks anything as sensitive.
 */
export class Values {
  readonly runs: RunOwners;
  private readonly sealing: Sealing | undefined;
  private readonly selectKnown;
  private readonly insertValue;
  private readonly insertUse;
  private readonly deleteUses;
  private readonly selectUse;
  private readonly deleteValue;
  /** While there are none at all, nobody need be asked for those that it used. */
  private hasLarge: boolean;
  private readonly loads = new Map<DatabaseSync, (account: string, digest: Buffer) => string>();

  constructor(writer: DatabaseSync, sealing: Sealing | undefined) {
    this.hasLarge = writer.prepare('SELECT 1 FROM large_values LIMIT 1').get() !== undefined;
    this.runs = new RunOwners(writer);
    this.sealing = sealing;
    this.selectKnown = writer.prepare('SELECT 1 FROM large_values WHERE account = ? AND digest = ?');
    this.insertValue = writer.prepare('INSERT INTO large_values (account, digest, body) VALUES (?, ?, ?)');
    this.insertUse = writer.prepare('INSERT OR IGNORE INTO large_value_uses (account, owner, digest) VALUES (?, ?, ?)');
    this.deleteUses = writer.prepare('DELETE FROM large_value_uses WHERE account = ? AND owner = ? RETURNING digest');
    this.selectUse = writer.prepare('SELECT 1 FROM large_value_uses WHERE account = ? AND digest = ? LIMIT 1');
    this.deleteValue = writer.prepare('DELETE FROM large_values WHERE account = ? AND digest = ?');
  }

  /** `place` names where in the store the value stands. */
  prepare(owner: Owner, place: string, value: unknown): KeptValue {
    if (!owner.sealed) return { owner, ...splitLarge(value, '') };
    const key = this.sealing?.key(owner.account);
    // Values that are sealed are never those that are not: their digests are others.
    const split = splitLarge(value, SEALED);
    if (key === undefined) return { owner, ...split };
    const large = split.large.map(({ digest, body }) => ({ digest, body: seal(key, placeOf(digest), body) }));
    return { owner, text: seal(key, place, split.text), large };
  }

  /** Does both, inside of a transaction; gives the text for the row. */
  write(owner: Owner, place: string, value: unknown): string {
    return this.keep(this.prepare(owner, place, value));
  }

  /** Inside of a transaction; gives the text for the row. */
  keep({ text: kept, owner: { account, name }, large }: KeptValue): string {
    for (const { digest, body } of large) {
      this.hasLarge = true;
      if (this.selectKnown.get(account, digest) === undefined) this.insertValue.run(account, digest, body);
      this.insertUse.run(account, name, digest);
    }
    return kept;
  }

  /** The owner needs its large values no more: those that nobody else needs go. Inside of a transaction. */
  release(account: string, owner: string): void {
    if (!this.hasLarge) return;
    for (const { digest } of this.deleteUses.all(account, owner)) {
      if (digest instanceof Uint8Array && this.selectUse.get(account, digest) === undefined)
        this.deleteValue.run(account, digest);
    }
  }

  /** Reads a value back on the connection that its text was read on. Throws `StoreError` `store_sealed`. */
  read(database: DatabaseSync, account: string, place: string, kept: string): Json {
    return joinLarge(this.open(account, place, kept), (digest) =>
      this.open(account, placeOf(digest), this.load(database, account, digest)),
    );
  }

  /** A value of a run. */
  readOfRun(database: DatabaseSync, run: string, place: string, kept: string): Json {
    // Most are plain, and need not know whose they are.
    return isSealed(kept) || hasReferences(kept)
      ? this.read(database, this.runs.of(run).account, place, kept)
      : parseJson(kept);
  }

  private open(account: string, place: string, kept: string): string {
    if (!isSealed(kept)) return kept;
    try {
      const key = this.sealing?.key(account);
      if (key !== undefined) return key.open(place, kept.slice(SEALED.length));
    } catch (error) {
      throw sealed(account, error);
    }
    throw sealed(account, undefined);
  }

  private load(database: DatabaseSync, account: string, digest: Buffer): string {
    let load = this.loads.get(database);
    if (load === undefined) {
      const select = database.prepare('SELECT body FROM large_values WHERE account = ? AND digest = ?');
      load = (whose, name) => text(select.get(whose, name) ?? {}, 'body');
      this.loads.set(database, load);
    }
    return load(account, digest);
  }
}

export function isSealed(kept: string): boolean {
  return kept.startsWith(SEALED);
}

function seal(key: SealingKey, place: string, plain: string): string {
  return SEALED + key.seal(place, plain);
}

function placeOf(digest: Buffer): string {
  return `value ${digest.toString('hex')}`;
}

function sealed(account: string, cause: unknown): StoreError {
  const why = cause instanceof Error ? cause.message : `nothing opens what the runner keeps of ${account}`;
  const help = cause instanceof Error && 'help' in cause && typeof cause.help === 'string' ? `; ${cause.help}` : '';
  return new StoreError('store_sealed', `${why}${help}`, { cause });
}
