import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunRecord, RunStatus } from '../../src/run/records.ts';
import { newRunId } from '../../src/run/run-id.ts';
import type { PruneRule } from '../../src/store/history.ts';
import { REPEATS_KNOWN_MS } from '../../src/store/sqlite/deliveries.ts';
import type { Store } from '../../src/store/store.ts';
import { newStore, PLAN, sampleRun } from './sample-store.ts';

const NOW = 100 * 24 * 3_600_000;
const RULE: PruneRule = { now: NOW, endedBefore: NOW };

async function ended(store: Store, status: RunStatus, change: Partial<RunRecord> = {}, at = 10): Promise<string> {
  const run = sampleRun(change);
  await store.runs.insert(run);
  await end(store, run.id, status, at);
  return run.id;
}

function end(store: Store, run: string, status: RunStatus, at = 10): Promise<unknown> {
  const failed = status !== 'succeeded';
  const failure = { class: 'permanent', code: 'http_status', message: 'no' } as const;
  return store.runs.finish(run, at, { status, ...(failed ? { failure } : {}) });
}

/** Calls a run; without an outcome, its caller waits for it. */
async function call(store: Store, caller: string, step: string, waits: boolean): Promise<string> {
  const child = sampleRun({ parent: { run: caller, step } });
  const attempt = { run: caller, key: { step, attempt: 1 }, effect: 'idempotent', input: null, startedAt: 5 } as const;
  await store.runs.beginCall(attempt, child, waits ? undefined : { ok: true, output: null });
  return child.id;
}

/** Prunes to the end and gives what is left of these. */
async function left(store: Store, runs: readonly string[], rule = RULE): Promise<string[]> {
  for (let after: string | undefined = ''; after !== undefined;)
    ({ last: after } = await store.history.prune('acme', after, rule));
  return runs.filter((id) => store.runs.summary(id) !== undefined);
}

test('what has ended goes by its end; what has not, what is uncertain, and what another account has stays', async () => {
  const store = await newStore();
  const old = [await ended(store, 'succeeded'), await ended(store, 'canceled')];
  const kept = [
    await ended(store, 'succeeded', {}, NOW),
    await ended(store, 'uncertain'),
    await ended(store, 'succeeded', { account: 'globex' }),
  ];
  const open = sampleRun();
  await store.runs.insert(open);
  assert.deepEqual(await left(store, [...old, ...kept, open.id]), [...kept, open.id]);
});

test('what failed stays until somebody runs it again, or for a time of its own', async () => {
  const store = await newStore();
  const failed = [await ended(store, 'failed', {}, 10), await ended(store, 'failed', {}, 30)];
  const replayed = await ended(store, 'failed');
  const replay = await ended(store, 'succeeded', { origin: replayed });
  // Without its replay it would wait for somebody again.
  assert.deepEqual(await left(store, [...failed, replayed, replay]), [...failed, replay]);
  assert.deepEqual(await left(store, [...failed, replay]), failed);
  assert.deepEqual(await left(store, failed, { now: NOW, failedBefore: 30 }), failed.slice(1));
});

test('called runs go with their caller, and hold it where they are still needed', async () => {
  const store = await newStore();
  const caller = async (): Promise<string> => {
    const run = sampleRun();
    await store.runs.insert(run);
    return run.id;
  };
  const [done, handled, going, lost] = [await caller(), await caller(), await caller(), await caller()];
  const children = [
    await call(store, done, 'a', true),
    await call(store, handled, 'a', true),
    await call(store, going, 'a', false),
    await call(store, lost, 'a', false),
  ] as const;
  const grandchild = await call(store, children[0], 'b', false);
  await end(store, grandchild, 'succeeded');
  const answer = (run: string, ok: boolean) =>
    ({ run, key: { step: 'a', attempt: 1 }, outcome: ok ? { ok, output: 1 } : failedOutcome }) as const;
  await store.runs.finish(children[0], 10, { status: 'succeeded' }, answer(done, true));
  const failedOutcome = { ok: false, failure: { class: 'permanent', code: 'fail_step', message: '' } } as const;
  // Its caller waited for it and went on.
  await store.runs.finish(
    children[1],
    10,
    { status: 'failed', failure: failedOutcome.failure },
    answer(handled, false),
  );
  await end(store, children[3], 'failed');
  for (const run of [done, handled, going, lost]) await end(store, run, 'succeeded', 20);
  const all = [done, handled, going, lost, ...children, grandchild];
  assert.deepEqual(await left(store, all), [going, lost, children[2], children[3]]);
  await end(store, children[2], 'succeeded');
  await ended(store, 'succeeded', { origin: children[3] }, NOW);
  assert.deepEqual(await left(store, all), []);
});

