import { randomBytes } from 'node:crypto';
import type { DeploymentEntry, DeploymentRecord } from '../records.ts';
import type { DeploymentStore } from '../store.ts';
import { integer, text, type Row } from './row.ts';
import type { Connections } from './sqlite-store.ts';

export function createDeploymentStore({ reader, writer, queue }: Connections): DeploymentStore {
  const activate = prepareActivation(writer);
  const insertHook = writer.prepare('INSERT OR IGNORE INTO hooks (account, automation, secret) VALUES (?, ?, ?)');
  const hookSql = 'SELECT secret FROM hooks WHERE account = ? AND automation = ?';
  const hookWritten = writer.prepare(hookSql);
  const hook = reader.prepare(hookSql);
  const newest = reader.prepare('SELECT id, created_at, source FROM deployments ORDER BY id DESC LIMIT ?');
  const entries = reader.prepare(
    'SELECT account, automation, plan FROM deployment_entries WHERE deployment = ? ORDER BY account, automation',
  );
  const plan = reader.prepare('SELECT body FROM plans WHERE digest = ?');

  const list = (limit: number): DeploymentRecord[] =>
    newest.all(limit).map((row) => readDeployment(row, entries.all(integer(row, 'id')).map(readEntry)));

  return {
    activate: (source, at, wanted, plans) => queue.commit(() => activate(source, at, wanted, plans)),
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
  };
}

const HOOK_SECRET_BYTES = 32;

function prepareActivation(writer: Connections['writer']) {
  const insertPlan = writer.prepare('INSERT OR IGNORE INTO plans (digest, body) VALUES (?, ?)');
  const insertDeployment = writer.prepare('INSERT INTO deployments (created_at, source) VALUES (?, ?)');
  const insertEntry = writer.prepare(
    'INSERT INTO deployment_entries (deployment, account, automation, plan) VALUES (?, ?, ?, ?)',
  );
  return (source: string, at: number, wanted: DeploymentEntry[], plans: Map<string, string>): DeploymentRecord => {
    for (const [digest, body] of plans) insertPlan.run(digest, body);
    const id = Number(insertDeployment.run(at, source).lastInsertRowid);
    for (const entry of wanted) insertEntry.run(id, entry.account, entry.automation, entry.plan);
    return { id, createdAt: at, source, entries: wanted.map((entry) => ({ ...entry })) };
  };
}

function readDeployment(row: Row, entries: DeploymentEntry[]): DeploymentRecord {
  return { id: integer(row, 'id'), createdAt: integer(row, 'created_at'), source: text(row, 'source'), entries };
}

function readEntry(row: Row): DeploymentEntry {
  return { account: text(row, 'account'), automation: text(row, 'automation'), plan: text(row, 'plan') };
}
