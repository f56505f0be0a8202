import assert from 'node:assert/strict';
import { renameSync } from 'node:fs';
import { test } from 'node:test';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { sealConnection } from '../../../src/secrets/connection-file.ts';
import { deployer, Origin } from './origin.ts';

function twoAccounts(): Origin {
  const origin = new Origin();
  for (const account of ['acme', 'globex']) {
    origin.account(account);
    origin.automation(account, 'one', '1');
  }
  return origin;
}

test('each account switches by itself: one that is broken goes on as it was, and back when it is mended', async () => {
  const origin = twoAccounts();
  const first = origin.commit();
  const { reconciler, store, serving, statuses } = deployer(origin.folder);
  const start = await reconciler.reconcile('start');
  assert.deepEqual(start.changes, { added: ['acme/one', 'globex/one'], changed: [], removed: [] });
  assert.deepEqual(statuses(), { '': 'ready', acme: 'ready', globex: 'ready' });

  origin.automation('acme', 'one', '${{ nowhere }}');
  origin.automation('acme', 'two', '2');
  origin.automation('globex', 'one', '3');
  const second = origin.commit();
  const broken = await reconciler.reconcile('interval');
  assert.deepEqual(serving(), { 'acme/one': '1', 'globex/one': '3' });
  assert.deepEqual(statuses(), { '': 'accounts_stalled', acme: 'account_broken', globex: 'ready' });
  assert.match(broken.stalled[0]?.reason.message ?? '', /^automations\/acme\/one\.json:\d+:\d+ WB2005/);
  const acme = store.inventory.list().find(({ account }) => account === 'acme');
  assert.deepEqual([acme?.attempted, acme?.applied], [second, first]);
  assert.deepEqual(
    acme?.recent.map(({ revision, status }) => [revision, status]),
    [
      [second, 'stalled'],
      [first, 'ready'],
    ],
  );

  origin.automation('acme', 'one', '4');
  const third = origin.commit();
  await reconciler.reconcile('interval');
  assert.deepEqual(serving(), { 'acme/one': '4', 'acme/two': '2', 'globex/one': '3' });
  assert.deepEqual(
    store.inventory.list().map(({ applied, status }) => [applied, status]),
    [
      [third, 'ready'],
      [third, 'ready'],
      [third, 'ready'],
    ],
  );
});

test('with atomic, one broken account holds all others back', async () => {
  const origin = twoAccounts();
  origin.commit();
  const { reconciler, serving, statuses } = deployer(origin.folder, { settings: { atomic: true } });
  await reconciler.reconcile('start');
  origin.automation('acme', 'one', '${{ nowhere }}');
  origin.automation('globex', 'one', '2');
  origin.commit();
  const { switched } = await reconciler.reconcile('interval');
  assert.equal(switched, false);
  assert.deepEqual(serving(), { 'acme/one': '1', 'globex/one': '1' });
  assert.deepEqual(statuses(), { '': 'held_back', acme: 'account_broken', globex: 'ready' });
});

test('what all accounts share holds everything back where it is broken', async () => {
  const origin = twoAccounts();
  origin.commit();
  const { reconciler, serving, statuses } = deployer(origin.folder);
  await reconciler.reconcile('start');
  for (const content of ['{', '{"waybill":"99.0.0"}']) {
    origin.write('waybill.json', content);
    origin.automation('acme', 'one', content);
    origin.commit();
    await reconciler.reconcile('interval');
    assert.deepEqual(statuses(), { '': 'workspace_broken', acme: 'ready', globex: 'ready' });
  }
  origin.git('rm', '--quiet', '-r', '.');
  origin.commit();
  await reconciler.reconcile('interval');
  assert.equal(statuses()[''], 'workspace_broken', 'an empty commit does not take everything away');
  assert.deepEqual(serving(), { 'acme/one': '1', 'globex/one': '1' });
});

test('a broken shared automation stalls the accounts that install it, and a changed one goes to them alone', async () => {
  const origin = twoAccounts();
  origin.account('acme', { install: { common: {} } });
  origin.automation('shared', 'common', '1');
  origin.commit();
  const { reconciler, store, serving, statuses } = deployer(origin.folder);
  await reconciler.reconcile('start');
  assert.deepEqual(serving(), { 'acme/common': '1', 'acme/one': '1', 'globex/one': '1' });
  origin.automation('shared', 'common', '${{ nowhere }}');
  origin.automation('globex', 'one', '2');
  origin.commit();
  await reconciler.reconcile('interval');
  assert.deepEqual(serving(), { 'acme/common': '1', 'acme/one': '1', 'globex/one': '2' });
  assert.deepEqual(statuses(), { '': 'accounts_stalled', acme: 'account_broken', globex: 'ready' });
  origin.automation('shared', 'common', '2');
  origin.commit();
  await reconciler.reconcile('interval');
  assert.equal(serving()['acme/common'], '2');
  const steps = store.inventory.reconciliations(1)[0]?.steps ?? [];
  assert.equal(
    steps.find(({ name }) => name === 'compile')?.message,
    '2 accounts: 1 compiled, 1 unchanged, 0 with errors',
  );
});

