import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ITEMS_KNOWN_MS } from '../../src/store/sqlite/polls.ts';
import { newStore, sampleRun } from './sample-store.ts';

const POLL = { account: 'acme', automation: 'example', source: 'orders' };

test('runs, keys and cursor are kept together, for this question alone', async () => {
  const store = await newStore();
  assert.equal(store.polls.state(POLL), undefined);
  const runs = [sampleRun(), sampleRun()];
  await store.polls.accept(POLL, { at: 5, keys: ['a', 'b'], cursor: { n: 1 } }, runs);
  assert.deepEqual(store.polls.state(POLL), { polledAt: 5, cursor: { n: 1 } });
  assert.deepEqual(store.polls.seen(POLL, ['a', 'b', 'c']), new Set(['a', 'b']));
  const listed = store.runs.list({ limit: 9 }).map(({ id }) => store.runs.get(id));
  assert.deepEqual(listed, runs.toReversed());
  const other = { ...POLL, source: 'customers' };
  assert.deepEqual([store.polls.state(other), store.polls.seen(other, ['a'])], [undefined, new Set()]);
});

test('where a run cannot be kept, nothing of the poll is', async () => {
  const store = await newStore();
  const runs = [sampleRun(), sampleRun({ plan: 'unknown' })];
  const result = { at: 5, keys: ['a'], cursor: 1 };
  await assert.rejects(store.polls.accept(POLL, result, runs), { code: 'store_refused' });
  assert.deepEqual([store.polls.state(POLL), store.runs.list({ limit: 9 })], [undefined, []]);
});

test('a failure is kept until a poll succeeds, and takes nothing away', async () => {
  const store = await newStore();
  const failure = { class: 'credential', code: 'http_status', message: 'refused' } as const;
  await store.polls.fail(POLL, failure);
  assert.deepEqual(store.polls.state(POLL), { failure });
  await store.polls.accept(POLL, { at: 5, keys: ['a'], cursor: undefined }, []);
  assert.deepEqual(store.polls.state(POLL), { polledAt: 5 });
  await store.polls.fail(POLL, failure);
  assert.deepEqual(store.polls.state(POLL), { polledAt: 5, failure });
  assert.deepEqual(store.polls.seen(POLL, ['a']), new Set(['a']));
});

test('an item is known for the window after it was last there', async () => {
  const store = await newStore();
  await store.polls.accept(POLL, { at: 0, keys: ['gone', 'stays'], cursor: undefined }, []);
  await store.polls.accept(POLL, { at: 1, keys: ['stays'], cursor: undefined }, []);
  await store.polls.accept(POLL, { at: ITEMS_KNOWN_MS, keys: [], cursor: undefined }, []);
  assert.deepEqual(store.polls.seen(POLL, ['gone', 'stays']), new Set(['stays']));
});
