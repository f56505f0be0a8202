import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { newFolder } from './sample-store.ts';

const entry = (automation: string, plan: string) => ({ account: 'acme', automation, plan });

test('the newest deployment is the current one; older ones and their plans stay, also after reopening', async () => {
  const folder = newFolder();
  const first = openSqliteStore(folder);
  assert.equal(first.deployments.current(), undefined);
  const one = await first.deployments.activate('a', 10, [entry('x', 'p1')], new Map([['p1', '{"n":1}']]));
  const two = await first.deployments.activate(
    'b',
    // The clock may go back; the order is that of the activations.
    5,
    [entry('y', 'p2'), entry('x', 'p1')],
    new Map([['p2', '{"n":2}']]),
  );
  const empty = await first.deployments.activate('c', 20, [], new Map());
  await first.close();
  const second = openSqliteStore(folder);
  assert.deepEqual(second.deployments.current(), empty);
  assert.deepEqual(second.deployments.list(9), [
    { id: empty.id, createdAt: 20, source: 'c', entries: [] },
    { id: two.id, createdAt: 5, source: 'b', entries: [entry('x', 'p1'), entry('y', 'p2')] },
    { id: one.id, createdAt: 10, source: 'a', entries: [entry('x', 'p1')] },
  ]);
  assert.deepEqual(
    second.deployments.list(1).map(({ source }) => source),
    ['c'],
  );
  assert.deepEqual([second.deployments.plan('p1'), second.deployments.plan('p2')], ['{"n":1}', '{"n":2}']);
  assert.equal(second.deployments.plan('p3'), undefined);
  await second.close();
});

test('a deployment that cannot be kept whole leaves nothing: no plan, no entry, not itself', async () => {
  const store = openSqliteStore(newFolder());
  const good = await store.deployments.activate('a', 1, [entry('x', 'p1')], new Map([['p1', '{}']]));
  for (const entries of [
    [entry('x', 'p2'), entry('y', 'missing')],
    [entry('x', 'p2'), entry('x', 'p1')],
  ])
    await assert.rejects(store.deployments.activate('b', 2, entries, new Map([['p2', '{}']])), {
      name: 'StoreError',
      code: 'store_refused',
    });
  assert.deepEqual(store.deployments.list(9), [good]);
  assert.equal(store.deployments.plan('p2'), undefined);
  await store.close();
});

test('a hook’s secret is made once: 32 bytes as base64url, another for each automation, the same for good', async () => {
  const folder = newFolder();
  const first = openSqliteStore(folder);
  const names = [
    ['acme', 'x'],
    ['acme', 'y'],
    ['globex', 'x'],
  ] as const;
  const ask = (store: typeof first): Promise<string[]> =>
    Promise.all(names.map(([account, automation]) => store.deployments.hookSecret(account, automation)));
  const [secrets, again] = await Promise.all([ask(first), ask(first)]);
  assert.deepEqual(again, secrets, 'asked for twice at once');
  for (const secret of secrets) {
    assert.match(secret, /^[A-Za-z0-9_-]{43}$/);
    assert.equal(Buffer.from(secret, 'base64url').length, 32);
  }
  assert.equal(new Set(secrets).size, names.length);
  assert.deepEqual(await ask(first), secrets);
  await first.close();
  const second = openSqliteStore(folder);
  assert.deepEqual(await ask(second), secrets);
  await second.close();
});
