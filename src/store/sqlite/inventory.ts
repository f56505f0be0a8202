import type { DatabaseSync } from 'node:sqlite';
import type {
  DeployControl,
  InventoryChange,
  InventoryEntry,
  InventoryEvent,
  InventoryStatus,
  ReconciliationRecord,
  StallReason,
} from '../records.ts';
import type { InventoryStore } from '../store.ts';
import { prepareLimits } from './history.ts';
import { integer, optionalText, text, texts, type Row } from './row.ts';
import type { Connections } from './sqlite-store.ts';

/** How many reconciliations are kept. */
export const RECONCILIATIONS_KEPT = 20;

const NO_CHANGE: InventoryChange = { entries: [], secrets: new Map(), recipients: new Map(), history: new Map() };

export function createInventoryStore({ reader, writer, queue }: Connections): InventoryStore {
  const change = prepareInventoryChange(writer);
  const drop = writer.prepare('DELETE FROM inventory WHERE account = ?');
  const list = reader.prepare(
    'SELECT account, status, reason, attempted, applied, made_of, changed_at, recent FROM inventory ORDER BY account',
  );
  const secrets = reader.prepare('SELECT path, body FROM account_secrets');
  const recipients = reader.prepare('SELECT account, recipients FROM account_recipients');
  const control = reader.prepare('SELECT body FROM deploy_control');
  const saveControl = writer.prepare(
    'INSERT INTO deploy_control (id, body) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body',
  );
  const records = reader.prepare('SELECT id, body FROM reconciliations ORDER BY id DESC LIMIT ?');
  const begin = writer.prepare('INSERT INTO reconciliations (body) VALUES (?)');
  const dropOldest = writer.prepare(
    `DELETE FROM reconciliations WHERE id IN (
       SELECT id FROM reconciliations ORDER BY id DESC LIMIT -1 OFFSET ${RECONCILIATIONS_KEPT})`,
  );
  const update = writer.prepare('UPDATE reconciliations SET body = ? WHERE id = ?');
  const forget = writer.prepare('DELETE FROM reconciliations WHERE id = ?');

  return {
    list: () => list.all().map(readEntry),
    save: (entries) => queue.commit(() => change({ ...NO_CHANGE, entries })),
    drop: (accounts) =>
      queue.commit(() => {
        const none = new Map<string, string>();
        const secrets = new Map(accounts.map((account) => [account, none]));
        change({ ...NO_CHANGE, secrets });
        for (const account of accounts) drop.run(account);
      }),
    secrets: () => new Map(secrets.all().map((row) => [text(row, 'path'), text(row, 'body')])),
    recipients: () => new Map(recipients.all().map((row) => [text(row, 'account'), texts(row, 'recipients')])),
    control: () => {
      const row = control.get();
      return row === undefined ? undefined : (JSON.parse(text(row, 'body')) as DeployControl);
    },
    saveControl: (value) => queue.commit(() => void saveControl.run(JSON.stringify(value))),
    reconciliations: (limit) => records.all(limit).map(readRecord),
    beginReconciliation: (record) =>
      queue.commit(() => {
        const id = Number(begin.run(JSON.stringify(record)).lastInsertRowid);
        dropOldest.run();
        return { ...record, id };
      }),
    saveReconciliation: ({ id, ...record }) => queue.commit(() => void update.run(JSON.stringify(record), id)),
    forgetReconciliation: (id) => queue.commit(() => void forget.run(id)),
  };
}

/** Prepares what is written with a deployment, inside of a transaction of the writer. */
export function prepareInventoryChange(writer: DatabaseSync): (change: InventoryChange) => void {
  const put = writer.prepare(
    `INSERT OR REPLACE INTO inventory (account, status, reason, attempted, applied, made_of, changed_at, recent)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const dropSecrets = writer.prepare('DELETE FROM account_secrets WHERE account = ?');
  const putSecret = writer.prepare('INSERT INTO account_secrets (account, path, body) VALUES (?, ?, ?)');
  const putRecipients = writer.prepare('INSERT OR REPLACE INTO account_recipients (account, recipients) VALUES (?, ?)');
  const putLimits = prepareLimits(writer);
  return ({ entries, secrets, recipients, history }) => {
    for (const { account, status, reason, attempted, applied, madeOf, changedAt, recent } of entries) {
      const why = reason === undefined ? null : JSON.stringify(reason);
      const revisions = [attempted ?? null, applied ?? null, madeOf ?? null];
      put.run(account, status, why, ...revisions, changedAt, JSON.stringify(recent));
    }
    for (const [account, files] of secrets) {
      dropSecrets.run(account);
      for (const [path, body] of files) putSecret.run(account, path, body);
    }
    for (const [account, keys] of recipients) putRecipients.run(account, JSON.stringify(keys));
    for (const [account, limits] of history) putLimits(account, limits);
  };
}

const STATUSES: readonly InventoryStatus[] = ['ready', 'stalled', 'suspended'];

function readEntry(row: Row): InventoryEntry {
  const status = STATUSES.find((name) => name === row['status']);
  if (status === undefined)
    throw new TypeError('The store holds an account with an unknown status. The data folder is damaged.');
  const reason = optionalText(row, 'reason');
  const attempted = optionalText(row, 'attempted');
  const applied = optionalText(row, 'applied');
  const madeOf = optionalText(row, 'made_of');
  return {
    account: text(row, 'account'),
    status,
    ...(reason === undefined ? {} : { reason: JSON.parse(reason) as StallReason }),
    ...(attempted === undefined ? {} : { attempted }),
    ...(applied === undefined ? {} : { applied }),
    ...(madeOf === undefined ? {} : { madeOf }),
    changedAt: integer(row, 'changed_at'),
    recent: JSON.parse(text(row, 'recent')) as InventoryEvent[],
  };
}

function readRecord(row: Row): ReconciliationRecord {
  const record = JSON.parse(text(row, 'body')) as Omit<ReconciliationRecord, 'id'>;
  return { ...record, id: integer(row, 'id') };
}
