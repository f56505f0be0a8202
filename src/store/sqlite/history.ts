import type { DatabaseSync } from 'node:sqlite';
import type { HistoryLimits, HistoryPart, HistoryStore } from '../history.ts';
import { prepareRemoval } from './history-removal.ts';
import { integer, optionalInteger, text, type Row } from './row.ts';
import { RUN_BYTES } from './run-bytes.ts';
import type { Connections } from './sqlite-store.ts';

export function createHistoryStore({ reader, writer, queue, values }: Connections): HistoryStore {
  const limits = reader.prepare('SELECT account, keep_ms, keep_failed_ms, max_bytes FROM account_history');
  // An index by account, and a jump from one to the next.
  const next = reader.prepare('SELECT min(account) AS account FROM runs WHERE account > ?');
  const measure = reader.prepare(
    `SELECT max(id) AS last, count(*) AS runs, sum(bytes) AS bytes, min(created_at) AS oldest FROM (
       SELECT id, created_at, ${RUN_BYTES} AS bytes FROM runs WHERE account = ? AND id > ? ORDER BY id LIMIT ?)`,
  );
  const prune = prepareRemoval(writer, values);

  return {
    limits: () => new Map(limits.all().map((row) => [text(row, 'account'), readLimits(row)])),
    accounts: () => {
      const found: string[] = [];
      for (let last = ''; ;) {
        const account = next.get(last)?.['account'];
        if (typeof account !== 'string') return found;
        found.push(account);
        last = account;
      }
    },
    measure: (account, after, limit) => {
      const row = measure.get(account, after, limit) ?? {};
      return row['last'] === null ? undefined : readPart(row);
    },
    prune: (account, after, rule) => queue.commit(() => prune(account, after, rule)),
  };
}

/** Keeps the limits of accounts, inside of a transaction. */
export function prepareLimits(writer: DatabaseSync): (account: string, limits: HistoryLimits) => void {
  const put = writer.prepare(
    'INSERT OR REPLACE INTO account_history (account, keep_ms, keep_failed_ms, max_bytes) VALUES (?, ?, ?, ?)',
  );
  return (account, { keepMs, keepFailedMs, maxBytes }) =>
    void put.run(account, keepMs ?? null, keepFailedMs ?? null, maxBytes ?? null);
}

function readLimits(row: Row): HistoryLimits {
  const keepMs = optionalInteger(row, 'keep_ms');
  const keepFailedMs = optionalInteger(row, 'keep_failed_ms');
  const maxBytes = optionalInteger(row, 'max_bytes');
  return {
    ...(keepMs === undefined ? {} : { keepMs }),
    ...(keepFailedMs === undefined ? {} : { keepFailedMs }),
    ...(maxBytes === undefined ? {} : { maxBytes }),
  };
}

function readPart(row: Row): HistoryPart {
  return {
    last: text(row, 'last'),
    runs: integer(row, 'runs'),
    bytes: integer(row, 'bytes'),
    oldest: integer(row, 'oldest'),
  };
}
