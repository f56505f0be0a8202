import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AttemptKey } from '../../src/run/records.ts';
import type { StorageOperation } from '../../src/run/storage-operation.ts';
import type { PendingWrite, Store } from '../../src/store/store.ts';
import type { Outcome } from '../../src/run/failure.ts';
import { newStore, sampleRun } from './sample-store.ts';

interface Counted {
  store: Store;
  run: string;
  /** How many writes shared each commit. */
  commits: number[];
  storage: (step: string, operation: StorageOperation) => PendingWrite<Outcome>;
}

async function newCounted(): Promise<Counted> {
  const commits: number[] = [];
  const store = await newStore({ onCommit: (writes) => commits.push(writes) });
  const run = sampleRun();
  await store.runs.insert(run);
  commits.length = 0;
  const storage = (step: string, operation: StorageOperation): PendingWrite<Outcome> =>
    store.runs.storageAttempt({ id: run.id, account: 'acme' }, keyOf(step), null, operation, 1);
  return { store, run: run.id, commits, storage };
}

function keyOf(step: string): AttemptKey {
  return { step, attempt: 1 };
}

const increment: StorageOperation = { kind: 'increment', key: 'count', by: 1 };

test('what is written at the same time shares one commit', async () => {
  const { store, commits } = await newCounted();
  const runs = Array.from({ length: 500 }, () => sampleRun());
  await Promise.all(runs.map((run) => store.runs.insert(run)));
  assert.deepEqual(commits, [500]);
  assert.equal(store.runs.list({ limit: 999 }).length, 501);
});

test('a single write waits for nobody, and each promise resolves after its own commit', async () => {
  const { store, commits } = await newCounted();
  for (let count = 1; count <= 3; count++) {
    await store.runs.insert(sampleRun());
    assert.equal(commits.length, count);
  }
});

test('writes take effect in the order in which they were asked for, across kinds and urgencies', async () => {
  const { store, run, storage } = await newCounted();
  const values = Array.from({ length: 50 }, (_, index) => index);
  const writes = values.map((value) =>
    value % 2 === 0
      ? storage(`s${value}`, { kind: 'set', key: 'a', value }).durable
      : store.runs.beginAttempt(
          { run, key: keyOf(`s${value}`), effect: 'read', input: null, startedAt: value },
          value % 3 === 0 ? 'soon' : 'now',
        ),
  );
  await Promise.all(writes);
  assert.deepEqual(
    store.runs.attempts(run).map(({ key }) => key.step),
    values.map((value) => `s${value}`),
  );
  assert.equal(store.storage.get('acme', 'a')?.value, 48);
});

test('what nobody waits for shares the commit of another write, or comes by itself soon', async () => {
  const { store, run, commits } = await newCounted();
  const begun = store.runs.begin(run, 1);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(commits, [], 'it waits for company');
  await store.runs.insert(sampleRun());
  assert.deepEqual(commits, [2]);
  await begun;
  const start = performance.now();
  await store.runs.begin(run, 2);
  assert.ok(performance.now() - start < 1000);
  assert.deepEqual(commits, [2, 1]);
});

test('a write that somebody waits for takes along, at once, what could have waited', async () => {
  const { store, run, commits } = await newCounted();
  const writes = [store.runs.begin(run, 1), store.runs.insert(sampleRun())];
  for (let turns = 0; turns < 3; turns++) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(commits, [2]);
  await Promise.all(writes);
});

test('steps that only use the store, one after the other, share a commit', async () => {
  const { run, store, commits, storage } = await newCounted();
  let last = storage('s0', increment);
  for (let step = 1; step < 10; step++) {
    assert.deepEqual(await last.result, { ok: true, output: { value: step } });
    last = storage(`s${step}`, increment);
  }
  await last.durable;
  assert.deepEqual(commits, [10]);
  assert.equal(store.runs.attempts(run).length, 10);
});

/** More steps than any disk lets by during one commit. */
const ENOUGH = 200_000;

test('a chain of writes without end does not keep another from its commit', async () => {
  const { store, storage } = await newCounted();
  const chainState = { steps: 0, stopped: false };
  const chain = async (): Promise<void> => {
    while (!chainState.stopped && chainState.steps < ENOUGH) await storage(`s${chainState.steps++}`, increment).result;
  };
  const chained = chain();
  await store.runs.insert(sampleRun());
  assert.ok(chainState.steps < ENOUGH, 'the insert waited for the end of the chain');
  chainState.stopped = true;
  await chained;
});

test('reads see only what is durable, though a result is known before', async () => {
  const { store, run, storage } = await newCounted();
  const write = storage('s', increment);
  assert.deepEqual(await write.result, { ok: true, output: { value: 1 } });
  assert.equal(store.storage.get('acme', 'count'), undefined);
  assert.deepEqual([store.storage.list('acme', '', 9), store.runs.attempts(run)], [[], []]);
  await write.durable;
  assert.equal(store.storage.get('acme', 'count')?.value, 1);
  assert.equal(store.runs.attempts(run).length, 1);
});

test('a write that fails is undone and rejected alone; the others of its group are kept', async () => {
  const { store, run, commits, storage } = await newCounted();
  const [before, after] = [sampleRun(), sampleRun()];
  const results = await Promise.allSettled([
    store.runs.insert(before),
    storage('s', increment).durable,
    store.runs.insert(sampleRun({ plan: 'sha256-unknown' })),
    // Its operation could be done, its record could not.
    storage('s', increment).durable,
    store.runs.finishAttempt(run, keyOf('unknown'), 1, { ok: true, output: null }),
    store.runs.insert(after),
  ]);
  assert.deepEqual(
    results.map((result) => (result.status === 'fulfilled' ? 'kept' : (result.reason as { code?: string }).code)),
    ['kept', 'kept', 'store_refused', 'store_refused', 'store_refused', 'kept'],
  );
  assert.deepEqual(commits, [6]);
  assert.deepEqual([store.runs.get(before.id), store.runs.get(after.id)], [before, after]);
  assert.equal(store.storage.get('acme', 'count')?.value, 1);
});

test('a result that failed is told to whoever asked for the result, too', async () => {
  const { storage } = await newCounted();
  await storage('s', increment).durable;
  const write = storage('s', increment);
  const [result, durable] = await Promise.allSettled([write.result, write.durable]);
  assert.deepEqual([result.status, durable.status], ['rejected', 'rejected']);
});

test('closing writes what waits, also what nobody waited for', async () => {
  const { store, run, commits } = await newCounted();
  const writes = [store.runs.begin(run, 1), store.runs.insert(sampleRun())];
  await store.close();
  assert.deepEqual(commits, [2]);
  await Promise.all(writes);
});