test('an account whose credential does not open keeps its plans and the credential that opens', async () => {
  const origin = twoAccounts();
  const [ours, theirs] = [await generateX25519Identity(), await generateX25519Identity()];
  const seal = async (account: string, identity: string, key: string): Promise<void> => {
    const recipients = [await identityToRecipient(identity)];
    origin.account(account, { recipients, connections: { anthropic: { connector: 'anthropic' } } });
    const sealed = { account, connection: 'anthropic', hosts: ['api.anthropic.com'], recipients, now: new Date() };
    origin.write(`secrets/${account}/anthropic.json`, await sealConnection({ ...sealed, fields: { api_key: key } }));
    origin.write(`automations/${account}/ask.json`, {
      name: 'ask',
      trigger: { webhook: { body: { type: 'object' }, verify: 'none' } },
      steps: [{ id: 'ask', uses: 'anthropic.message_to_ai', with: { prompt: 'Hello', value: undefined } }],
    });
  };
  await seal('acme', ours, 'sk-ant-first-of-acme');
  await seal('globex', ours, 'sk-ant-of-globex');
  origin.commit();
  const { reconciler, store, statuses } = deployer(origin.folder, {
    settings: { identities: () => Promise.resolve([ours]) },
  });
  await reconciler.reconcile('start');
  assert.deepEqual(statuses(), { '': 'ready', acme: 'ready', globex: 'ready' });
  const before = store.inventory.secrets().get('secrets/acme/anthropic.json');

  await seal('acme', theirs, 'sk-ant-second-of-acme');
  origin.commit();
  const { stalled } = await reconciler.reconcile('interval');
  assert.deepEqual(statuses(), { '': 'accounts_stalled', acme: 'secret_not_opened', globex: 'ready' });
  assert.match(stalled[0]?.reason.message ?? '', /secrets\/acme\/anthropic\.json does not open/);
  assert.doesNotMatch(JSON.stringify(store.inventory.reconciliations(9)), /sk-ant/);
  assert.equal(store.inventory.secrets().get('secrets/acme/anthropic.json'), before);
});

test('an account that is gone is pruned, with its secrets; one that is suspended stays as it is', async () => {
  const origin = twoAccounts();
  origin.commit();
  const { reconciler, serving, statuses } = deployer(origin.folder);
  await reconciler.reconcile('start');
  await reconciler.suspend('globex');
  origin.git('rm', '--quiet', '-r', 'automations/acme', 'automations/globex');
  origin.account('initech');
  origin.automation('initech', 'one', '5');
  origin.commit();
  await reconciler.reconcile('interval');
  assert.deepEqual(serving(), { 'globex/one': '1', 'initech/one': '5' });
  assert.deepEqual(statuses(), { '': 'ready', globex: 'suspended', initech: 'ready' });
  await reconciler.resume('globex');
  await reconciler.reconcile('command');
  assert.deepEqual(serving(), { 'initech/one': '5' });
  assert.deepEqual(statuses(), { '': 'ready', initech: 'ready' });
  await assert.rejects(reconciler.suspend('nobody'), /no account nobody/);
});

test('a suspended account skips what comes in the meantime, and catches up when it is resumed', async () => {
  const origin = twoAccounts();
  origin.commit();
  const { reconciler, serving, store } = deployer(origin.folder);
  await reconciler.reconcile('start');
  await reconciler.suspend('acme');
  for (const account of ['acme', 'globex']) origin.automation(account, 'one', '2');
  origin.commit();
  await reconciler.reconcile('interval');
  assert.deepEqual(serving(), { 'acme/one': '1', 'globex/one': '2' });
  await reconciler.resume('acme');
  await reconciler.reconcile('interval');
  assert.deepEqual(serving(), { 'acme/one': '2', 'globex/one': '2' });
  const acme = store.inventory.list().find(({ account }) => account === 'acme');
  assert.deepEqual(
    acme?.recent.map(({ status }) => status),
    ['ready', 'ready', 'suspended', 'ready'],
  );

  await reconciler.suspend('');
  origin.automation('acme', 'one', '3');
  origin.commit();
  assert.equal((await reconciler.reconcile('interval')).record, undefined);
  await assert.rejects(reconciler.reconcile('command'), /suspended: resume it first/);
  assert.deepEqual(serving(), { 'acme/one': '2', 'globex/one': '2' });
  await reconciler.resume('');
  await reconciler.reconcile('command');
  assert.deepEqual(serving(), { 'acme/one': '3', 'globex/one': '2' });
});

test('a pinned commit stays whatever is newer, also without the repository; unpinned, the branch is followed', async () => {
  const origin = twoAccounts();
  const first = origin.commit();
  const { reconciler, serving } = deployer(origin.folder);
  await reconciler.reconcile('start');
  assert.equal(reconciler.previous(), undefined);
  origin.automation('acme', 'one', '2');
  origin.commit();
  await reconciler.reconcile('interval');
  assert.equal(reconciler.previous(), first);
  await reconciler.pin(first.slice(0, 8));
  origin.automation('acme', 'one', '3');
  origin.commit();
  renameSync(origin.folder, `${origin.folder}-away`);
  const { record } = await reconciler.reconcile('command');
  assert.deepEqual([record?.revision, record?.steps[0]?.status], [first, 'skipped']);
  assert.equal(serving()['acme/one'], '1');
  renameSync(`${origin.folder}-away`, origin.folder);
  await reconciler.unpin();
  await reconciler.reconcile('interval');
  assert.equal(serving()['acme/one'], '3');
  await assert.rejects(reconciler.pin('0000000'), /has no commit 0000000/);
});
