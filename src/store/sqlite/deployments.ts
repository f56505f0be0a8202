import { randomBytes } from 'node:crypto';
import type { ConsentNeed, DeploymentEntry, DeploymentRecord, InventoryChange } from '../records.ts';
import type { DeploymentStore } from '../store.ts';
import { HOOK_SECRET_BYTES } from './hook-rotation.ts';
import { prepareInventoryChange } from './inventory.ts';
import { preparePlanRemoval } from './plan-removal.ts';
import { integer, optionalText, text, type Row } from './row.ts';
import type { Connections } from './sqlite-store.ts';

export function createDeploymentStore({ reader, writer, queue }: Connections): DeploymentStore {
  const activate = prepareActivation(writer);
  const insertPlan = preparePlanInsert(writer);
  const forgetOlder = prepareForgetting(writer);
  const forgetPlans = preparePlanRemoval(writer);
  const insertHook = writer.prepare('INSERT OR IGNORE INTO hooks (account, automation, secret) VALUES (?, ?, ?)');
  const hookSql = 'SELECT secret FROM hooks WHERE account = ? AND automation = ?';
  const hookWritten = writer.prepare(hookSql);
  const hook = reader.prepare(hookSql);
  const hooks = reader.prepare('SELECT account, automation, secret FROM hooks');
  const newest = reader.prepare('SELECT id, created_at, source FROM deployments ORDER BY id DESC LIMIT ?');
  const entries = reader.prepare(
    'SELECT account, automation, plan, trigger, consents FROM deployment_entries WHERE deployment = ? ORDER BY account, automation',
  );
  const plan = reader.prepare('SELECT body FROM plans WHERE digest = ?');

  const list = (limit: number): DeploymentRecord[] =>
    newest.all(limit).map((row) => readDeployment(row, entries.all(integer(row, 'id')).map(readEntry)));

  return {
    activate: (source, at, wanted, plans, change) => queue.commit(() => activate(source, at, wanted, plans, change)),
    keepPlans: (plans) =>
      queue.commit(() => {
        for (const [digest, body] of plans) insertPlan(digest, body);
      }),
    forgetOlder: (kept) => queue.commit(() => forgetOlder(kept)),
    forgetPlans: () => queue.commit(() => forgetPlans()),
    current: () => list(1)[0],
    list,
    plan: (digest) => {
      const row = plan.get(digest);
      return row === undefined ? undefined : text(row, 'body');
    },
    hookSecret: async (account, automation) => {
      const kept = hook.get(account, automation);
      if (kept !== undefined) return text(kept, 'secret');
      return queue.commit(() => {
        insertHook.run(account, automation, randomBytes(HOOK_SECRET_BYTES).toString('base64url'));
        // Another call may have been first.
        return text(hookWritten.get(account, automation) ?? {}, 'secret');
      });
    },
    hookSecrets: () =>
      new Map(hooks.all().map((row) => [`${text(row, 'account')}/${text(row, 'automation')}`, text(row, 'secret')])),
  };
}

/** With whether schemas in it mark data as sensitive; canonical JSON has such a text nowhere but as a key. */
function preparePlanInsert(writer: Connections['writer']): (digest: string, body: string) => void {
  const insert = writer.prepare('INSERT OR IGNORE INTO plans (digest, body, sealed) VALUES (?, ?, ?)');
  return (digest, body) => void insert.run(digest, body, /"(x-)?sensitive":"/.test(body) ? 1 : 0);
}

function prepareActivation(writer: Connections['writer']) {
  const insertPlan = preparePlanInsert(writer);
  const insertDeployment = writer.prepare('INSERT INTO deployments (created_at, source) VALUES (?, ?)');
  const insertEntry = writer.prepare(
    'INSERT INTO deployment_entries (deployment, account, automation, plan, trigger, consents) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const changeInventory = prepareInventoryChange(writer);
  return (
    source: string,
    at: number,
    wanted: DeploymentEntry[],
    plans: Map<string, string>,
    change: InventoryChange | undefined,
  ): DeploymentRecord => {
    for (const [digest, body] of plans) insertPlan(digest, body);
    const id = Number(insertDeployment.run(at, source).lastInsertRowid);
    for (const { account, automation, plan, trigger, consents } of wanted)
      insertEntry.run(id, account, automation, plan, trigger ?? null, consents ? JSON.stringify(consents) : null);
    if (change !== undefined) changeInventory(change);
    return { id, createdAt: at, source, entries: wanted.map((entry) => ({ ...entry })) };
  };
}

function prepareForgetting(writer: Connections['writer']) {
  const oldest = writer.prepare('SELECT id FROM deployments ORDER BY id DESC LIMIT -1 OFFSET ?');
  const deleteEntries = writer.prepare('DELETE FROM deployment_entries WHERE deployment = ?');
  const deleteDeployment = writer.prepare('DELETE FROM deployments WHERE id = ?');
  return (kept: number): number => {
    const ids = oldest.all(kept).map((row) => integer(row, 'id'));
    for (const id of ids) {
      deleteEntries.run(id);
      deleteDeployment.run(id);
    }
    return ids.length;
  };
}

function readDeployment(row: Row, entries: DeploymentEntry[]): DeploymentRecord {
  return { id: integer(row, 'id'), createdAt: integer(row, 'created_at'), source: text(row, 'source'), entries };
}

function readEntry(row: Row): DeploymentEntry {
  const trigger = optionalText(row, 'trigger');
  const consents = optionalText(row, 'consents');
  return {
    account: text(row, 'account'),
    automation: text(row, 'automation'),
    plan: text(row, 'plan'),
    ...(trigger === undefined ? {} : { trigger }),
    ...(consents === undefined ? {} : { consents: JSON.parse(consents) as ConsentNeed[] }),
  };
}
