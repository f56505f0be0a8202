import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { ActionCall } from '../../src/connectors/action-call.ts';
import { EmbeddedEngine } from '../../src/engine/embedded/embedded-engine.ts';
import { FairQueue } from '../../src/engine/fair-queue.ts';
import { waitBeforeRetry } from '../../src/engine/retry.ts';
import type { Plan } from '../../src/generated/plan.ts';
import type { Json } from '../../src/json/value.ts';
import type { Outcome } from '../../src/run/failure.ts';
import type { RunRecord } from '../../src/run/records.ts';
import { newRunId } from '../../src/run/run-id.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import type { Store } from '../../src/store/store.ts';
import { startTimeout } from '../../src/engine/timeout.ts';
import { samplePlan } from './sample-plan.ts';

const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-engine-'));
  folders.push(folder);
  return folder;
}

function engineOn(store: Store, call: (call: ActionCall) => Promise<Outcome>): EmbeddedEngine {
  return new EmbeddedEngine({
    store,
    services: {
      caller: { call },
      credentials: { credential: () => Promise.reject(new Error('none')) },
      random: () => 0,
      timeout: startTimeout,
    },
    now: Date.now,
    maxConcurrentRuns: 10,
    onError: (error) => assert.fail(String(error)),
  });
}

async function startRun(
  store: Store,
  engine: EmbeddedEngine,
  body: Json,
  change?: (plan: Plan) => Plan,
): Promise<RunRecord> {
  const { digest, text } = samplePlan(change);
  await store.deployments.activate(
    'test',
    Date.now(),
    [{ account: 'acme', automation: 'example', plan: digest }],
    new Map([[digest, text]]),
  );
  return engine.start({ account: 'acme', automation: 'example', plan: digest, trigger: { body } });
}

async function runOnce(
  body: Json,
  call: (call: ActionCall) => Promise<Outcome>,
  change?: (plan: Plan) => Plan,
): Promise<{ run: RunRecord; attempts: string[] }> {
  const store = openSqliteStore(newFolder());
  const engine = engineOn(store, call);
  const { id } = await startRun(store, engine, body, change);
  const run = await engine.finished(id);
  const attempts = store.runs
    .attempts(id)
    .map(({ key, outcome }) => `${key.step} ${key.attempt} ${outcome?.ok === true ? 'ok' : 'failed'}`);
  await engine.stop(0);
  await store.close();
  return { run, attempts };
}

const echo = ({ input }: ActionCall): Promise<Outcome> => Promise.resolve({ ok: true, output: input });

test('a run goes through its steps and gives its output', async () => {
  const { run, attempts } = await runOnce({ n: 1 }, echo);
  assert.equal(run.status, 'succeeded');
  assert.equal(run.output, `run ${run.id}`);
  assert.deepEqual(attempts, ['look 1 ok', 'send 1 ok', 'save 1 ok']);
});

test('a passing failure is tried again, up to the limit; a permanent one is not', async () => {
  let calls = 0;
  const failing = (kind: 'retryable' | 'permanent'): Promise<Outcome> => {
    calls++;
    return Promise.resolve({ ok: false, failure: { class: kind, code: 'http_status', message: 'no' } });
  };
  assert.deepEqual((await runOnce({ n: 1 }, () => failing('retryable'))).attempts, [
    'look 1 failed',
    'look 2 failed',
    'look 3 failed',
  ]);
  assert.equal(calls, 3);
  const { run, attempts } = await runOnce({ n: 1 }, () => failing('permanent'));
  assert.deepEqual(attempts, ['look 1 failed']);
  assert.deepEqual([run.status, run.failure?.code], ['failed', 'http_status']);
});

test('a mapping without a value and a guard that fails are failures that name the place', async () => {
  const mapping = await runOnce({}, echo, (plan) => ({
    ...plan,
    steps: plan.steps.map((step) => ({ ...step, with: { text: 'n is ${{ trigger.body.n }}' } })),
  }));
  assert.match(mapping.run.failure?.message ?? '', /step look: the mapping `text` has no value: this value is absent/);
  const guarded = await runOnce({ n: 7 }, echo, (plan) => {
    const look = plan.connectors['ledger']?.actions['read'];
    if (look !== undefined) look.input = { type: 'object', properties: { n: { maximum: 5 } } };
    const mapping = { to: '/n', from: '', type: 'number', expects: 'number', guarded: true } as const;
    return { ...plan, steps: plan.steps.map((step) => ({ ...step, mappings: [mapping] })) };
  });
  assert.deepEqual([guarded.run.failure?.code, guarded.attempts.length], ['guard_failed', 0]);
  assert.match(guarded.run.failure?.message ?? '', /step look: the value for `n` must be <= 5/);
});

