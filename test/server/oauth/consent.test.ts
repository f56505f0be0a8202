import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Browser } from 'playwright-core';
import type { AuditListView, ConnectLinkView } from '../../../src/server/access-types.ts';
import type { DeployView, RunDetailView, RunListView } from '../../../src/server/api-types.ts';
import type { OAuthConnectionView, OAuthListView } from '../../../src/server/oauth-types.ts';
import { withBrowser, look } from '../with-browser.ts';
import { withWorkspace, type Served } from '../with-workspace.ts';
import { IdentityServer, OPTIONS, thingsConnector, thingsWorkspace } from './identity-server.ts';
import { goOn, goThrough, PlainService, textOf, type PlainServiceOptions } from './plain-service.ts';
import { linkFor, post, TOKENS, withPlain } from './with-plain.ts';

test('a person consents in a browser, the automation serves by itself, and one refresh serves all', async () => {
  await IdentityServer.during((identity) =>
    withWorkspace(
      thingsWorkspace(identity.url),
      async (served) => {
        await isStalled(served, /nobody has consented .* waybill oauth link acme things/);
        await withBrowser((browser) => consentInBrowser(browser, served));
        assert.deepEqual(await post(served.hook('list')), { status: 200, body: { owner: 'ada@example.com' } });
        const [connection] = (await served.api<OAuthListView>('/oauth')).body.connections;
        assert.deepEqual(
          [connection?.status, connection?.identity, connection?.scopes, connection?.missing_scopes],
          ['granted', 'ada@example.com at Things', ['openid', 'things.read'], []],
        );
        await refreshesOnce(served, identity);
        await noTokenIsSeen(served, identity);
        await isGivenBack(served, identity);
      },
      OPTIONS,
    ),
  );
});

test('where a service takes a refresh token once, an answer that was lost needs a new consent, and that is said', () =>
  IdentityServer.during((identity) =>
    withWorkspace(
      thingsWorkspace(identity.url),
      async (served) => {
        await withBrowser((browser) => consentInBrowser(browser, served));
        // The runner ended when the provider had changed the token, and nothing was kept.
        const last = String(identity.tokenRequests.at(-1)?.body['refresh_token']);
        await (await identity.provider.RefreshToken.find(last))?.consume();
        await served.runner.store.grants.beginRefresh('acme', 'things', Date.now());
        await served.restart();
        const failed = await post(served.hook('list'));
        assert.deepEqual([failed.status, failed.body.error?.code], [502, 'grant_expired']);
        const [state] = (await served.api<OAuthListView>('/oauth')).body.connections;
        assert.equal(state?.status, 'expired');
        assert.match(state.reason ?? '', /invalid_grant.*; a refresh before was cut off, and its answer lost$/);
        // The provider took the second use for a theft, and ended all that was granted.
        assert.equal(identity.tokenRequests.at(-1)?.status, 400);
        assert.equal(await identity.provider.RefreshToken.find(last), undefined);
        await withBrowser((browser) => consentInBrowser(browser, served));
        assert.equal((await post(served.hook('list'))).status, 200);
      },
      OPTIONS,
    ),
  ));

async function isStalled(served: Served, reason: RegExp): Promise<void> {
  const refused = await post(served.hook('list'));
  assert.deepEqual([refused.status, refused.body.error?.code], [503, 'consent_owed']);
  const { body: deploy } = await served.api<DeployView>('/deploy');
  const stalled = deploy.accounts[0]?.stalled_automations ?? [];
  assert.deepEqual(
    stalled.map(({ automation }) => automation),
    ['list'],
  );
  assert.match(stalled[0]?.reason.message ?? '', reason);
}

