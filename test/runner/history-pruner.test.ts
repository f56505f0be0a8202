import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { HistoryPruner } from '../../src/runner/history-pruner.ts';
import { newRunId } from '../../src/run/run-id.ts';
import type { HistoryLimits } from '../../src/store/history.ts';
import type { Store } from '../../src/store/store.ts';
import { withWorkspace } from '../server/with-workspace.ts';
import { newStore, sampleRun } from '../store/sample-store.ts';

const HOUR = 3_600_000;
const START = Date.now() + HOUR;

/** Runs of an account that ended one after the other, an hour apart; gives their ids. */
async function fill(store: Store, account: string, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const at = START + n * HOUR;
    const run = sampleRun({ id: newRunId(at), account, createdAt: at, trigger: { text: 'x'.repeat(1000) } });
    await store.runs.insert(run);
    await store.runs.finish(run.id, at, { status: 'succeeded' });
    ids.push(run.id);
  }
  return ids;
}

async function limit(store: Store, limits: { [account: string]: HistoryLimits }): Promise<void> {
  const history = new Map(Object.entries(limits));
  const nothing = { entries: [], secrets: new Map(), recipients: new Map() };
  await store.deployments.activate('s', 1, [], new Map(), { ...nothing, history });
}

test('each account keeps what it says: by age, by size, or all', async () => {
  const store = await newStore();
  const [aged, sized, free] = [
    await fill(store, 'aged', 300),
    await fill(store, 'sized', 300),
    await fill(store, 'free', 3),
  ];
  const one = store.history.measure('sized', '', 1)?.bytes ?? 0;
  await limit(store, { aged: { keepMs: 100 * HOUR }, sized: { maxBytes: 50 * one + 1 }, free: {} });
  const errors: unknown[] = [];
  const clock = { now: START + 300 * HOUR };
  const pruner = new HistoryPruner({ store, now: () => clock.now, onError: (error) => errors.push(error) });
  await pruner.prune();
  const left = (account: string): number => store.history.measure(account, '', 1000)?.runs ?? 0;
  assert.deepEqual([left('aged'), left('free')], [100, free.length]);
  assert.equal(store.runs.summary(aged[199] ?? ''), undefined);
  assert.notEqual(store.runs.summary(aged[200] ?? ''), undefined);
  assert.equal(left('sized'), 50);
  assert.notEqual(store.runs.summary(sized[299] ?? ''), undefined);
  await pruner.prune();
  assert.deepEqual([left('aged'), errors], [100, []]);
});

test('it looks by itself and ends when it is told to', async () => {
  const store = await newStore();
  await fill(store, 'aged', 150);
  await limit(store, { aged: { keepMs: HOUR } });
  const pruner = new HistoryPruner({
    store,
    now: () => START + 1000 * HOUR,
    onError: (error) => assert.fail(String(error)),
  });
  pruner.start();
  while (store.history.accounts().length > 0) await new Promise((resolve) => setTimeout(resolve, 1));
  await pruner.stop();
});

test('what a deployment says of the history holds at once', { timeout: 60_000 }, async () => {
  const steps = [{ id: 'count', uses: 'storage.increment', with: { key: 'count', by: 1 } }];
  const counts = { name: 'Counts', trigger: { manual: {} }, steps };
  await withWorkspace({ automations: { counts } }, async ({ runner, folder }) => {
    const plan = runner.deployed().get('acme/counts')?.digest ?? '';
    const at = Date.now() - 2 * HOUR;
    const { id } = sampleRun({ id: newRunId(at) });
    await runner.store.runs.insert({
      ...sampleRun({ account: 'acme', automation: 'counts', plan, createdAt: at }),
      id,
    });
    await runner.store.runs.finish(id, at, { status: 'succeeded' });
    const file = join(folder, 'waybill.json');
    const project = JSON.parse(await readFile(file, 'utf8')) as object;
    await writeFile(file, JSON.stringify({ ...project, history: { keep: '1h' } }));
    assert.deepEqual(await runner.deploy(), []);
    while (runner.store.runs.summary(id) !== undefined) await delay(5);
  });
});
