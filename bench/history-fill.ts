import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { firstRunId } from '../src/run/run-id.ts';
import { openSqliteStore } from '../src/store/sqlite/sqlite-store.ts';

/** Half of the runs are this account's, the others are shared by the others. */
export const BENCH_ACCOUNT = 'bench';
const OTHERS = 49;
const AUTOMATIONS = 20;
const STEP_MS = 20_000;

/**
 * Writes so many finished runs with two attempts each, past every hurry of the store: rows as it would write them, the last
 * one a minute ago. One in fifty failed.
 */
export async function fillHistory(folder: string, runs: number): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const store = openSqliteStore(folder);
  await store.deployments.keepPlans(new Map([['history', '{"steps":[]}']]));
  await store.close();
  const database = new DatabaseSync(join(folder, 'waybill.db'));
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA cache_size = -400000; BEGIN');
  const insertRun = database.prepare(
    `INSERT INTO runs (id, account, automation, plan, status, trigger, output, failure, created_at, started_at, finished_at)
     VALUES (?, ?, ?, 'history', ?, ?, ?, ?, ?, ?, ?)`,
  );
  const insertAttempt = database.prepare(
    `INSERT INTO attempts (run, page, step, attempt, effect, input, started_at, finished_at, outcome)
     VALUES (?, '', ?, 1, ?, ?, ?, ?, ?)`,
  );
  const first = Date.now() - 60_000 - runs * STEP_MS;
  const text = 'The first sentence is the summary. The others are left out of it.';
  const trigger = JSON.stringify({ body: { text } });
  const input = JSON.stringify({ prompt: text, system: 'Summarize the input in one sentence.', max_tokens: 200 });
  const failure = JSON.stringify({ class: 'permanent', code: 'http_status', message: 'the service answered 422' });
  const outcome = JSON.stringify({ ok: true, output: { text, usage: { input_tokens: 40, output_tokens: 12 } } });
  for (let n = 0; n < runs; n += 1) {
    const at = first + n * STEP_MS;
    const id = `${firstRunId(at).slice(0, -8)}${n.toString(16).padStart(8, '0')}`;
    const account = n % 2 === 0 ? BENCH_ACCOUNT : `account-${((n - 1) / 2) % OTHERS}`;
    const failed = n % 50 === 7;
    const end = failed ? ['failed', trigger, null, failure] : ['succeeded', trigger, null, null];
    insertRun.run(id, account, `automation-${(n >> 1) % AUTOMATIONS}`, ...end, at, at + 1, at + 900);
    insertAttempt.run(id, 'summarize', 'write', input, at + 1, at + 800, outcome);
    insertAttempt.run(id, 'save', 'idempotent', trigger, at + 800, at + 800, '{"ok":true,"output":{"key":"last"}}');
  }
  database.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE)');
  database.close();
}
