import assert from 'node:assert/strict';
import { test } from 'node:test';
import { REPEATS_KNOWN_MS } from '../../src/store/sqlite/deliveries.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { keepPlan, newFolder, newStore, sampleRun } from './sample-store.ts';

test('a repeat gives the first run and keeps none of its own; another automation has its own names', async () => {
  const store = await newStore();
  const [first, repeat, other] = [sampleRun(), sampleRun(), sampleRun({ automation: 'other' })];
  assert.equal(await store.deliveries.accept(first, 'a'), first.id);
  assert.equal(await store.deliveries.accept(repeat, 'a'), first.id);
  assert.equal(await store.deliveries.accept(other, 'a'), other.id);
  assert.equal(store.runs.get(repeat.id), undefined);
  assert.deepEqual(store.runs.get(first.id), first);
});

test('of many at the same moment, one is kept', async () => {
  const store = await newStore();
  const runs = Array.from({ length: 50 }, () => sampleRun());
  const kept = new Set(await Promise.all(runs.map((run) => store.deliveries.accept(run, 'same'))));
  assert.equal(kept.size, 1);
  assert.equal(store.runs.list({ limit: 99 }).length, 1);
});

test('a name is known for the window, and forgotten after it', async () => {
  const store = await newStore();
  const first = sampleRun({ createdAt: 1000 });
  const within = sampleRun({ createdAt: 1000 + REPEATS_KNOWN_MS - 1 });
  const after = sampleRun({ createdAt: 1000 + REPEATS_KNOWN_MS });
  assert.equal(await store.deliveries.accept(first, 'a'), first.id);
  assert.equal(await store.deliveries.accept(within, 'a'), first.id);
  assert.equal(await store.deliveries.accept(after, 'a'), after.id);
  assert.equal(await store.deliveries.accept(sampleRun({ createdAt: after.createdAt + 1 }), 'a'), after.id);
});

test('after another start the first run is still known', async () => {
  const folder = newFolder();
  const before = openSqliteStore(folder);
  await keepPlan(before);
  const first = sampleRun();
  await before.deliveries.accept(first, 'a');
  await before.close();
  const store = openSqliteStore(folder);
  assert.equal(await store.deliveries.accept(sampleRun(), 'a'), first.id);
  await store.close();
});

test('a run that cannot be kept leaves its name free', async () => {
  const store = await newStore();
  await assert.rejects(store.deliveries.accept(sampleRun({ plan: 'unknown' }), 'a'), { code: 'store_refused' });
  const run = sampleRun();
  assert.equal(await store.deliveries.accept(run, 'a'), run.id);
});
