import { isJsonObject } from '../../json/value.ts';
import { REFUSED_BODY_KEPT, type RefusalRecord } from '../records.ts';
import type { RefusalStore } from '../store.ts';
import { bytes, integer, jsonObject, optionalText, text, type Row } from './row.ts';
import type { Connections } from './sqlite-store.ts';

/** How many refusals of one automation are kept. */
export const REFUSALS_KEPT = 100;

export function createRefusalStore({ reader, writer, queue }: Connections): RefusalStore {
  const insert = writer.prepare(
    `INSERT INTO refusals (id, account, automation, received_at, status, reason, query, headers, body, cut)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const dropOldest = writer.prepare(
    `DELETE FROM refusals WHERE number IN (
       SELECT number FROM refusals WHERE account = ? AND automation = ? ORDER BY number DESC LIMIT -1 OFFSET ${REFUSALS_KEPT})`,
  );
  const markReplayed = writer.prepare('UPDATE refusals SET run = ? WHERE id = ?');
  const columns =
    'SELECT id, account, automation, received_at, status, reason, query, headers, body, cut, run FROM refusals';
  const newest = 'ORDER BY number DESC LIMIT ?';
  const one = reader.prepare(`${columns} WHERE id = ?`);
  const listAll = reader.prepare(`${columns} ${newest}`);
  const listAccount = reader.prepare(`${columns} WHERE account = ? ${newest}`);
  const listAutomation = reader.prepare(`${columns} WHERE automation = ? ${newest}`);
  const listOne = reader.prepare(`${columns} WHERE account = ? AND automation = ? ${newest}`);

  const select = (account: string | undefined, automation: string | undefined, limit: number): Row[] => {
    if (account === undefined)
      return automation === undefined ? listAll.all(limit) : listAutomation.all(automation, limit);
    return automation === undefined ? listAccount.all(account, limit) : listOne.all(account, automation, limit);
  };

  return {
    insert: ({ id, account, automation, receivedAt, status, reason, query, headers, body, cut = false }) => {
      const kept = body.subarray(0, REFUSED_BODY_KEPT);
      const isCut = cut || kept.length < body.length ? 1 : 0;
      const headersText = JSON.stringify(headers);
      return queue.commit(() => {
        insert.run(id, account, automation, receivedAt, status, reason, query, headersText, kept, isCut);
        dropOldest.run(account, automation);
      });
    },
    markReplayed: (id, run) => queue.commit(() => void markReplayed.run(run, id)),
    get: (id) => {
      const row = one.get(id);
      return row === undefined ? undefined : readRefusal(row);
    },
    list: ({ account, automation, limit }) => select(account, automation, limit).map(readRefusal),
  };
}

function readRefusal(row: Row): RefusalRecord {
  const run = optionalText(row, 'run');
  return {
    id: text(row, 'id'),
    account: text(row, 'account'),
    automation: text(row, 'automation'),
    receivedAt: integer(row, 'received_at'),
    status: integer(row, 'status'),
    reason: text(row, 'reason'),
    query: text(row, 'query'),
    headers: readHeaders(row),
    body: bytes(row, 'body'),
    cut: integer(row, 'cut') === 1,
    ...(run === undefined ? {} : { run }),
  };
}

function readHeaders(row: Row): RefusalRecord['headers'] {
  const headers: RefusalRecord['headers'] = {};
  for (const [name, value] of Object.entries(jsonObject(row, 'headers'))) {
    if (typeof value === 'string') headers[name] = value;
    else if (!isJsonObject(value) && Array.isArray(value))
      headers[name] = value.filter((one) => typeof one === 'string');
  }
  return headers;
}
