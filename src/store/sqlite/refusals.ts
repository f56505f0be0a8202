import type { RefusalRecord } from '../records.ts';
import type { RefusalStore } from '../store.ts';
import { integer, text, type Row } from './row.ts';
import type { Connections } from './sqlite-store.ts';

/** How many refusals of one automation are kept. */
export const REFUSALS_KEPT = 100;

/** How many characters of a refused body are kept. */
export const REFUSED_BODY_KEPT = 64 * 1024;

export function createRefusalStore({ reader, writer, queue }: Connections): RefusalStore {
  const insert = writer.prepare(
    'INSERT INTO refusals (id, account, automation, received_at, status, reason, body) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const dropOldest = writer.prepare(
    `DELETE FROM refusals WHERE number IN (
       SELECT number FROM refusals WHERE account = ? AND automation = ? ORDER BY number DESC LIMIT -1 OFFSET ${REFUSALS_KEPT})`,
  );
  const columns = 'SELECT id, account, automation, received_at, status, reason, body FROM refusals';
  const newest = 'ORDER BY number DESC LIMIT ?';
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
    insert: ({ id, account, automation, receivedAt, status, reason, body }) =>
      queue.commit(() => {
        insert.run(id, account, automation, receivedAt, status, reason, body.slice(0, REFUSED_BODY_KEPT));
        dropOldest.run(account, automation);
      }),
    list: ({ account, automation, limit }) => select(account, automation, limit).map(readRefusal),
  };
}

function readRefusal(row: Row): RefusalRecord {
  return {
    id: text(row, 'id'),
    account: text(row, 'account'),
    automation: text(row, 'automation'),
    receivedAt: integer(row, 'received_at'),
    status: integer(row, 'status'),
    reason: text(row, 'reason'),
    body: text(row, 'body'),
  };
}
