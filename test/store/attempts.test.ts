import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ExactNumber } from '../../src/json/value.ts';
import type { Outcome } from '../../src/run/failure.ts';
import type { AttemptKey, AttemptRecord } from '../../src/run/records.ts';
import type { Store } from '../../src/store/store.ts';
import { newStore, sampleRun } from './sample-store.ts';

async function storeWithRun(): Promise<{ store: Store; run: string }> {
  const store = await newStore();
  const run = sampleRun();
  await store.runs.insert(run);
  return { store, run: run.id };
}

const key = (step: string, attempt = 1): AttemptKey => ({ step, attempt });
const done: Outcome = {
  ok: true,
  output: { id: new ExactNumber('9007199254740993') },
  warnings: ['id must be string'],
};
const failed: Outcome = {
  ok: false,
  failure: {
    class: 'uncertain',
    code: 'http_status',
    message: 'no',
    help: 'look',
    status: 500,
    details: [1],
    retryAfterMs: 5,
  },
};

test('the journal is in the order in which the attempts were begun, whatever their names and ends', async () => {
  const { store, run } = await storeWithRun();
  const begun = (step: string, attempt: number, startedAt: number) =>
    ({ run, key: key(step, attempt), effect: 'read', input: { step }, startedAt }) as const;
  const order = [begun('z', 1, 10), begun('a', 1, 9), begun('m', 10, 11), begun('m', 2, 12)];
  for (const attempt of order) await store.runs.beginAttempt(attempt, 'now');
  for (const attempt of order.toReversed()) await store.runs.finishAttempt(run, attempt.key, 20, done);
  assert.deepEqual(
    store.runs.attempts(run),
    order.map((attempt): AttemptRecord => ({ ...attempt, finishedAt: 20, outcome: done })),
  );
  assert.deepEqual(store.runs.attempts('unknown'), []);
});

test('each effect and each kind of outcome is read as it was written', async () => {
  const { store, run } = await storeWithRun();
  for (const effect of ['read', 'idempotent', 'write'] as const)
    await store.runs.beginAttempt({ run, key: key(effect), effect, input: null, startedAt: 1 }, 'now');
  await store.runs.finishAttempt(run, key('read'), 2, failed);
  await store.runs.finishAttempt(run, key('idempotent'), 3, { ok: true, output: null });
  await store.runs.sleep(run, key('read'), 99);
  assert.deepEqual(store.runs.attempts(run), [
    {
      run,
      key: key('read'),
      effect: 'read',
      input: null,
      startedAt: 1,
      finishedAt: 2,
      outcome: failed,
      sleepUntil: 99,
    },
    {
      run,
      key: key('idempotent'),
      effect: 'idempotent',
      input: null,
      startedAt: 1,
      finishedAt: 3,
      outcome: { ok: true, output: null },
    },
    { run, key: key('write'), effect: 'write', input: null, startedAt: 1 },
  ]);
});

test('an attempt that a crash cut off is begun again in its place; one with an outcome stays as it is', async () => {
  const { store, run } = await storeWithRun();
  const begun = { run, key: key('look'), effect: 'read', input: 1, startedAt: 1 } as const;
  await store.runs.beginAttempt(begun, 'now');
  await store.runs.beginAttempt({ ...begun, key: key('next') }, 'now');
  await store.runs.beginAttempt({ ...begun, input: 2, startedAt: 5 }, 'now');
  assert.deepEqual(
    store.runs.attempts(run).map(({ key, startedAt, input }) => [key.step, startedAt, input]),
    [
      ['look', 5, 2],
      ['next', 1, 1],
    ],
  );
  await store.runs.finishAttempt(run, begun.key, 6, done);
  const before = store.runs.attempts(run);
  const refused = { name: 'StoreError', code: 'store_refused' };
  await assert.rejects(store.runs.beginAttempt(begun, 'now'), refused);
  await assert.rejects(store.runs.finishAttempt(run, begun.key, 7, failed), refused);
  const operation = { kind: 'increment', key: 'count', by: 1 } as const;
  await assert.rejects(
    store.runs.storageAttempt({ id: run, account: 'acme' }, begun.key, null, operation, 8).durable,
    refused,
  );
  assert.deepEqual(store.runs.attempts(run), before);
  assert.equal(store.storage.get('acme', 'count'), undefined, 'the operation went with its record');
});

test('what was never begun can neither end nor wait; an attempt needs its run', async () => {
  const { store, run } = await storeWithRun();
  const refused = { name: 'StoreError', code: 'store_refused' };
  await assert.rejects(store.runs.finishAttempt(run, key('look'), 1, done), refused);
  await assert.rejects(store.runs.sleep(run, key('look'), 1), refused);
  await assert.rejects(
    store.runs.beginAttempt({ run: 'unknown', key: key('look'), effect: 'read', input: 1, startedAt: 1 }, 'now'),
    refused,
  );
  assert.deepEqual([store.runs.attempts(run), store.runs.get(run)?.status], [[], 'queued']);
});
