import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Callers } from '../../../src/server/access/callers.ts';
import type { AuditListView, MeView, NewTokenView, TokenListView } from '../../../src/server/access-types.ts';
import type { ErrorView } from '../../../src/server/api-types.ts';
import { withTwoAccounts } from './two-accounts.ts';

test('a token is shown once; the data folder has its hash alone', async () => {
  await withTwoAccounts(async ({ folder, call, mint, token }) => {
    const made = await mint('viewer', ['other']);
    assert.match(made.token, /^wbt_[\w-]{43}$/);
    const me = JSON.parse((await call(made.token, 'GET', '/me')).text) as MeView;
    assert.deepEqual([me.id, me.role, me.accounts], [made.id, 'viewer', ['other']]);
    const listed = (await call(token, 'GET', '/tokens')).text;
    assert.match(listed, new RegExp(made.id));
    assert.doesNotMatch(listed, new RegExp(made.token.slice(4)));
    for (const file of readdirSync(join(folder, 'data')).filter((name) => name !== 'runner.json'))
      assert.ok(!readFileSync(join(folder, 'data', file)).includes(made.token.slice(4)), file);
  });
});

test('a token ends when it expires, and at once when it is revoked', async () => {
  await withTwoAccounts(async ({ runner, call, mint, token }) => {
    const { token: secret, id, expires_at } = await mint('viewer', 'all', 60);
    let now = Date.now();
    const callers = new Callers(runner.store, 'x', () => now);
    assert.equal(callers.byToken(secret)?.id, id);
    now = Date.parse(expires_at);
    assert.equal(callers.byToken(secret), undefined);
    assert.equal((await call(secret, 'GET', '/me')).status, 200);
    assert.equal((await call(token, 'DELETE', `/tokens/${id}`)).status, 200);
    assert.equal((await call(secret, 'GET', '/me')).status, 401);
    const { tokens } = JSON.parse((await call(token, 'GET', '/tokens')).text) as TokenListView;
    assert.deepEqual(
      tokens.map(({ id: one, status }) => [one, status]),
      [[id, 'revoked']],
    );
  });
});

test('nobody makes a token that may do more than their own', async () => {
  await withTwoAccounts(async ({ call, mint }) => {
    const admin = await mint('admin', ['other']);
    const ask = { name: 'x', role: 'viewer', accounts: ['other'], expires_in_s: 60 };
    const statuses = [];
    for (const body of [
      ask,
      { ...ask, role: 'admin' },
      { ...ask, accounts: ['other', 'demo'] },
      { ...ask, accounts: 'all' },
      { ...ask, accounts: [] },
      { ...ask, role: 'owner' },
      { ...ask, expires_in_s: 400 * 86_400 },
      { ...ask, hash: 'x' },
    ])
      statuses.push((await call(admin.token, 'POST', '/tokens', body)).status);
    assert.deepEqual(statuses, [201, 201, 404, 403, 400, 400, 400, 400]);
  });
});

test('each call that changes something is written down with who, what, to what and the answer; others see their own', async () => {
  await withTwoAccounts(async ({ call, mint, token }) => {
    const operator = await mint('operator', ['other']);
    await call(operator.token, 'POST', '/runs', { account: 'other', automation: 'keep', input: 'never written down' });
    await call(operator.token, 'POST', '/hooks/other/keep/rotate');
    await call(operator.token, 'GET', '/runs');
    await call(undefined, 'POST', '/runs', { account: 'other', automation: 'keep' });
    const { text } = await call(token, 'GET', '/audit');
    const { entries } = JSON.parse(text) as AuditListView;
    assert.deepEqual(
      entries.map(({ name, role, action, target, account, status, address }) => [
        name,
        role,
        action,
        target,
        account,
        status,
        address,
      ]),
      [
        [
          'operator of other',
          'operator',
          'POST /hooks/:account/:automation/rotate',
          'other/keep',
          undefined,
          403,
          '127.0.0.1',
        ],
        ['operator of other', 'operator', 'POST /runs', 'other/keep', 'other', 409, '127.0.0.1'],
        ['owner of the data folder', 'admin', 'POST /tokens', 'operator of other', 'other', 201, '127.0.0.1'],
      ],
    );
    assert.doesNotMatch(text, /never written down/);
    const first = JSON.parse((await call(token, 'GET', '/audit?limit=2')).text) as AuditListView;
    const second = JSON.parse((await call(token, 'GET', `/audit?limit=2&before=${first.next}`)).text) as AuditListView;
    assert.deepEqual([...first.entries, ...second.entries], entries);
    const admin = await mint('admin', ['demo']);
    assert.deepEqual(
      (JSON.parse((await call(admin.token, 'GET', '/audit')).text) as AuditListView).entries.map(
        ({ target }) => target,
      ),
      ['admin of demo'],
    );
  });
});

