import type { ConsentRecord, GrantRecord, GrantStatus } from '../records.ts';
import type { ConsentStore, GrantStore } from '../store.ts';
import { integer, optionalInteger, optionalText, text, texts, type Row } from './row.ts';
import type { Connections } from './sqlite-store.ts';

export function createGrantStore({ reader, writer, queue }: Connections): GrantStore {
  const columns =
    'account, connection, status, reason, sealed, scopes, hosts, identity, granted_at, expires_at, refreshed_at, refreshing_at';
  const get = reader.prepare(`SELECT ${columns} FROM grants WHERE account = ? AND connection = ?`);
  const list = reader.prepare(`SELECT ${columns} FROM grants ORDER BY account, connection`);
  const put = writer.prepare(`INSERT OR REPLACE INTO grants (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const begin = writer.prepare('UPDATE grants SET refreshing_at = ? WHERE account = ? AND connection = ?');

  return {
    get: (account, connection) => {
      const row = get.get(account, connection);
      return row && readGrant(row);
    },
    list: () => list.all().map(readGrant),
    put: (grant) =>
      queue.commit(() => {
        const { account, connection, status, reason, sealed, scopes, hosts, identity } = grant;
        const { grantedAt, expiresAt, refreshedAt, refreshingAt } = grant;
        const what = [status, reason ?? null, sealed, JSON.stringify(scopes), JSON.stringify(hosts), identity ?? null];
        const when = [grantedAt, expiresAt ?? null, refreshedAt ?? null, refreshingAt ?? null];
        put.run(account, connection, ...what, ...when);
      }),
    beginRefresh: (account, connection, at) => queue.commit(() => void begin.run(at, account, connection)),
  };
}

export function createConsentStore({ reader, writer, queue }: Connections): ConsentStore {
  const columns =
    'link, account, connection, created_by, expires_at, state, browser, sealed, state_expires_at, used_at';
  const byLink = reader.prepare(`SELECT ${columns} FROM consents WHERE link = ?`);
  const byState = reader.prepare(`SELECT ${columns} FROM consents WHERE state = ?`);
  const dropExpired = writer.prepare('DELETE FROM consents WHERE expires_at <= ?');
  const put = writer.prepare(`INSERT OR REPLACE INTO consents (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const begin = writer.prepare(
    'UPDATE consents SET state = ?, browser = ?, sealed = ?, state_expires_at = ? WHERE link = ? AND used_at IS NULL',
  );
  const use = writer.prepare('UPDATE consents SET used_at = ?, sealed = NULL WHERE link = ? AND used_at IS NULL');

  return {
    byLink: (hash) => readWhere(byLink.get(hash)),
    byState: (hash) => readWhere(byState.get(hash)),
    put: ({ link, account, connection, createdBy, expiresAt, begun, usedAt }, at) =>
      queue.commit(() => {
        dropExpired.run(at);
        const { state = null, browser = null, sealed = null, expiresAt: until = null } = begun ?? {};
        put.run(link, account, connection, createdBy, expiresAt, state, browser, sealed, until, usedAt ?? null);
      }),
    begin: (link, { state, browser, sealed, expiresAt }) =>
      queue.commit(() => Number(begin.run(state, browser, sealed, expiresAt, link).changes) === 1),
    use: (link, at) => queue.commit(() => Number(use.run(at, link).changes) === 1),
  };
}

const STATUSES: readonly GrantStatus[] = ['granted', 'expired', 'revoked'];

function readGrant(row: Row): GrantRecord {
  const status = STATUSES.find((name) => name === row['status']);
  if (status === undefined)
    throw new TypeError('The store holds a grant with an unknown status. The data folder is damaged.');
  return {
    account: text(row, 'account'),
    connection: text(row, 'connection'),
    status,
    reason: optionalText(row, 'reason'),
    sealed: text(row, 'sealed'),
    scopes: texts(row, 'scopes'),
    hosts: texts(row, 'hosts'),
    identity: optionalText(row, 'identity'),
    grantedAt: integer(row, 'granted_at'),
    expiresAt: optionalInteger(row, 'expires_at'),
    refreshedAt: optionalInteger(row, 'refreshed_at'),
    refreshingAt: optionalInteger(row, 'refreshing_at'),
  };
}

function readWhere(row: Row | undefined): ConsentRecord | undefined {
  if (row === undefined) return undefined;
  const state = optionalText(row, 'state');
  return {
    link: text(row, 'link'),
    account: text(row, 'account'),
    connection: text(row, 'connection'),
    createdBy: text(row, 'created_by'),
    expiresAt: integer(row, 'expires_at'),
    begun:
      state === undefined
        ? undefined
        : {
            state,
            browser: text(row, 'browser'),
            sealed: optionalText(row, 'sealed') ?? '',
            expiresAt: integer(row, 'state_expires_at'),
          },
    usedAt: optionalInteger(row, 'used_at'),
  };
}
