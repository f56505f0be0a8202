import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeployView, RunListView } from '../../../src/server/api-types.ts';
import type { OAuthLinkView, OAuthListView } from '../../../src/server/oauth-types.ts';
import { withWorkspace, type Served } from '../with-workspace.ts';
import { CLIENT, IdentityServer, OPTIONS, thingsConnector, thingsWorkspace, type Change } from './identity-server.ts';
import { goThrough, PlainService, type PlainServiceOptions } from './plain-service.ts';
import { linkFor, withPlain } from './with-plain.ts';

/** A service whose tokens are `a1`, `a2`, … and `r1`, `r2`, …, each good for so many seconds. */
function counting(change: { expiresIn?: number; refuses?: () => object | undefined } = {}): PlainServiceOptions {
  let given = 0;
  return {
    token: (form) => {
      const refusal = form['grant_type'] === 'refresh_token' ? change.refuses?.() : undefined;
      if (refusal !== undefined) return refusal as { status: number; body: object };
      given += 1;
      const lifetime = change.expiresIn === undefined ? {} : { expires_in: change.expiresIn };
      return {
        body: { access_token: `access-${given}-of-the-service`, refresh_token: `refresh-${given}-of-it`, ...lifetime },
      };
    },
    takes: (token) => token === `access-${given}-of-the-service`,
  };
}

/** A runner on which consent to the service was given. */
async function withGrant(
  options: PlainServiceOptions,
  use: (served: Served, service: PlainService) => Promise<void>,
  change: Change = {},
): Promise<void> {
  await withPlain(
    options,
    async (served, service) => {
      assert.match((await goThrough(await linkFor(served))).page, /Things is connected/);
      await use(served, service);
    },
    change,
  );
}

async function call(
  served: Served,
): Promise<{ status: number; body: { error?: { code: string; message: string; help: string } } }> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(served.hook('list'), { method: 'POST', headers, body: '{}' });
  return {
    status: response.status,
    body: (await response.json()) as { error?: { code: string; message: string; help: string } },
  };
}

async function stateOf(served: Served): Promise<OAuthListView['connections'][number] | undefined> {
  return (await served.api<OAuthListView>('/oauth')).body.connections[0];
}

test('a token that is about to end is refreshed before it is sent, also after a restart', () =>
  withGrant(counting({ expiresIn: 3600 }), async (served, service) => {
    assert.equal((await call(served)).status, 200);
    assert.equal(service.forms.length, 1);
    // As if the time had passed.
    const grant = served.runner.store.grants.get('acme', 'things');
    assert.ok(grant);
    await served.runner.store.grants.put({ ...grant, grantedAt: 0, expiresAt: Date.now() + 1000 });
    await served.restart();
    assert.equal((await call(served)).status, 200);
    assert.deepEqual(
      service.forms.map(({ grant_type, refresh_token }) => [grant_type, refresh_token]),
      [
        ['authorization_code', undefined],
        ['refresh_token', 'refresh-1-of-it'],
      ],
    );
    assert.ok(!service.seen.slice(1).includes('access-1-of-the-service') || service.seen.length === 3);
  }));

test('what the service does not take any more fails the runs, with the reason and the link', () => {
  let refused: { status: number; body: object } | undefined;
  return withGrant(counting({ expiresIn: 3600, refuses: () => refused }), async (served) => {
    const said = 'refresh-1-of-it was taken back';
    refused = { status: 400, body: { error: 'invalid_grant', error_description: said } };
    const grant = served.runner.store.grants.get('acme', 'things');
    assert.ok(grant);
    await served.runner.store.grants.put({ ...grant, grantedAt: 0, expiresAt: Date.now() - 1000 });
    await served.restart();
    for (let run = 0; run < 2; run += 1) {
      const { status, body } = await call(served);
      assert.deepEqual([status, body.error?.code], [502, 'grant_expired']);
      assert.match(
        body.error?.message ?? '',
        /its consent is over: Things does not take .* \(invalid_grant: \[redacted\] was taken back\)/,
      );
      assert.match(body.error?.help ?? '', /waybill oauth link acme things/);
    }
    const state = await stateOf(served);
    assert.deepEqual([state?.status, state?.identity], ['expired', undefined]);
    const { body: list } = await served.api<RunListView>('/runs');
    assert.equal(list.runs[0]?.failure?.class, 'credential');
    // Consent once more, and it serves.
    refused = undefined;
    const { body } = await served.api<OAuthLinkView>('/oauth/acme/things/link', { method: 'POST' });
    await goThrough(body.url);
    assert.equal((await call(served)).status, 200);
  });
});

test('where a refresh was cut off and the service takes the token before no more, that is said', () => {
  const refused = { status: 400, body: { error: 'invalid_grant' } };
  return withGrant(counting({ refuses: () => refused }), async (served) => {
    const { runner } = served;
    await runner.store.grants.beginRefresh('acme', 'things', Date.now());
    await served.restart();
    // Nobody needs it, and the refresh is made again.
    let state = await stateOf(served);
    while (state?.status === 'granted') state = await stateOf(served);
    assert.equal(state?.status, 'expired');
    assert.match(state.reason ?? '', /a refresh before was cut off, and its answer lost/);
  });
});

