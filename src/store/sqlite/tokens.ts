import type { TokenRecord } from '../records.ts';
import type { TokenStore } from '../store.ts';
import { integer, optionalInteger, text, texts, textsByName, type Row } from './row.ts';
import type { Connections } from './sqlite-store.ts';

export function createTokenStore({ reader, writer, queue }: Connections): TokenStore {
  const insert = writer.prepare(
    `INSERT INTO tokens (id, hash, name, role, accounts, account_roles, created_at, created_by, expires_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const revoke = writer.prepare('UPDATE tokens SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL');
  const columns =
    'SELECT id, hash, name, role, accounts, account_roles, created_at, created_by, expires_at, revoked_at FROM tokens';
  const byHash = reader.prepare(`${columns} WHERE hash = ?`);
  const get = reader.prepare(`${columns} WHERE id = ?`);
  const list = reader.prepare(`${columns} ORDER BY created_at DESC, id`);

  return {
    insert: ({ id, hash, name, role, accounts, accountRoles, createdAt, createdBy, expiresAt }) =>
      queue.commit(() => {
        const kept = accounts === 'all' ? null : JSON.stringify(accounts);
        const more = Object.keys(accountRoles).length === 0 ? null : JSON.stringify(accountRoles);
        insert.run(id, hash, name, role, kept, more, createdAt, createdBy, expiresAt);
      }),
    byHash: (hash) => readOptional(byHash.get(hash)),
    get: (id) => readOptional(get.get(id)),
    list: () => list.all().map(readToken),
    revoke: (id, at) => queue.commit(() => Number(revoke.run(at, id).changes) === 1),
  };
}

function readOptional(row: Row | undefined): TokenRecord | undefined {
  return row === undefined ? undefined : readToken(row);
}

function readToken(row: Row): TokenRecord {
  const revokedAt = optionalInteger(row, 'revoked_at');
  return {
    id: text(row, 'id'),
    hash: text(row, 'hash'),
    name: text(row, 'name'),
    role: text(row, 'role'),
    accounts: row['accounts'] === null ? 'all' : texts(row, 'accounts'),
    accountRoles: row['account_roles'] === null ? {} : textsByName(row, 'account_roles'),
    createdAt: integer(row, 'created_at'),
    createdBy: text(row, 'created_by'),
    expiresAt: integer(row, 'expires_at'),
    ...(revokedAt === undefined ? {} : { revokedAt }),
  };
}