test('a run that the engine left in a wait goes on after a restart, and waits no longer than was decided', async () => {
  const folder = newFolder();
  const first = openSqliteStore(folder);
  const failing = engineOn(first, () =>
    Promise.resolve({
      ok: false,
      failure: { class: 'retryable', code: 'http_status', message: 'no', retryAfterMs: 700 },
    }),
  );
  const { id } = await startRun(first, failing, { n: 1 });
  while (first.runs.attempts(id)[0]?.sleepUntil === undefined) await new Promise((resolve) => setTimeout(resolve, 2));
  await failing.stop(0);
  const decided = first.runs.attempts(id)[0]?.sleepUntil;
  await first.close();
  const second = openSqliteStore(folder);
  const working = engineOn(second, echo);
  working.resume();
  await new Promise((resolve) => setTimeout(resolve, 80));
  assert.equal(second.runs.get(id)?.status, 'waiting');
  assert.equal((await working.finished(id)).status, 'succeeded');
  const attempts = second.runs.attempts(id);
  assert.equal(attempts[0]?.sleepUntil, decided);
  assert.ok((attempts[1]?.startedAt ?? 0) >= (decided ?? Infinity) - 1);
  await working.stop(0);
  await second.close();
});

test('a second process is refused the folder', () => {
  const folder = newFolder();
  const store = openSqliteStore(folder);
  assert.throws(() => openSqliteStore(folder), /store_locked|another|use/i);
  return store.close();
});

/** The sample plan, whose service takes so much. */
function limited(limits: NonNullable<Plan['connectors'][string]['limits']>): (plan: Plan) => Plan {
  return (plan) => {
    const { ledger } = plan.connectors;
    assert.ok(ledger);
    return { ...plan, connectors: { ...plan.connectors, ledger: { ...ledger, limits } } };
  };
}

test('limits of a service hold across runs', async () => {
  const store = openSqliteStore(newFolder());
  let underWay = 0;
  let most = 0;
  const engine = engineOn(store, async ({ input }) => {
    most = Math.max(most, ++underWay);
    await new Promise((resolve) => setTimeout(resolve, 5));
    underWay--;
    return { ok: true, output: input };
  });
  const runs = await Promise.all(
    Array.from({ length: 6 }, () => startRun(store, engine, { n: 1 }, limited({ concurrency: 2 }))),
  );
  for (const { id } of runs) assert.equal((await engine.finished(id)).status, 'succeeded');
  assert.equal(most, 2);
  await engine.stop(0);
  await store.close();
});

test('a run that waits for its turn is left to the next start, and no attempt of it is begun', async () => {
  const store = openSqliteStore(newFolder());
  const engine = engineOn(store, echo);
  const { id } = await startRun(store, engine, { n: 1 }, limited({ requests: [{ count: 1, period: '1d' }] }));
  while (store.runs.attempts(id)[0]?.finishedAt === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
  await engine.stop(10_000);
  assert.deepEqual(
    store.runs.attempts(id).map(({ key }) => key.step),
    ['look'],
  );
  assert.equal(store.runs.get(id)?.finishedAt, undefined);
  await store.close();
});

test('accounts take turns', () => {
  const queue = new FairQueue<string>();
  for (const item of ['a1', 'a2', 'a3']) queue.add('a', item);
  queue.add('b', 'b1');
  assert.deepEqual(
    [queue.take(), queue.take(), queue.take(), queue.take(), queue.take()],
    ['a1', 'b1', 'a2', 'a3', undefined],
  );
});

test('waits: as asked, otherwise growing with jitter; never for what does not pass', () => {
  const retryable = { class: 'retryable', code: 'http_status', message: 'no' } as const;
  assert.equal(
    waitBeforeRetry({ ...retryable, retryAfterMs: 7000 }, 1, 5, () => 0.5),
    7000,
  );
  assert.deepEqual(
    [1, 2, 3, 20].map((attempt) => waitBeforeRetry(retryable, attempt, 50, () => 1)),
    [1000, 2000, 4000, 300_000],
  );
  assert.equal(
    waitBeforeRetry({ ...retryable, retryAfterMs: 0 }, 2, 5, () => 0.5),
    1000,
    'an instant that is past by our clock',
  );
  assert.equal(
    waitBeforeRetry({ ...retryable, retryAfterMs: 30 * 86_400_000 }, 1, 5, () => 1),
    86_400_000,
    'a day at most',
  );
  assert.equal(
    waitBeforeRetry(retryable, 5, 5, () => 1),
    undefined,
  );
  for (const kind of ['permanent', 'credential', 'uncertain'] as const)
    assert.equal(
      waitBeforeRetry({ ...retryable, class: kind }, 1, 5, () => 1),
      undefined,
    );
});

test('ids of runs are UUIDs version 7 and only grow, also when the clock goes back', () => {
  const ids = Array.from({ length: 10_000 }, (_, index) => newRunId(1_800_000_000_000 - index));
  assert.deepEqual(ids, ids.toSorted());
  assert.match(ids[0] ?? '', /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
