import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withStore } from './with-store.ts';

test('the last deployment is the current one, and plans stay for runs that began with them', async () => {
  await withStore(async ({ store, reopen }) => {
    const entry = { account: 'acme', automation: 'one', plan: 'sha256:1' };
    await store.deployments.activate('/a', 1, [entry], new Map([['sha256:1', '{"n":1}']]));
    const next = { ...entry, plan: 'sha256:2' };
    await store.deployments.activate('/b', 2, [next], new Map([['sha256:2', '{"n":2}']]));
    const again = await reopen();
    assert.deepEqual(again.deployments.current()?.entries, [next]);
    assert.deepEqual(
      again.deployments.list(10).map(({ source }) => source),
      ['/b', '/a', '/'],
    );
    assert.equal(again.deployments.plan('sha256:1'), '{"n":1}');
    assert.equal(again.deployments.plan('sha256:3'), undefined);
  });
});

test('the secret of a webhook is made once, and is another for each', async () => {
  await withStore(async ({ store, reopen }) => {
    const [one, other] = await Promise.all([
      store.deployments.hookSecret('acme', 'one'),
      store.deployments.hookSecret('acme', 'two'),
    ]);
    assert.match(one, /^[A-Za-z0-9_-]{43}$/);
    assert.notEqual(one, other);
    assert.equal(await (await reopen()).deployments.hookSecret('acme', 'one'), one);
  });
});

test('refusals are capped for each automation', async () => {
  await withStore(async ({ store }) => {
    const refusal = { account: 'acme', automation: 'one', status: 400, reason: 'no', body: '{}' };
    const all = Array.from({ length: 130 }, (_, index) => ({ ...refusal, id: `r${index}`, receivedAt: index }));
    await Promise.all(all.map((one) => store.refusals.insert(one)));
    await store.refusals.insert({ ...refusal, automation: 'two', id: 'other', receivedAt: 0 });
    const kept = store.refusals.list({ account: 'acme', automation: 'one', limit: 500 });
    assert.equal(kept.length, 100);
    assert.deepEqual([kept[0]?.id, kept.at(-1)?.id], ['r129', 'r30']);
    assert.equal(store.refusals.list({ account: 'acme', limit: 500 }).length, 101);
  });
});
