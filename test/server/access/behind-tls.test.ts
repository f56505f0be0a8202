import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FastifyInstance } from 'fastify';
import type { AuditListView } from '../../../src/server/access-types.ts';
import { createServer, type ServerOptions } from '../../../src/server/server.ts';
import { withBrowser } from '../with-browser.ts';
import { withTlsProxy, type TlsProxy } from './tls-proxy.ts';
import { withTwoAccounts, type TwoAccounts } from './two-accounts.ts';

/** The server behind a real proxy that does TLS. */
async function behindTls(
  use: (proxy: TlsProxy, setup: TwoAccounts) => Promise<void>,
  options: Partial<ServerOptions> = {},
): Promise<void> {
  await withTwoAccounts(async (setup) => {
    let app: FastifyInstance | undefined;
    const start = (publicUrl: string): Promise<string> => {
      app = createServer(setup.runner, { token: setup.token, publicUrl, ...options });
      return app.listen({ port: 0, host: '127.0.0.1' });
    };
    try {
      await withTlsProxy(start, (proxy) => use(proxy, setup));
    } finally {
      await app?.close();
    }
  });
}

const form = { 'content-type': 'application/x-www-form-urlencoded' };

test('behind a proxy that does TLS, the cookie is Secure, browsers are told to stay with TLS, and nothing leads to plain HTTP', async () => {
  await behindTls(async ({ url, ask }, { token }) => {
    const first = await ask('/');
    assert.deepEqual([first.status, first.headers.location], [303, 'sign-in'], 'relative, so it stays with the proxy');
    assert.equal(first.headers['strict-transport-security'], 'max-age=31536000');
    const body = new URLSearchParams({ token }).toString();
    const signIn = (origin: string) => ask('/sign-in', { method: 'POST', headers: { ...form, origin }, body });
    assert.equal((await signIn(url.replace('https:', 'http:'))).status, 403);
    const signed = await signIn(url);
    assert.equal(signed.status, 303);
    assert.match(
      String(signed.headers['set-cookie']),
      /^__Host-waybill=[\w-]{43}; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Strict$/,
    );
    const link = await ask('/api/v1/connect-links', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ account: 'demo', connection: 'anthropic' }),
    });
    assert.equal(link.status, 201, link.text);
    await withBrowser(async (browser) => {
      const context = await browser.newContext({ ignoreHTTPSErrors: true });
      const page = await context.newPage();
      page.setDefaultTimeout(10_000);
      await page.goto(url);
      await page.getByLabel('Token').fill(token);
      await page.getByRole('button', { name: 'Sign in' }).click();
      assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), 'owner of the data folder');
      const [cookie] = await context.cookies();
      assert.deepEqual(
        [cookie?.name, cookie?.secure, cookie?.httpOnly, cookie?.sameSite],
        ['__Host-waybill', true, true, 'Strict'],
      );
      await page.getByRole('link', { name: 'Connections' }).click();
      await page.getByRole('button', { name: 'Replace anthropic of demo' }).click();
      assert.equal(new URL(page.url()).origin, url);
      assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), 'Connect Anthropic');
    });
  });
});

test('limits and the audit log go by the address that the proxy saw, whatever the client writes into X-Forwarded-For', async () => {
  await behindTls(async ({ ask }, { token, call }) => {
    const statuses = async (from: string): Promise<{ [status: number]: number }> => {
      const counted: { [status: number]: number } = {};
      for (let tries = 0; tries < 35; tries += 1) {
        const headers = { authorization: 'Bearer wbt_wrong', 'x-forwarded-for': `203.0.113.${tries}` };
        const { status } = await ask('/api/v1/runs', { headers, from });
        counted[status] = (counted[status] ?? 0) + 1;
      }
      return counted;
    };
    assert.deepEqual(await statuses('127.0.0.2'), { 401: 30, 429: 5 });
    assert.deepEqual(await statuses('127.0.0.3'), { 401: 30, 429: 5 }, 'another client is not counted with the first');
    const headers = { authorization: `Bearer ${token}`, 'x-forwarded-for': '198.51.100.1' };
    const rotated = await ask('/api/v1/hooks/other/keep/rotate', { method: 'POST', headers, from: '127.0.0.2' });
    assert.equal(rotated.status, 200, 'who has a token is not locked out');
    const { entries } = JSON.parse((await call(token, 'GET', '/audit')).text) as AuditListView;
    assert.equal(entries[0]?.address, '127.0.0.2');
  });
});

test('with two proxies, the address is what the outer one saw; from elsewhere nothing is believed', async () => {
  await behindTls(
    async ({ ask }, { token, call, runner }) => {
      const change = (forwarded: string) =>
        ask('/api/v1/hooks/other/keep/rotate', {
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'x-forwarded-for': forwarded },
          from: '127.0.0.2',
        });
      await change('6.6.6.6, 198.51.100.1');
      const { entries } = JSON.parse((await call(token, 'GET', '/audit')).text) as AuditListView;
      assert.equal(entries[0]?.address, '198.51.100.1');
      const app = createServer(runner, { token, publicUrl: 'https://waybill.example.com' });
      await app.inject({
        method: 'POST',
        url: '/api/v1/hooks/other/keep/rotate',
        headers: { authorization: `Bearer ${token}`, 'x-forwarded-for': '198.51.100.1' },
        remoteAddress: '203.0.113.7',
      });
      await app.close();
      const after = JSON.parse((await call(token, 'GET', '/audit')).text) as AuditListView;
      assert.equal(after.entries[0]?.address, '203.0.113.7', 'a proxy on a public address is none of ours');
    },
    { proxies: 2 },
  );
});
