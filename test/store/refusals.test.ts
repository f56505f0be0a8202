import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RefusalRecord } from '../../src/store/records.ts';
import { REFUSED_BODY_KEPT } from '../../src/store/records.ts';
import { REFUSALS_KEPT } from '../../src/store/sqlite/refusals.ts';
import { newStore } from './sample-store.ts';

function refusal(id: string, change: Partial<RefusalRecord> = {}): RefusalRecord {
  return {
    id,
    account: 'acme',
    automation: 'example',
    receivedAt: 1,
    status: 422,
    reason: 'the body had `message`, not `text`',
    query: '?x=1&x=2',
    headers: { 'content-type': 'application/json', 'set-cookie': ['a', 'b'] },
    body: new Uint8Array([0x7b, 0xff, 0x00, 0x7d]),
    cut: false,
    ...change,
  };
}

test('a refusal is kept as it came, newest first, and found by account and automation', async () => {
  const store = await newStore();
  const all = [
    refusal('b'),
    refusal('a', { automation: 'other' }),
    refusal('d', { account: 'globex' }),
    refusal('c', { account: 'globex', automation: 'other', receivedAt: 0 }),
  ];
  for (const one of all) await store.refusals.insert(one);
  const newest = all.toReversed();
  assert.deepEqual(store.refusals.list({ limit: 9 }), newest);
  assert.deepEqual(store.refusals.list({ limit: 2 }), newest.slice(0, 2));
  const of = (filter: { account?: string; automation?: string }): string =>
    store.refusals
      .list({ ...filter, limit: 9 })
      .map(({ id }) => id)
      .join('');
  assert.deepEqual(
    [
      of({ account: 'acme' }),
      of({ automation: 'other' }),
      of({ account: 'globex', automation: 'other' }),
      of({ account: 'x' }),
    ],
    ['ab', 'ca', 'c', ''],
  );
});

test('each automation keeps its newest refusals up to the cap, whatever comes to the others', async () => {
  const store = await newStore();
  await store.refusals.insert(refusal('quiet', { automation: 'quiet' }));
  await store.refusals.insert(refusal('elsewhere', { account: 'globex' }));
  const ids = Array.from({ length: REFUSALS_KEPT + 5 }, (_, index) => `r${index}`);
  await Promise.all(ids.map((id) => store.refusals.insert(refusal(id))));
  const kept = store.refusals.list({ account: 'acme', automation: 'example', limit: 999 });
  assert.deepEqual(
    kept.map(({ id }) => id),
    ids.toReversed().slice(0, REFUSALS_KEPT),
  );
  assert.equal(store.refusals.list({ limit: 999 }).length, REFUSALS_KEPT + 2);
});

test('a long body is cut at what is kept, and said to be', async () => {
  const store = await newStore();
  for (const [id, more] of Object.entries({ whole: 0, long: 1 }))
    await store.refusals.insert(refusal(id, { body: new Uint8Array(REFUSED_BODY_KEPT + more).fill(7) }));
  assert.deepEqual(
    ['whole', 'long'].map((id) => [store.refusals.get(id)?.body.length, store.refusals.get(id)?.cut]),
    [
      [REFUSED_BODY_KEPT, false],
      [REFUSED_BODY_KEPT, true],
    ],
  );
});

test('a refusal says which run a replay of it started', async () => {
  const store = await newStore();
  await store.refusals.insert(refusal('a'));
  await store.refusals.markReplayed('a', 'run-1');
  assert.deepEqual(store.refusals.get('a'), refusal('a', { run: 'run-1' }));
  assert.equal(store.refusals.get('b'), undefined);
});
