import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { FolderSource } from '../../../src/runner/deploy/folder-source.ts';
import { Runner } from '../../../src/runner/runner.ts';
import { Callers } from '../../../src/server/access/callers.ts';
import type { AuditListView, MeView } from '../../../src/server/access-types.ts';
import { serve } from '../../../src/server/serve.ts';
import { createServer } from '../../../src/server/server.ts';
import { withTwoAccounts } from './two-accounts.ts';

interface Signed {
  cookie: string;
  csrf: string;
}

/** Posts a form as a browser does, and follows nothing. */
function form(
  url: string,
  path: string,
  fields: { [name: string]: string },
  headers: { [name: string]: string } = {},
): Promise<Response> {
  return fetch(url + path, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: url, ...headers },
    body: new URLSearchParams(fields),
  });
}

async function signIn(url: string, token: string): Promise<Signed> {
  const response = await form(url, '/sign-in', { token });
  assert.equal(response.status, 303, await response.text());
  const cookie = response.headers.get('set-cookie')?.split(';')[0] ?? '';
  const me = (await (await fetch(`${url}/api/v1/me`, { headers: { cookie } })).json()) as MeView;
  return { cookie, csrf: me.csrf ?? '' };
}

test('a token pasted once becomes a session; it ends with signing out, with the token, and by time', async () => {
  await withTwoAccounts(async ({ url, runner, call, mint, token }) => {
    const viewer = await mint('viewer', ['other']);
    const { cookie, csrf } = await signIn(url, viewer.token);
    const open = async (): Promise<number> =>
      (await fetch(`${url}/`, { headers: { cookie }, redirect: 'manual' })).status;
    assert.equal(await open(), 200);
    assert.equal((await form(url, '/sign-out', { csrf }, { cookie })).status, 303);
    assert.equal(await open(), 303);

    const again = await signIn(url, viewer.token);
    let now = Date.now();
    const callers = new Callers(runner.store, 'x', () => now);
    const value = again.cookie.split('=')[1] ?? '';
    const { expiresAt = 0 } = callers.bySession(value) ?? {};
    assert.equal(expiresAt, Date.parse(viewer.expires_at));
    now = expiresAt;
    assert.equal(callers.bySession(value), undefined);
    await call(token, 'DELETE', `/tokens/${viewer.id}`);
    assert.equal((await fetch(`${url}/api/v1/me`, { headers: { cookie: again.cookie } })).status, 401);
    const { entries } = JSON.parse((await call(token, 'GET', '/audit')).text) as AuditListView;
    assert.deepEqual(
      entries.map(({ action }) => action),
      ['DELETE /tokens/:id', 'POST /sign-in', 'POST /sign-out', 'POST /sign-in', 'POST /tokens'],
    );
  });
});

test('the cookie is for this site alone: no script reads it, and behind TLS it is Secure and __Host-', async () => {
  await withTwoAccounts(async ({ url, runner, token }) => {
    const plain = await form(url, '/sign-in', { token });
    assert.match(
      plain.headers.get('set-cookie') ?? '',
      /^waybill=[\w-]{43}; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Strict$/,
    );
    const app = createServer(runner, { token, publicUrl: 'https://waybill.example.com' });
    const behind = await app.inject({
      method: 'POST',
      url: '/sign-in',
      headers: { origin: 'https://waybill.example.com', 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ token }).toString(),
    });
    assert.equal(behind.statusCode, 303);
    assert.match(
      String(behind.headers['set-cookie']),
      /^__Host-waybill=[\w-]{43}; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Strict$/,
    );
    await app.close();
  });
});

test('another site changes nothing with the cookie, and signs nobody in or out', async () => {
  await withTwoAccounts(async ({ url, token, call }) => {
    const { cookie, csrf } = await signIn(url, token);
    const rotate = (headers: { [name: string]: string }): Promise<Response> =>
      fetch(`${url}/api/v1/hooks/other/keep/rotate`, { method: 'POST', headers: { cookie, ...headers } });
    for (const headers of [{}, { 'x-csrf-token': '' }, { 'x-csrf-token': `${csrf.slice(1)}x` }])
      assert.equal((await rotate(headers)).status, 403);
    assert.equal((await rotate({ 'x-csrf-token': csrf })).status, 200);

    for (const origin of ['https://evil.example', 'null', `${url}.evil.example`]) {
      assert.equal((await form(url, '/sign-in', { token }, { origin })).status, 403);
      assert.equal((await form(url, '/sign-out', { csrf }, { origin, cookie })).status, 403);
    }
    assert.equal((await form(url, '/sign-out', { csrf: 'x' }, { cookie })).status, 403);
    assert.equal((await fetch(`${url}/api/v1/me`, { headers: { cookie } })).status, 200);
    // A token in a header is not sent by browsers by themselves, so it needs nothing more.
    assert.equal((await call(token, 'POST', '/hooks/other/keep/rotate')).status, 200);
  });
});

test('pages run no script, are framed by nobody and kept nowhere; what they show is escaped', async () => {
  await withTwoAccounts(async ({ url, call, token }) => {
    const name = `<script>alert(1)</script>"&'`;
    const body = { name, role: 'viewer', accounts: ['other'], expires_in_s: 60 };
    const made = JSON.parse((await call(token, 'POST', '/tokens', body)).text) as { token: string };
    const { cookie } = await signIn(url, made.token);
    const page = await fetch(`${url}/`, { headers: { cookie } });
    const text = await page.text();
    assert.doesNotMatch(text, /<script|alert\(1\)<\/script/);
    assert.match(text, /&#60;script&#62;/);
    for (const response of [page, await fetch(`${url}/sign-in`), await fetch(`${url}/api/v1/me`)]) {
      assert.match(
        response.headers.get('content-security-policy') ?? '',
        /^default-src 'none'.*frame-ancestors 'none'/,
      );
      assert.equal(response.headers.get('cache-control'), 'no-store');
      assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
    }
  });
});

test('wrong tokens on the page for signing in are limited', async () => {
  await withTwoAccounts(async ({ url, token }) => {
    const statuses = [];
    for (let tries = 0; tries < 12; tries += 1) statuses.push((await form(url, '/sign-in', { token: 'wrong' })).status);
    assert.deepEqual(statuses, [...Array<number>(10).fill(401), 429, 429]);
    const page = await form(url, '/sign-in', { token: 'wrong' });
    assert.match(page.headers.get('content-type') ?? '', /^text\/html/);
    assert.match(await page.text(), /Wait a minute/);
    assert.equal((await form(url, '/sign-in', { token })).status, 303);
  });
});

test('a session of the owner ends with the runner, as the owner’s token does', async () => {
  await withTwoAccounts(async ({ url, token, folder, close }) => {
    const { cookie } = await signIn(url, token);
    await close();
    const runner = new Runner({
      source: new FolderSource(folder),
      data: join(folder, 'data'),
      identities: async () => [],
      reroutes: new Map(),
      onError: (error) => assert.fail(String(error)),
    });
    const again = await serve({ runner, port: 0 });
    assert.equal((await fetch(`${again.url}/api/v1/me`, { headers: { cookie } })).status, 401);
    await again.close(0);
  });
});
