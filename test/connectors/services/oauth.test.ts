import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lowerConnection, lowerConnector } from '../../../src/compiler/lower.ts';
import { authOf } from '../../../src/connectors/auth-way.ts';
import { builtinCatalog } from '../../../src/connectors/builtin.ts';
import { CallFailure } from '../../../src/connectors/call-failure.ts';
import type { GivenTokens } from '../../../src/connectors/oauth/token-answer.ts';
import type { ConnectedCall } from '../../../src/connectors/token-call.ts';
import type { AuthorizationCodeAuth } from '../../../src/generated/plan.ts';
import { json, LocalService, type Received } from '../local-service.ts';

const SECRETS = { client_id: 'the-id-of-the-app', client_secret: 'the-secret-of-the-app' };
const BASIC = `Basic ${Buffer.from(`${SECRETS.client_id}:${SECRETS.client_secret}`).toString('base64')}`;

/** Answers as the services document them. */
const ANSWERS: { [service: string]: object } = {
  hubspot: {
    token_type: 'bearer',
    token_use: 'access_token',
    access_token: 'the-access-token',
    refresh_token: 'the-refresh-token',
    expires_in: 1800,
    hub_id: 4711,
    scopes: ['crm.objects.contacts.read', 'oauth'],
  },
  slack: {
    ok: true,
    access_token: 'the-access-token',
    token_type: 'bot',
    scope: 'chat:write,channels:read',
    bot_user_id: 'U1',
    app_id: 'A1',
    team: { name: 'Acme', id: 'T1' },
    enterprise: null,
    authed_user: { id: 'U2' },
  },
  notion: {
    access_token: 'the-access-token',
    token_type: 'bearer',
    refresh_token: 'the-refresh-token',
    bot_id: 'b1',
    workspace_name: 'Acme',
    workspace_id: 'w1',
    duplicated_template_id: null,
    owner: { type: 'user' },
  },
};

interface Asked {
  given: GivenTokens | CallFailure;
  request: Received;
}

/** Exchanges a code at a service that answers so. */
async function exchange(service: string, answer: object, status = 200): Promise<Asked> {
  const connector = builtinCatalog().get(service);
  assert.ok(connector?.connection);
  const plan = lowerConnection(service, connector.connection, { credential: 'oauth' });
  assert.deepEqual(plan.secrets, ['client_id', 'client_secret']);
  const auth = authOf(connector.connection, plan.fields) as AuthorizationCodeAuth;
  const call: ConnectedCall = {
    account: 'acme',
    service,
    connector: lowerConnector(connector),
    action: { effect: 'read', input: {}, output: {} },
    connection: { name: service, plan, credential: { fields: SECRETS, hosts: plan.hosts } },
    input: {},
    signal: AbortSignal.timeout(5000),
  };
  let asked: Asked | undefined;
  await LocalService.during(
    (_request, response) => json(response, answer, status),
    async (local) => {
      const caller = local.caller({ reroutes: new Map([[service, local.url]]) });
      const code = {
        callback: new URLSearchParams({ code: 'c1', state: 's1' }),
        redirectUri: 'https://w.example/oauth/callback',
      };
      const roots = { connection: { ...plan.fields, ...SECRETS } };
      const given = await caller.endpoint
        .byCode(auth, call, roots, { ...code, verifier: undefined })
        .catch((error: unknown) => error as CallFailure);
      await caller.close();
      const [request] = local.received;
      assert.ok(request);
      asked = { given, request };
    },
  );
  assert.ok(asked);
  return asked;
}

function tokensOf({ given }: Asked): GivenTokens {
  assert.ok(!(given instanceof Error), given instanceof Error ? given.message : '');
  return given;
}

function codeOf({ given }: Asked): string {
  assert.ok(given instanceof CallFailure);
  return given.failure.code;
}

test('HubSpot: id and secret in the form, rights as a list', async () => {
  const asked = await exchange('hubspot', ANSWERS['hubspot'] ?? {});
  assert.equal(asked.request.url, '/oauth/v3/token');
  assert.deepEqual(Object.fromEntries(new URLSearchParams(asked.request.body)), {
    ...SECRETS,
    grant_type: 'authorization_code',
    code: 'c1',
    redirect_uri: 'https://w.example/oauth/callback',
  });
  const { refreshToken, lifetimeMs, scopes } = tokensOf(asked);
  assert.deepEqual([refreshToken, lifetimeMs], ['the-refresh-token', 1_800_000]);
  assert.deepEqual(scopes, ['crm.objects.contacts.read', 'oauth']);
  const refused = { status: 'BAD_REFRESH_TOKEN', message: 'missing or invalid refresh token', correlationId: 'c' };
  assert.equal(codeOf(await exchange('hubspot', refused, 400)), 'grant_expired');
  assert.equal(codeOf(await exchange('hubspot', { status: 'BAD_CLIENT_SECRET' }, 400)), 'client_refused');
});

test('Slack: Basic, rights with commas, and failures that come with 200', async () => {
  const asked = await exchange('slack', ANSWERS['slack'] ?? {});
  assert.equal(asked.request.url, '/api/oauth.v2.access');
  assert.equal(asked.request.headers.authorization, BASIC);
  const { accessToken, refreshToken, lifetimeMs, scopes } = tokensOf(asked);
  assert.deepEqual([accessToken, refreshToken, lifetimeMs], ['the-access-token', undefined, undefined]);
  assert.deepEqual(scopes, ['channels:read', 'chat:write']);
  const codes = await Promise.all(
    ['invalid_code', 'invalid_refresh_token', 'bad_client_secret', 'bad_redirect_uri', 'something_else'].map(
      async (error) => codeOf(await exchange('slack', { ok: false, error })),
    ),
  );
  assert.deepEqual(codes, ['grant_expired', 'grant_expired', 'client_refused', 'redirect_mismatch', 'token_not_made']);
});

test('Notion: JSON and Basic', async () => {
  const asked = await exchange('notion', ANSWERS['notion'] ?? {});
  assert.equal(asked.request.url, '/v1/oauth/token');
  assert.equal(asked.request.headers.authorization, BASIC);
  assert.equal(asked.request.headers['notion-version'], '2026-03-11');
  assert.deepEqual(JSON.parse(asked.request.body), {
    grant_type: 'authorization_code',
    code: 'c1',
    redirect_uri: 'https://w.example/oauth/callback',
  });
  assert.equal(tokensOf(asked).refreshToken, 'the-refresh-token');
  const refused = {
    object: 'error',
    status: 400,
    code: 'invalid_grant',
    error: 'invalid_grant',
    message: 'Invalid code.',
  };
  assert.equal(codeOf(await exchange('notion', refused, 400)), 'grant_expired');
});
