import { createHash } from 'node:crypto';
import type { PollName, PollState } from '../records.ts';
import type { PollStore } from '../store.ts';
import { readFailure } from './outcome-json.ts';
import { integer, optionalInteger, optionalJson, type Row } from './row.ts';
import { prepareRunInsert } from './run-insert.ts';
import type { Connections } from './sqlite-store.ts';

/** How long an item is known after it was last there, in milliseconds. */
export const ITEMS_KNOWN_MS = 90 * 24 * 3_600_000;

/** Old items that go with each poll. */
const FORGOTTEN_AT_ONCE = 1000;

export function createPollStore({ reader, writer, queue, values }: Connections): PollStore {
  const insertRun = prepareRunInsert(writer, values);
  const sql = 'SELECT id, polled_at, cursor, failure FROM polls WHERE account = ? AND automation = ? AND source = ?';
  const select = reader.prepare(sql);
  const selectWritten = writer.prepare(sql);
  const isSeen = reader.prepare('SELECT 1 FROM poll_items WHERE poll = ? AND key = ?');
  const name = writer.prepare('INSERT OR IGNORE INTO polls (account, automation, source) VALUES (?, ?, ?)');
  const advance = writer.prepare('UPDATE polls SET polled_at = ?, cursor = ?, failure = NULL WHERE id = ?');
  const see = writer.prepare(
    `INSERT INTO poll_items (poll, key, seen_at) VALUES (?, ?, ?)
     ON CONFLICT (poll, key) DO UPDATE SET seen_at = excluded.seen_at`,
  );
  const forget = writer.prepare(
    `DELETE FROM poll_items WHERE poll = ? AND key IN (
       SELECT key FROM poll_items WHERE poll = ? AND seen_at <= ? ORDER BY seen_at LIMIT ${FORGOTTEN_AT_ONCE})`,
  );
  const fail = writer.prepare('UPDATE polls SET failure = ? WHERE id = ?');

  const idOf = ({ account, automation, source }: PollName): number => {
    name.run(account, automation, source);
    return integer(selectWritten.get(account, automation, source) ?? {}, 'id');
  };

  return {
    state: ({ account, automation, source }) => {
      const row = select.get(account, automation, source);
      return row === undefined ? undefined : readState(row);
    },
    seen: ({ account, automation, source }, keys) => {
      const row = select.get(account, automation, source);
      if (row === undefined) return new Set();
      const poll = integer(row, 'id');
      return new Set(keys.filter((key) => isSeen.get(poll, digestOf(key)) !== undefined));
    },
    accept: (poll, { at, keys, cursor }, runs) => {
      const digests = keys.map(digestOf);
      const cursorText = cursor === undefined ? null : JSON.stringify(cursor);
      return queue.commit(() => {
        const id = idOf(poll);
        for (const run of runs) insertRun(run);
        for (const digest of digests) see.run(id, digest, at);
        forget.run(id, id, at - ITEMS_KNOWN_MS);
        advance.run(at, cursorText, id);
      });
    },
    fail: (poll, failure) => {
      const failureText = JSON.stringify(failure);
      return queue.commit(() => void fail.run(failureText, idOf(poll)));
    },
  };
}

function digestOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

function readState(row: Row): PollState {
  const polledAt = optionalInteger(row, 'polled_at');
  const cursor = optionalJson(row, 'cursor');
  const failure = optionalJson(row, 'failure');
  return {
    ...(polledAt === undefined ? {} : { polledAt }),
    ...(cursor === undefined ? {} : { cursor }),
    ...(failure === undefined ? {} : { failure: readFailure(failure) }),
  };
}