test('while a service has trouble, a token that is still good goes on', () => {
  let refused: { status: number; body: object } | undefined;
  return withGrant(counting({ expiresIn: 3600, refuses: () => refused }), async (served, service) => {
    refused = { status: 503, body: { error: 'later' } };
    const grant = served.runner.store.grants.get('acme', 'things');
    assert.ok(grant);
    await served.runner.store.grants.put({ ...grant, grantedAt: 0, expiresAt: Date.now() + 30_000 });
    await served.restart();
    assert.equal((await call(served)).status, 200);
    assert.equal(service.forms.length, 2);
    assert.equal((await stateOf(served))?.status, 'granted');
  });
});

test('an automation that needs a right which was not given is stalled, and the others serve', () =>
  withGrant(counting(), async (served, service) => {
    const workspace = thingsWorkspace(service.url, thingsConnector({ issuer: undefined }));
    const connector = workspace.connectors.things as { actions: { [name: string]: object } };
    connector.actions['add'] = { ...connector.actions['list'], scopes: ['things.write'] };
    const steps = [{ id: 'add', uses: 'things.add', with: {} }];
    const trigger = { webhook: { body: { type: 'object' }, verify: 'none' } };
    await served.deploy({
      ...workspace,
      automations: { ...workspace.automations, add: { name: 'Add', trigger, steps } },
    });
    assert.equal((await call(served)).status, 200);
    const { body } = await served.api<DeployView>('/deploy');
    const [stalled, ...others] = body.accounts[0]?.stalled_automations ?? [];
    assert.deepEqual([stalled?.automation, others.length], ['add', 0]);
    assert.match(stalled?.reason.message ?? '', /lacks things\.write/);
    assert.deepEqual((await stateOf(served))?.missing_scopes, ['things.write']);
    // The next question has all rights of all automations.
    const { body: link } = await served.api<OAuthLinkView>('/oauth/acme/things/link', { method: 'POST' });
    await goThrough(link.url);
    assert.equal(service.asked.at(-1)?.get('scope'), 'openid things.read things.write');
    assert.equal((await stateOf(served))?.status, 'granted');
  }));

test('a connector that names another host later does not carry a token there', () =>
  withGrant(counting(), async (served, service) => {
    const connector = thingsConnector({ issuer: undefined }, { hosts: ['127.0.0.1', 'evil.example'] });
    await served.deploy(thingsWorkspace(service.url, connector), ['127.0.0.1', 'evil.example']);
    const { status, body } = await call(served);
    assert.deepEqual([status, body.error?.code], [502, 'host_not_granted']);
    // Nor by a refresh, or by giving it back.
    const grant = served.runner.store.grants.get('acme', 'things');
    assert.ok(grant);
    await served.runner.store.grants.put({ ...grant, grantedAt: 0, expiresAt: Date.now() - 1000 });
    await served.restart();
    assert.equal((await call(served)).body.error?.code, 'host_not_granted');
    const given = await served.api<{ error: { message: string } }>('/oauth/acme/things/revoke', { method: 'POST' });
    assert.match(given.body.error.message, /may not be sent to evil\.example/);
    assert.deepEqual(
      service.forms.map(({ grant_type }) => grant_type),
      ['authorization_code'],
    );
  }));

test('the app of many accounts: its credential lies in secrets/shared, for those that waybill.json names', () =>
  PlainService.during(counting(), async (service) => {
    const { connections, ...workspace } = thingsWorkspace(
      service.url,
      thingsConnector({ issuer: undefined, client_auth: 'post' }),
    );
    const { secrets } = connections['things'] ?? { secrets: {} };
    const files = (accounts: string[]) => ({
      ...workspace,
      connections: { things: { connector: 'things', fields: { address: service.url }, shared: 'things-app' } },
      shared: { 'things-app': { connector: 'things', accounts, secrets } },
    });
    await withWorkspace(
      files(['acme']),
      async (served) => {
        const { body } = await served.api<OAuthLinkView>('/oauth/acme/things/link', { method: 'POST' });
        await goThrough(body.url);
        assert.equal((await call(served)).status, 200);
        assert.equal(service.forms[0]?.['client_secret'], CLIENT.secret);
        await assert.rejects(served.deploy(files(['other'])), /may not use the shared credential/);
      },
      OPTIONS,
    );
  }));

test('client credentials: one token for all calls, with the rights of the actions in use', async () => {
  await IdentityServer.during(async (identity) => {
    const auth = {
      type: 'oauth2',
      grant: 'client_credentials',
      token_url: '${{ connection.address }}/token',
      client_id: '${{ connection.client_id }}',
      client_secret: '${{ connection.client_secret }}',
    };
    await withWorkspace(
      thingsWorkspace(identity.url, thingsConnector({}, { auth })),
      async (served) => {
        const answers = await Promise.all(Array.from({ length: 10 }, () => call(served)));
        assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
        const [made, ...others] = identity.tokenRequests;
        assert.deepEqual([made?.grant, made?.body['scope'], others.length], ['client_credentials', 'things.read', 0]);
        assert.equal((await served.api<OAuthListView>('/oauth')).body.connections.length, 0);
        assert.ok(!JSON.stringify(await served.api<RunListView>('/runs')).includes(CLIENT.secret));
      },
      OPTIONS,
    );
  });
});
