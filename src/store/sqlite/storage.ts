import type { DatabaseSync } from 'node:sqlite';
import type { Json } from '../../json/value.ts';
import type { FailureCode } from '../../run/failure-code.ts';
import type { Outcome } from '../../run/failure.ts';
import type { Instant } from '../../run/records.ts';
import type { StorageOperation } from '../../run/storage-operation.ts';
import type { StorageEntry } from '../records.ts';
import type { KeyValueStore } from '../store.ts';
import { integer, text, type Row } from './row.ts';
import type { Owner } from './run-owners.ts';
import type { Connections } from './sqlite-store.ts';
import { isSealed, type Values } from './values.ts';

/** Reads of the key-value storage, for people who look. */
export function createKeyValueStore({ reader, values }: Pick<Connections, 'reader' | 'values'>): KeyValueStore {
  const get = reader.prepare('SELECT key, value, updated_at FROM storage WHERE account = ? AND key = ?');
  const list = reader.prepare(LIST);
  const readEntry = (row: Row, account: string): StorageEntry => {
    const key = text(row, 'key');
    const value = values.read(reader, account, ownerName(key), text(row, 'value'));
    return { key, value, updatedAt: integer(row, 'updated_at') };
  };
  return {
    get: (account, key) => {
      const row = get.get(account, key);
      return row === undefined ? undefined : readEntry(row, account);
    },
    list: (account, prefix, limit) =>
      list.all(account, prefix, prefix + LAST_CHARACTER, limit).map((row) => readEntry(row, account)),
  };
}

/**
 * Performs an operation on the storage of a run's account, inside of a transaction of the writer. `sealed`: the run's
 * values are, or one that it read is.
 */
export type PerformStorage = (
  run: Owner,
  operation: StorageOperation,
  at: Instant,
) => { outcome: Outcome; sealed: boolean };

/** Prepares the operations on the connection that writes. The outputs are those of the `storage` connector's actions. */
export function prepareStorageOperations(writer: DatabaseSync, values: Values): PerformStorage {
  const get = writer.prepare('SELECT value FROM storage WHERE account = ? AND key = ?');
  const list = writer.prepare(LIST);
  const remove = writer.prepare('DELETE FROM storage WHERE account = ? AND key = ?');
  const set = writer.prepare(
    `INSERT INTO storage (account, key, value, updated_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (account, key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`,
  );

  return (run, operation, at) => {
    const { account } = run;
    // Whoever reads a sealed value gets it sealed into its history, whatever its own plan marks.
    let { sealed } = run;
    const read = (row: Row, key: string): Json => {
      const kept = text(row, 'value');
      sealed ||= isSealed(kept);
      return values.read(writer, account, ownerName(key), kept);
    };
    const put = (key: string, value: Json): void => {
      const name = ownerName(key);
      values.release(account, name);
      set.run(account, key, values.write({ account, sealed, name }, name, value), at);
    };

    const perform = (): Outcome => {
      switch (operation.kind) {
        case 'get': {
          const row = get.get(account, operation.key);
          return success(row === undefined ? { found: false } : { found: true, value: read(row, operation.key) });
        }
        case 'set':
          put(operation.key, operation.value);
          return success({ key: operation.key });
        case 'delete':
          values.release(account, ownerName(operation.key));
          return success({ deleted: Number(remove.run(account, operation.key).changes) > 0 });
        case 'list': {
          const rows = list.all(account, operation.prefix, operation.prefix + LAST_CHARACTER, operation.limit);
          return success({
            entries: rows.map((row) => ({ key: text(row, 'key'), value: read(row, text(row, 'key')) })),
          });
        }
        case 'increment': {
          const row = get.get(account, operation.key);
          const value = row === undefined ? undefined : read(row, operation.key);
          const outcome = increment(operation.key, operation.by, value);
          if (!outcome.ok) return outcome;
          put(operation.key, outcome.output);
          return success({ value: outcome.output });
        }
      }
    };
    const outcome = perform();
    return { outcome, sealed };
  };
}

/** Names a key among the uses of large values, and the place of its value. */
function ownerName(key: string): string {
  return `storage ${key}`;
}

/** No text follows a prefix that is behind the prefix and the last code point, in the byte order that SQLite compares in. */
const LAST_CHARACTER = '\u{10FFFF}';

const LIST =
  'SELECT key, value, updated_at FROM storage WHERE account = ? AND key >= ? AND key < ? ORDER BY key LIMIT ?';

function success(output: Json): Outcome {
  return { ok: true, output };
}

/** Counts from 0 where there is nothing; `null` is something, and no number. */
function increment(key: string, by: number, value: Json = 0): Outcome {
  if (typeof value !== 'number') {
    return failure('storage_not_a_number', `The key \`${key}\` of the storage holds no number that can be added to.`);
  }
  const sum = value + by;
  // Beyond 2^53 a double skips whole numbers, and the count would silently stand still.
  const exact = Number.isInteger(value) && Number.isInteger(by) ? Number.isSafeInteger(sum) : Number.isFinite(sum);
  if (exact) return success(sum);
  return failure(
    'storage_number_out_of_range',
    `The key \`${key}\` of the storage cannot count further without losing digits.`,
  );
}

function failure(code: FailureCode, message: string): Outcome {
  return { ok: false, failure: { class: 'permanent', code, message } };
}
