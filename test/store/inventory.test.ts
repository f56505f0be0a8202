import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RECONCILIATIONS_KEPT } from '../../src/store/sqlite/inventory.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import type { InventoryEntry } from '../../src/store/records.ts';
import { newFolder } from './sample-store.ts';

const entry = (account: string, more: Partial<InventoryEntry> = {}): InventoryEntry => ({
  account,
  status: 'ready',
  changedAt: 1,
  recent: [],
  ...more,
});

test('a deployment and what it changes of the inventory are kept together or not at all', async () => {
  const folder = newFolder();
  const store = openSqliteStore(folder);
  const whole = entry('', { status: 'stalled', reason: { code: 'x', message: 'why' }, attempted: 'c2', applied: 'c1' });
  const acme = entry('acme', {
    madeOf: 'k',
    recent: [
      { revision: 'c1', at: 1, status: 'ready' },
      { at: 0, status: 'stalled' },
    ],
  });
  const secrets = new Map([
    [
      'acme',
      new Map([
        ['secrets/acme/a.json', 'A'],
        ['secrets/acme/b.json', 'B'],
      ]),
    ],
  ]);
  const recipients = new Map([['acme', ['age1one', 'age1two']]]);
  const history = new Map([['acme', { keepMs: 1000, maxBytes: 5 }]]);
  await store.deployments.activate('s', 1, [], new Map(), {
    entries: [acme, whole],
    secrets,
    recipients,
    history,
  });
  assert.deepEqual(store.inventory.list(), [whole, acme]);
  await assert.rejects(
    store.deployments.activate('s', 2, [{ account: 'acme', automation: 'x', plan: 'missing' }], new Map(), {
      entries: [entry('acme', { status: 'suspended' })],
      secrets: new Map([['acme', new Map()]]),
      recipients: new Map([['acme', ['age1other']]]),
      history: new Map([['acme', {}]]),
    }),
    { code: 'store_refused' },
  );
  await store.close();
  const again = openSqliteStore(folder);
  assert.deepEqual(again.inventory.list(), [whole, acme]);
  assert.deepEqual(again.inventory.secrets(), secrets.get('acme'));
  const replaced = new Map([['acme', new Map([['secrets/acme/b.json', 'C']])]]);
  await again.deployments.activate('s', 3, [], new Map(), {
    entries: [],
    secrets: replaced,
    recipients: new Map(),
    history: new Map(),
  });
  assert.deepEqual(again.inventory.secrets(), replaced.get('acme'));
  await again.inventory.drop(['acme']);
  assert.deepEqual([again.inventory.list(), again.inventory.secrets().size], [[whole], 0]);
  // What is kept of the account is still to be opened.
  assert.deepEqual([again.inventory.recipients(), again.history.limits()], [recipients, history]);
  await again.close();
});

test('the last reconciliations are kept, and what an operator said', async () => {
  const folder = newFolder();
  const store = openSqliteStore(folder);
  assert.equal(store.inventory.control(), undefined);
  for (let number = 1; number <= RECONCILIATIONS_KEPT + 3; number++)
    await store.inventory.beginReconciliation({ cause: 'interval', startedAt: number, steps: [] });
  const kept = store.inventory.reconciliations(99);
  assert.deepEqual(
    [kept.length, kept[0]?.startedAt, kept.at(-1)?.startedAt],
    [RECONCILIATIONS_KEPT, RECONCILIATIONS_KEPT + 3, 4],
  );
  const [newest, second] = kept;
  assert.ok(newest !== undefined && second !== undefined);
  const step = { name: 'fetch', status: 'failed' as const, message: 'm' };
  await store.inventory.saveReconciliation({ ...newest, finishedAt: 5, steps: [step] });
  await store.inventory.forgetReconciliation(second.id);
  for (const pinned of ['c1', 'c2']) await store.inventory.saveControl({ source: 's', head: 'h', askedAt: 9, pinned });
  await store.close();
  const again = openSqliteStore(folder);
  const [first, next] = again.inventory.reconciliations(2);
  assert.deepEqual([first?.finishedAt, first?.steps, next?.startedAt], [5, [step], RECONCILIATIONS_KEPT + 1]);
  assert.deepEqual(again.inventory.control(), { source: 's', head: 'h', askedAt: 9, pinned: 'c2' });
  await again.close();
});

test('older deployments are forgotten, with their entries; plans and the newest stay', async () => {
  const store = openSqliteStore(newFolder());
  const plans = new Map([['p', '{}']]);
  for (let at = 1; at <= 5; at++)
    await store.deployments.activate('s', at, [{ account: 'a', automation: 'x', plan: 'p' }], plans);
  assert.equal(await store.deployments.forgetOlder(2), 3);
  assert.deepEqual(
    store.deployments.list(9).map(({ createdAt, entries }) => [createdAt, entries.length]),
    [
      [5, 1],
      [4, 1],
    ],
  );
  assert.equal(await store.deployments.forgetOlder(2), 0);
  assert.equal(store.deployments.plan('p'), '{}');
  await store.close();
});