test('a run is there as long as a repeat of its delivery is answered with it', async () => {
  const store = await newStore();
  const run = sampleRun({ createdAt: 1000 });
  await store.deliveries.accept(run, 'name');
  await end(store, run.id, 'succeeded');
  const later = { endedBefore: NOW, now: 1000 + REPEATS_KNOWN_MS };
  assert.deepEqual(await left(store, [run.id], { ...later, now: later.now - 1 }), [run.id]);
  assert.deepEqual(await left(store, [run.id], later), []);
});

test('a run with more attempts than one transaction takes goes piece by piece, and is measured before', async () => {
  const store = await newStore();
  const run = sampleRun();
  const journal = Array.from({ length: 1200 }, (_, n) => {
    const key = { step: `s${n}`, attempt: 1 };
    return { run: run.id, key, effect: 'read', input: 'x'.repeat(100), startedAt: 1 } as const;
  });
  await store.runs.insert(run, journal);
  await end(store, run.id, 'succeeded');
  const measured = store.history.measure('acme', '', 10);
  assert.equal(measured?.runs, 1);
  assert.ok(measured.bytes > 1200 * 300);
  const steps = [];
  for (let after: string | undefined = ''; after !== undefined;) {
    const step = await store.history.prune('acme', after, RULE);
    steps.push(step);
    after = step.last;
  }
  assert.deepEqual(
    steps.map(({ runs }) => runs),
    [0, 0, 1],
  );
  assert.equal(
    steps.reduce((sum, { bytes }) => sum + bytes, 0),
    measured.bytes,
  );
  assert.deepEqual([store.runs.attempts(run.id), store.history.measure('acme', '', 10)], [[], undefined]);
  assert.deepEqual(store.history.accounts(), []);
});

test('plans go that no deployment and no run has, but not those that a run can still call', async () => {
  const store = await newStore();
  const [child, grandchild] = [`sha256:${'a'.repeat(64)}`, `sha256:${'b'.repeat(64)}`];
  const plans = new Map([
    ['old', JSON.stringify({ plan: child })],
    [child, JSON.stringify({ plan: grandchild })],
    [grandchild, '{}'],
    ['deployed', '{}'],
    ['unused', '{}'],
  ]);
  await store.deployments.keepPlans(plans);
  await store.deployments.activate('s', 1, [{ account: 'acme', automation: 'x', plan: 'deployed' }], new Map());
  const open = sampleRun({ plan: 'old', id: newRunId(Date.now()) });
  await store.runs.insert(open);
  const has = () => [...plans.keys(), PLAN].filter((digest) => store.deployments.plan(digest) !== undefined);
  assert.deepEqual([await store.deployments.forgetPlans(), await store.deployments.forgetPlans()], [2, 0]);
  assert.deepEqual(has(), ['old', child, grandchild, 'deployed']);
  await end(store, open.id, 'uncertain');
  assert.equal(await store.deployments.forgetPlans(), 0);
  await store.runs.reopen(open.id, { step: 'a', attempt: 1 }, undefined, 1);
  await end(store, open.id, 'succeeded');
  assert.equal(await store.deployments.forgetPlans(), 2);
  assert.deepEqual(has(), ['old', 'deployed']);
  await left(store, []);
  assert.equal(await store.deployments.forgetPlans(), 1);
  assert.deepEqual(has(), ['deployed']);
});
