import type { DatabaseSync } from 'node:sqlite';
import type { Json } from '../../json/value.ts';
import type { FailureCode } from '../../run/failure-code.ts';
import type { Outcome } from '../../run/failure.ts';
import type { Instant } from '../../run/records.ts';
import type { StorageOperation } from '../../run/storage-operation.ts';
import type { StorageEntry } from '../records.ts';
import type { KeyValueStore } from '../store.ts';
import { integer, json, text, type Row } from './row.ts';

/** Reads of the key-value storage, for people who look. */
export function createKeyValueStore(reader: DatabaseSync): KeyValueStore {
  const get = reader.prepare('SELECT key, value, updated_at FROM storage WHERE account = ? AND key = ?');
  const list = reader.prepare(LIST);
  return {
    get: (account, key) => {
      const row = get.get(account, key);
      return row === undefined ? undefined : readEntry(row);
    },
    list: (account, prefix, limit) => list.all(account, prefix, prefix + LAST_CHARACTER, limit).map(readEntry),
  };
}

/** Performs an operation on an account's storage, inside of a transaction of the writer. */
export type PerformStorage = (account: string, operation: StorageOperation, at: Instant) => Outcome;

/** Prepares the operations on the connection that writes. The outputs are those of the `storage` connector's actions. */
export function prepareStorageOperations(writer: DatabaseSync): PerformStorage {
  const get = writer.prepare('SELECT value FROM storage WHERE account = ? AND key = ?');
  const list = writer.prepare(LIST);
  const remove = writer.prepare('DELETE FROM storage WHERE account = ? AND key = ?');
  const set = writer.prepare(
    `INSERT INTO storage (account, key, value, updated_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (account, key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`,
  );

  const read = (account: string, key: string): Json | undefined => {
    const row = get.get(account, key);
    return row === undefined ? undefined : json(row, 'value');
  };

  return (account, operation, at) => {
    switch (operation.kind) {
      case 'get': {
        const value = read(account, operation.key);
        return success(value === undefined ? { found: false } : { found: true, value });
      }
      case 'set':
        set.run(account, operation.key, JSON.stringify(operation.value), at);
        return success({ key: operation.key });
      case 'delete':
        return success({ deleted: Number(remove.run(account, operation.key).changes) > 0 });
      case 'list': {
        const rows = list.all(account, operation.prefix, operation.prefix + LAST_CHARACTER, operation.limit);
        return success({ entries: rows.map((row) => ({ key: text(row, 'key'), value: json(row, 'value') })) });
      }
      case 'increment': {
        const outcome = increment(operation.key, operation.by, read(account, operation.key));
        if (outcome.ok) set.run(account, operation.key, JSON.stringify(outcome.output), at);
        return outcome.ok ? success({ value: outcome.output }) : outcome;
      }
    }
  };
}

/** No text follows a prefix that is behind the prefix and the last code point, in the byte order that SQLite compares in. */
const LAST_CHARACTER = '\u{10FFFF}';

const LIST =
  'SELECT key, value, updated_at FROM storage WHERE account = ? AND key >= ? AND key < ? ORDER BY key LIMIT ?';

function readEntry(row: Row): StorageEntry {
  return { key: text(row, 'key'), value: json(row, 'value'), updatedAt: integer(row, 'updated_at') };
}

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
