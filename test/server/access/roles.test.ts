import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuditListView, MeView, NewTokenView, TokenListView } from '../../../src/server/access-types.ts';
import type { RunListView } from '../../../src/server/api-types.ts';
import { AuditPruner } from '../../../src/runner/audit-pruner.ts';
import { waybill } from '../../cli/waybill.ts';
import { withTwoAccounts, type TwoAccounts } from './two-accounts.ts';

async function create(
  { folder }: TwoAccounts,
  ...args: string[]
): Promise<{ code: number | null; out: string; err: string }> {
  return waybill(['tokens', 'create', 'Ada', ...args, '--data', `${folder}/data`]);
}

test('a token may do more in one account than in the others, and nothing more elsewhere', async () => {
  await withTwoAccounts(async (setup) => {
    const { call, keep } = setup;
    const made = await create(
      setup,
      '--role',
      'viewer',
      '--all-accounts',
      '--role',
      'other=editor',
      '--format',
      'json',
    );
    assert.equal(made.code, 0, made.err);
    const { token } = JSON.parse(made.out) as NewTokenView;
    const me = JSON.parse((await call(token, 'GET', '/me')).text) as MeView;
    assert.deepEqual([me.role, me.accounts, me.account_roles], ['viewer', 'all', { other: 'editor' }]);
    await keep('mine');
    const status = async (method: string, path: string, body?: object): Promise<number> =>
      (await call(token, method, path, body)).status;
    assert.equal(await status('POST', '/pause', { account: 'other' }), 200);
    assert.equal(await status('POST', '/pause', { account: 'demo' }), 403);
    assert.equal(await status('POST', '/deploy/suspend', {}), 403, 'all accounts, in which it may not');
    assert.equal(await status('POST', '/deploy/suspend', { account: 'other' }), 200);
    assert.equal(await status('GET', '/storage/demo'), 200);
    assert.equal(await status('GET', '/hooks/other/keep'), 200);
    assert.equal(await status('GET', '/hooks/demo/summarize-text'), 403);
    assert.equal(await status('GET', '/tokens'), 403);
    const { runs } = JSON.parse((await call(token, 'GET', '/runs')).text) as RunListView;
    assert.equal(await status('POST', `/runs/${runs[0]?.id}/replay`, {}), 202);
    const refused = (await call(token, 'POST', '/pause', { account: 'demo' })).text;
    assert.match(refused, /this needs the role operator; the token Ada has viewer, and editor in other/);
    const { entries } = JSON.parse((await call(setup.token, 'GET', '/audit')).text) as AuditListView;
    assert.deepEqual(
      entries.find(({ account, action }) => account === 'other' && action === 'POST /pause')?.role,
      'editor',
    );
  });
});

test('an admin of one account alone sees and makes tokens of that account alone', async () => {
  await withTwoAccounts(async (setup) => {
    const { call, mint } = setup;
    const { out } = await create(setup, '--role', 'demo=viewer', '--role', 'other=admin', '--format', 'json');
    const { token, role, accounts, account_roles: roles } = JSON.parse(out) as NewTokenView;
    assert.deepEqual([role, accounts, roles], ['viewer', ['demo', 'other'], { other: 'admin' }]);
    const theirs = await mint('viewer', ['demo']);
    const ask = { name: 'x', role: 'viewer', accounts: ['other'], expires_in_s: 60 };
    const make = async (body: object): Promise<number> =>
      (await call(token, 'POST', '/tokens', { ...ask, ...body })).status;
    assert.equal(await make({ role: 'admin' }), 201);
    assert.equal(await make({ accounts: ['demo'] }), 403);
    assert.equal(await make({ accounts: ['demo', 'other'] }), 403);
    assert.equal(await make({ accounts: 'all' }), 403);
    assert.equal(await make({ account_roles: { other: 'admin' } }), 201);
    assert.equal(await make({ account_roles: { demo: 'admin' } }), 400, 'not among the accounts');
    assert.equal(await make({ role: 'editor', account_roles: { other: 'viewer' } }), 400, 'less than its role');
    assert.equal(await make({ account_roles: { other: 'owner' } }), 400);
    assert.equal((await call(token, 'DELETE', `/tokens/${theirs.id}`)).status, 403);
    const { tokens } = JSON.parse((await call(token, 'GET', '/tokens')).text) as TokenListView;
    assert.deepEqual([...new Set(tokens.map((one) => String(one.accounts)))], ['other']);
    const { entries } = JSON.parse((await call(token, 'GET', '/audit')).text) as AuditListView;
    assert.deepEqual([...new Set(entries.map(({ account }) => account))], ['other']);
  });
});

test('roles that make no sense are refused by the command', async () => {
  await withTwoAccounts(async (setup) => {
    const errors = [];
    for (const args of [
      ['--role', 'owner', '--all-accounts'],
      ['--role', 'viewer', '--role', 'admin', '--all-accounts'],
      ['--role', 'viewer'],
      ['--role', 'viewer', '--all-accounts', '--account', 'demo'],
    ]) {
      const { code, err } = await create(setup, ...args);
      assert.equal(code, 2, err);
      errors.push(err.split('\n')[0]);
    }
    assert.deepEqual(errors, [
      'waybill: owner is not a role',
      'waybill: there are two roles for all accounts',
      'waybill: say for which accounts the token is',
      'waybill: say for which accounts the token is',
    ]);
    const shown = await create(setup, '--role', 'viewer', '--account', 'demo', '--role', 'other=editor');
    assert.match(shown.err, /viewer of demo, other \(editor\), until/);
  });
});

test('the audit log is pruned by age and by number, in small transactions, the oldest first', async () => {
  await withTwoAccounts(async ({ runner }) => {
    const { audit } = runner.store;
    const entry = { actor: 'x', name: 'x', role: 'admin', action: 'POST /x', target: '', status: 200, address: '::1' };
    await Promise.all(Array.from({ length: 1700 }, (_none, index) => audit.insert({ ...entry, at: index })));
    const left = (): number[] => audit.list({ limit: 2000 }).map(({ at }) => at);
    const taken: number[] = [];
    const counted = {
      ...audit,
      prune: async (bounds: Parameters<typeof audit.prune>[0]) => taken[taken.push(await audit.prune(bounds)) - 1] ?? 0,
    };
    const pruner = (limits: { keepMs?: number; maxEntries?: number }): AuditPruner =>
      new AuditPruner({
        keepMs: undefined,
        maxEntries: undefined,
        ...limits,
        audit: counted,
        now: () => 2000,
        onError: (error) => assert.fail(String(error)),
      });
    await pruner({ keepMs: 800 }).prune();
    assert.deepEqual([left().length, left().at(-1)], [500, 1200]);
    assert.deepEqual(taken, [500, 500, 200]);
    await pruner({ maxEntries: 30 }).prune();
    assert.deepEqual([left().length, left().at(-1)], [30, 1670]);
    await pruner({ keepMs: 1e9, maxEntries: 30 }).prune();
    assert.equal(left().length, 30);
    await pruner({ keepMs: 0 }).prune();
    assert.deepEqual(left(), []);
  });
});
