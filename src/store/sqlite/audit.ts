import type { AuditRecord } from '../records.ts';
import type { AuditStore } from '../store.ts';
import { integer, optionalText, text, type Row } from './row.ts';
import type { Connections } from './sqlite-store.ts';

export function createAuditStore({ reader, writer, queue }: Connections): AuditStore {
  const insert = writer.prepare(
    `INSERT INTO audit (at, actor, name, role, action, target, account, status, address)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const columns = 'SELECT id, at, actor, name, role, action, target, account, status, address FROM audit';
  const newest = 'id < ? ORDER BY id DESC LIMIT ?';
  const listAll = reader.prepare(`${columns} WHERE ${newest}`);
  const listAccount = reader.prepare(`${columns} WHERE account = ? AND ${newest}`);

  const prune = writer.prepare(
    `DELETE FROM audit WHERE id IN (SELECT id FROM audit ORDER BY id LIMIT ?)
     AND (at < ? OR id <= (SELECT id FROM audit ORDER BY id DESC LIMIT 1 OFFSET ?))`,
  );

  return {
    insert: ({ at, actor, name, role, action, target, account, status, address }) =>
      queue.commit(() => void insert.run(at, actor, name, role, action, target, account ?? null, status, address)),
    list: ({ account, before = Number.MAX_SAFE_INTEGER, limit }) => {
      const rows = account === undefined ? listAll.all(before, limit) : listAccount.all(account, before, limit);
      return rows.map(readEntry);
    },
    prune: ({ before = 0, keep = Number.MAX_SAFE_INTEGER, limit }) =>
      queue.commit(() => Number(prune.run(limit, before, keep).changes)),
  };
}

function readEntry(row: Row): AuditRecord {
  const account = optionalText(row, 'account');
  return {
    id: integer(row, 'id'),
    at: integer(row, 'at'),
    actor: text(row, 'actor'),
    name: text(row, 'name'),
    role: text(row, 'role'),
    action: text(row, 'action'),
    target: text(row, 'target'),
    ...(account === undefined ? {} : { account }),
    status: integer(row, 'status'),
    address: text(row, 'address'),
  };
}