/** The person cancels first, and then does it. */
async function consentInBrowser(browser: Browser, served: Served): Promise<void> {
  const link = await linkFor(served);
  const page = await browser.newPage({ viewport: { width: 900, height: 800 } });
  page.setDefaultTimeout(10_000);
  const goOnFromStart = async (): Promise<void> => {
    await page.goto(link);
    await page.getByRole('button', { name: 'Go on to Things' }).click();
  };
  await goOnFromStart();
  await page.getByText('Cancel').click();
  await page.getByRole('heading', { name: 'Nothing was connected' }).waitFor();
  await look(page, 'consent-denied');
  await page.goto(link);
  await look(page, 'consent-start');
  await goOnFromStart();
  await page.getByPlaceholder('Enter any login').fill('ada@example.com');
  await page.getByPlaceholder('and password').fill('any');
  await page.getByRole('button', { name: 'Sign-in' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('heading', { name: 'Things is connected' }).waitFor();
  await look(page, 'consent-granted');
  assert.match((await page.textContent('main')) ?? '', /ada@example\.com at Things/);
  // The same answer once more.
  await page.reload();
  assert.match((await page.textContent('main')) ?? '', /This answer came twice/);
  await look(page, 'consent-twice');
  await page.goto(link);
  assert.match((await page.textContent('main')) ?? '', /Done already/);
}

/** Fifty runs at a time see that the token has ended; the provider changes the refresh token, and takes none twice. */
async function refreshesOnce(served: Served, identity: IdentityServer): Promise<void> {
  for (const refreshes of [1, 2]) {
    await identity.endAccess();
    const answers = await Promise.all(Array.from({ length: 50 }, () => post(served.hook('list'))));
    assert.ok(answers.every(({ status }) => status === 200));
    const made = identity.tokenRequests.filter(({ grant }) => grant === 'refresh_token');
    assert.deepEqual(
      made.map(({ status }) => status),
      Array.from({ length: refreshes }, () => 200),
    );
  }
}

async function isGivenBack(served: Served, { provider, tokenRequests }: IdentityServer): Promise<void> {
  const last = String(tokenRequests.at(-1)?.body['refresh_token']);
  assert.ok((await provider.RefreshToken.find(last)) !== undefined);
  const { body } = await served.api<OAuthConnectionView>('/oauth/acme/things/revoke', { method: 'POST' });
  assert.equal(body.status, 'revoked');
  assert.equal(await provider.RefreshToken.find(last), undefined);
  await isStalled(served, /was given back/);
}

/** No token is in the files of the runner, nor in what its API says. */
async function noTokenIsSeen(served: Served, { tokenRequests }: IdentityServer): Promise<void> {
  const tokens = tokenRequests.flatMap(({ body }) => [body['access_token'], body['refresh_token']]).map(String);
  assert.ok(tokens.length >= 2);
  const { body } = await served.api<RunListView>('/runs');
  const details = await Promise.all(body.runs.map(({ id }) => served.api<RunDetailView>(`/runs/${id}`)));
  const said = JSON.stringify([body, details, await served.api('/oauth'), await served.api('/audit')]);
  const data = join(served.folder, 'data');
  const files = await Promise.all((await readdir(data)).map((name) => readFile(join(data, name), 'latin1')));
  for (const token of tokens) {
    assert.ok(!said.includes(token), 'the API tells a token');
    assert.ok(!files.some((text) => text.includes(token)), 'a token is on the disk');
  }
}

test('an answer is taken once, from the browser that went, and only to a question of ours', () =>
  withPlain(TOKENS, async (served) => {
    const { target, cookie } = await goOn(await linkFor(served));
    const callback = (await fetch(target, { redirect: 'manual' })).headers.get('location') ?? '';
    const unknown = callback.replace(/state=[^&]+/, 'state=made-up');
    assert.match(await textOf(unknown, cookie), /belongs to no question/);
    assert.match(await textOf(callback, ''), /another browser/);
    assert.match(await textOf(callback, 'waybill-consent=other'), /another browser/);
    assert.match(await textOf(callback, cookie), /Things is connected/);
    assert.match(await textOf(callback, cookie), /came twice/);
  }));

test('who is signed in to the runner needs no link, but the role and the account', () =>
  withPlain(TOKENS, async (served) => {
    const start = `${served.url}/oauth/start/acme/things`;
    assert.match(await textOf(start, ''), /Sign in first/);
    const signIn = async (token: string): Promise<string> => {
      const headers = { origin: served.url, 'content-type': 'application/x-www-form-urlencoded' };
      const body = new URLSearchParams({ token }).toString();
      const answer = await fetch(`${served.url}/sign-in`, { method: 'POST', headers, body, redirect: 'manual' });
      return (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    };
    assert.match(await textOf(start, await signIn(served.token)), /Connect Things .* Go on to Things/);
    const { entries } = (await served.api<AuditListView>('/audit')).body;
    assert.deepEqual(
      [entries[0]?.action, entries[0]?.target],
      ['GET /oauth/start/:account/:connection', 'acme/things'],
    );
    const mint = async (role: string, account: string): Promise<string> => {
      const body = JSON.stringify({ name: 'one', role, accounts: [account], expires_in_s: 60 });
      const headers = { 'content-type': 'application/json' };
      return (await served.api<{ token: string }>('/tokens', { method: 'POST', headers, body })).body.token;
    };
    assert.match(await textOf(start, await signIn(await mint('operator', 'acme'))), /needs the role editor/);
    assert.match(await textOf(start, await signIn(await mint('editor', 'other'))), /There is nothing here/);
  }));

test('what a service refuses is told with the way out', async () => {
  const cases: [PlainServiceOptions, RegExp][] = [
    [
      { ...TOKENS, callback: () => ({ error: 'redirect_uri_mismatch' }) },
      /does not know the redirect address .* register exactly this redirect address: http:\/\/127\.0\.0\.1:\d+\/oauth\/callback/,
    ],
    [{ ...TOKENS, callback: () => ({ error: 'invalid_scope' }) }, /does not give the app a right/],
    [
      { token: () => ({ status: 401, body: { error: 'invalid_client', error_description: 'no such app' } }) },
      /refuses the id or secret of the app \(invalid_client: no such app\) .*waybill connect acme things/,
    ],
    [{ token: () => ({ status: 400, body: { error: 'invalid_grant' } }) }, /Codes are good for a short while and once/],
    [
      {
        token: () => ({
          status: 400,
          body: { error: 'invalid_grant' },
          headers: { date: new Date(Date.now() - 3_600_000).toUTCString() },
        }),
      },
      /the clock of this machine is 60 minutes ahead of the service’s/,
    ],
    [{ token: () => ({ body: { ok: true } }) }, /there is none in the answer/],
  ];
  for (const [options, expected] of cases)
    await withPlain(options, async (served) => {
      const { page } = await goThrough(await linkFor(served));
      assert.match(page, expected);
      assert.equal((await post(served.hook('list'))).status, 503);
    });
});

test('the question has state, PKCE and the rights of the actions in use, in the words of the service', () =>
  withPlain(
    TOKENS,
    async (served, service) => {
      await goThrough(await linkFor(served));
      const [asked] = service.asked;
      assert.equal(asked?.get('user_scope'), 'openid,things.read');
      assert.equal(asked.get('code_challenge_method'), 'S256');
      assert.equal(asked.get('prompt'), 'consent');
      const [form] = service.forms;
      assert.match(form?.['code_verifier'] ?? '', /^[\w-]{43}$/);
      assert.equal(form?.['client_secret'], 'the-secret-of-the-app-0123456789');
    },
    {
      client_auth: 'post',
      scope_separator: ',',
      scope_parameter: 'user_scope',
      authorize_params: { prompt: 'consent' },
    },
  ));

/** A service that says where the account lives. */
function placing(instance: (service: PlainService) => string): PlainServiceOptions {
  return {
    token: (_form, service) => ({ body: { access_token: 'the-access-token-1', instance_url: instance(service) } }),
    callback: () => ({ code: 'the-code', realmId: '4711' }),
  };
}

test('the place of an account is taken from the answer, and must be one of the hosts', async () => {
  const change = {
    captures: {
      instance: { value: '${{ response.body.instance_url }}', sample: 'https://one.things.example' },
      realm: { value: '${{ callback.realmId }}', sample: '1234' },
    },
  };
  const run = (instance: (service: PlainService) => string, use: (page: string, served: Served) => Promise<void>) =>
    PlainService.during(placing(instance), (service) => {
      const connector = thingsConnector({ issuer: undefined, ...change }, { base_url: '${{ connection.instance }}' });
      return withWorkspace(
        thingsWorkspace(service.url, connector),
        async (served) => use((await goThrough(await linkFor(served))).page, served),
        OPTIONS,
      );
    });
  await run(
    ({ url }) => url,
    async (page, served) => {
      assert.match(page, /Things is connected/);
      assert.deepEqual(await post(served.hook('list')), { status: 200, body: { owner: 'ada' } });
    },
  );
  await run(
    () => 'https://evil.example',
    async (page, served) => {
      assert.match(page, /named evil\.example as the place of the account, which is none of the hosts/);
      assert.equal((await post(served.hook('list'))).status, 503);
    },
  );
});

test('the connection page asks for the app, says that a person consents, and leads there', async () => {
  await withPlain(TOKENS, async (served) => {
    const { body } = await served.api<ConnectLinkView>('/connect-links', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ account: 'acme', connection: 'things' }),
    });
    await withBrowser(async (browser) => {
      const page = await browser.newPage({ viewport: { width: 390, height: 800 } });
      page.setDefaultTimeout(10_000);
      const lookAt = async (name: string): Promise<void> => {
        for (const colorScheme of ['light', 'dark'] as const)
          for (const width of [390, 1000]) {
            await page.emulateMedia({ colorScheme });
            await page.setViewportSize({ width, height: 800 });
            await look(page, `${name}-${width}-${colorScheme}`);
          }
      };
      const text = async (): Promise<string> => ((await page.textContent('main')) ?? '').replaceAll(/\s+/g, ' ');
      await page.goto(served.url + body.path);
      await lookAt('app-asked');
      assert.match(await text(), /id and the secret of an app .* registered at Things/);
      await page.getByLabel('Client ID').fill('the-id');
      await page.getByLabel('Client secret').fill('the-secret-of-the-app');
      await page.getByRole('button', { name: 'Go on' }).click();
      await lookAt('app-encrypted');
      assert.match(await text(), /Whether Things takes the id and the secret shows when a person consents/);
      await page.getByRole('button', { name: 'Save' }).click();
      await lookAt('app-saved');
      assert.match(await text(), /a person consents\. The link for them: waybill oauth link acme things/);
      await page.getByRole('link', { name: 'Consent at Things' }).click();
      await lookAt('consent-signed-out');
      await page.getByRole('link', { name: 'Sign in' }).click();
      await page.getByLabel('Token').fill(served.token);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.goto(`${served.url}/oauth/start/acme/things`);
      await lookAt('consent-start');
      await page.getByRole('button', { name: 'Go on to Things' }).click();
      await page.getByRole('heading', { name: 'Things is connected' }).waitFor();
      await lookAt('consent-granted');
    });
  });
});