test('wrong tokens are answered 429 after some, and a right one from the same address still opens', async () => {
  await withTwoAccounts(async ({ call, token }) => {
    const statuses = new Map<number, number>();
    for (let tries = 0; tries < 35; tries += 1) {
      const { status } = await call('wbt_wrong', 'GET', '/runs');
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    assert.deepEqual(
      [...statuses],
      [
        [401, 30],
        [429, 5],
      ],
    );
    const { headers, text } = await call('wbt_wrong', 'GET', '/runs');
    assert.ok(Number(headers.get('retry-after')) > 0);
    assert.equal((JSON.parse(text) as ErrorView).error.code, 'too_many_failures');
    assert.equal((await call(token, 'GET', '/runs')).status, 200);
  });
});

test('unknown webhooks are answered 429 after some, and the known one is taken', async () => {
  await withTwoAccounts(async ({ url, post }) => {
    const last = [];
    for (let tries = 0; tries < 62; tries += 1)
      last.push((await fetch(`${url}/hooks/demo/summarize-text/guess-${tries}`, { method: 'POST' })).status);
    assert.deepEqual([last[0], last[59], last[60], last[61]], [404, 404, 429, 429]);
    assert.equal((await post('{"text":"Known. Yes."}')).status, 202);
  });
});

test('a webhook gets a new address; the old one is taken for the overlap, then it is gone', async () => {
  await withTwoAccounts(async ({ runner, url, call, token, post }) => {
    const rotate = async (overlap: number): Promise<{ path: string; former_until: string }> => {
      const { status, text } = await call(token, 'POST', '/hooks/demo/summarize-text/rotate', { overlap_s: overlap });
      assert.equal(status, 200, text);
      return JSON.parse(text) as { path: string; former_until: string };
    };
    const send = async (path: string): Promise<number> =>
      (
        await fetch(url + path, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: '{"text":"x"}',
        })
      ).status;
    const { path, former_until } = await rotate(3600);
    assert.equal((await post('{"text":"old"}')).status, 202);
    assert.equal(await send(path), 202);
    const { hookRotation } = runner.store;
    const until = Date.parse(former_until);
    assert.equal(hookRotation.former('demo', 'summarize-text', until - 1).length, 1);
    assert.equal(hookRotation.former('demo', 'summarize-text', until).length, 0);
    const next = await rotate(0);
    assert.deepEqual([(await post('{"text":"old"}')).status, await send(path), await send(next.path)], [404, 404, 202]);
    // The address is the same after a new deployment.
    await runner.deploy();
    assert.equal(await send(next.path), 202);
  });
});

test('a token made with one that is revoked stays, and says by which it was made', async () => {
  await withTwoAccounts(async ({ call, mint, token }) => {
    const admin = await mint('admin', 'all');
    const body = { name: 'child', role: 'viewer', accounts: 'all', expires_in_s: 60 };
    const child = JSON.parse((await call(admin.token, 'POST', '/tokens', body)).text) as NewTokenView;
    await call(token, 'DELETE', `/tokens/${admin.id}`);
    assert.equal(child.created_by, admin.id);
    assert.equal((await call(child.token, 'GET', '/me')).status, 200);
  });
});
