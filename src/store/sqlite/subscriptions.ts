import type { SubscriptionRecord, SubscriptionStatus, SubscriptionStore } from '../subscriptions.ts';
import { readFailure } from './outcome-json.ts';
import { integer, json, optionalInteger, optionalJson, optionalText, text, texts, type Row } from './row.ts';
import type { Connections } from './sqlite-store.ts';

const COLUMNS = `id, account, connection, service, name, key, status, remote_id, replaced, events, url, expires_at,
  changed_at, keys, made_with, credential, shared_credential, failure, failures, due_at`;

export function createSubscriptionStore({ reader, writer, queue }: Connections): SubscriptionStore {
  const put = writer.prepare(
    `INSERT OR REPLACE INTO subscriptions (${COLUMNS}) VALUES (${COLUMNS.replaceAll(/[a-z_]+/g, '?')})`,
  );
  const drop = writer.prepare('DELETE FROM subscriptions WHERE id = ?');
  const list = reader.prepare(`SELECT ${COLUMNS} FROM subscriptions ORDER BY account, connection, name, key`);
  const of = reader.prepare(`SELECT ${COLUMNS} FROM subscriptions WHERE account = ? AND connection = ?`);
  return {
    list: () => list.all().map(readSubscription),
    of: (account, connection) => of.all(account, connection).map(readSubscription),
    put: (record) => {
      const values = valuesOf(record);
      return queue.commit(() => void put.run(...values));
    },
    drop: (id) => queue.commit(() => void drop.run(id)),
  };
}

/** In the order of the columns. */
function valuesOf(record: SubscriptionRecord): (string | number | null)[] {
  const { id, account, connection, service, name, key, status, remoteId, replaced, events, url } = record;
  const { expiresAt, changedAt, keys, madeWith, credential, sharedCredential, failure, failures, dueAt } = record;
  const names = [id, account, connection, service, name, key, status, remoteId ?? null, replaced ?? null];
  const asked = [JSON.stringify(events), url, expiresAt ?? null, changedAt, JSON.stringify(keys)];
  const tried = [failure === undefined ? null : JSON.stringify(failure), failures, dueAt ?? null];
  return [...names, ...asked, JSON.stringify(madeWith), credential ?? null, sharedCredential ?? null, ...tried];
}

const STATUSES: readonly SubscriptionStatus[] = ['creating', 'active', 'deleting'];

function readSubscription(row: Row): SubscriptionRecord {
  const status = STATUSES.find((name) => name === row['status']);
  if (status === undefined)
    throw new TypeError('The store holds a subscription with an unknown status. The data folder is damaged.');
  const [remoteId, replaced] = [optionalText(row, 'remote_id'), optionalText(row, 'replaced')];
  const [expiresAt, dueAt] = [optionalInteger(row, 'expires_at'), optionalInteger(row, 'due_at')];
  const [credential, sharedCredential] = [optionalText(row, 'credential'), optionalText(row, 'shared_credential')];
  const failure = optionalJson(row, 'failure');
  return {
    id: text(row, 'id'),
    account: text(row, 'account'),
    connection: text(row, 'connection'),
    service: text(row, 'service'),
    name: text(row, 'name'),
    key: text(row, 'key'),
    status,
    ...(remoteId === undefined ? {} : { remoteId }),
    ...(replaced === undefined ? {} : { replaced }),
    events: texts(row, 'events'),
    url: text(row, 'url'),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    changedAt: integer(row, 'changed_at'),
    keys: texts(row, 'keys'),
    madeWith: json(row, 'made_with'),
    ...(credential === undefined ? {} : { credential }),
    ...(sharedCredential === undefined ? {} : { sharedCredential }),
    ...(failure === undefined ? {} : { failure: readFailure(failure) }),
    failures: integer(row, 'failures'),
    ...(dueAt === undefined ? {} : { dueAt }),
  };
}
