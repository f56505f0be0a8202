import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Auth, ConnectionSpec } from '../../src/generated/connector.ts';
import { callOf, connectionSpec, failureOf, json, LocalService, outputOf, type Received } from './local-service.ts';

const FIELDS: ConnectionSpec['fields'] = {
  email: { title: 'E-mail' },
  api_key: { title: 'Key', secret: true },
  other: { title: 'Other', secret: true, required: false },
};
const GET = { request: { method: 'GET', path: '/things' } };
const GIVEN = { fields: { email: 'ada@example.com' }, secrets: { api_key: 'the-secret-key' } };

/** What a service gets of a request with this auth. */
async function receivedWith(auth: Auth): Promise<Received> {
  let received: Received | undefined;
  await LocalService.during(
    (_request, response) => json(response, {}),
    async (service) => {
      outputOf(await service.call(connectionSpec({ fields: FIELDS, auth }), GET, GIVEN));
      [received] = service.received;
    },
  );
  assert.ok(received);
  return received;
}

function basic(text: string): string {
  return `Basic ${Buffer.from(text).toString('base64')}`;
}

test('a key in a header, with a prefix, and in the query', async () => {
  const value = 'Token ${{ connection.api_key }}';
  const header = await receivedWith({ type: 'api_key', in: 'header', name: 'Authorization', value });
  assert.equal(header.headers.authorization, 'Token the-secret-key');
  const query = await receivedWith({ type: 'api_key', in: 'query', name: 'key', value: '${{ connection.api_key }}' });
  assert.equal(query.url, '/things?key=the-secret-key');
});

test('a bearer token, and basic in its ways', async () => {
  const bearer = await receivedWith({ type: 'bearer', token: '${{ connection.api_key }}' });
  assert.equal(bearer.headers.authorization, 'Bearer the-secret-key');
  const keyAsUser = await receivedWith({ type: 'basic', username: '${{ connection.api_key }}' });
  assert.equal(keyAsUser.headers.authorization, basic('the-secret-key:'));
  const both = await receivedWith({
    type: 'basic',
    username: '${{ connection.email }}/token',
    password: '${{ connection.api_key }}',
  });
  assert.equal(both.headers.authorization, basic('ada@example.com/token:the-secret-key'));
});

test('several headers; what needs a field that the connection does not have is left out', async () => {
  const { headers } = await receivedWith({
    type: 'custom',
    headers: {
      'X-Email': '${{ connection.email }}',
      'X-Key': '${{ connection.api_key }}',
      'X-Other': 'o=${{ connection.other }}',
    },
  });
  assert.deepEqual(
    [headers['x-email'], headers['x-key'], headers['x-other']],
    ['ada@example.com', 'the-secret-key', undefined],
  );
});

test('in the query twice, before the path, and in the body', async () => {
  const query = await receivedWith({
    type: 'custom',
    query: { user: '${{ connection.email }}', key: '${{ connection.api_key }}', other: '${{ connection.other }}' },
    path: '/bot${{ connection.api_key }}:1',
  });
  assert.equal(query.url, '/botthe-secret-key%3A1/things?user=ada%40example.com&key=the-secret-key');
  const auth: Auth = { type: 'custom', body: { key: '${{ connection.api_key }}' } };
  const spec = connectionSpec({ fields: FIELDS, auth });
  await LocalService.during(
    (_request, response) => json(response, {}),
    async (service) => {
      for (const body of [{ json: { a: 1 } }, { form: { a: 1 } }, undefined, { json: [1] }])
        await service.call(spec, { request: { method: 'POST', path: '/x', ...(body && { body }) } }, GIVEN);
      assert.deepEqual(
        service.received.map(({ body }) => body),
        ['{"a":1,"key":"the-secret-key"}', 'a=1&key=the-secret-key', '{"key":"the-secret-key"}'],
      );
    },
  );
});

const EXCHANGE: Auth = {
  type: 'token_exchange',
  request: {
    method: 'POST',
    path: '/token',
    body: { form: { grant_type: 'client_credentials', client_secret: '${{ connection.api_key }}' } },
  },
  token: '${{ response.body.access_token }}',
  expires_in: '${{ response.body.expires_in }}',
};

/** A service that gives tokens `t1…`, `t2…`, … for an hour, and takes those that are not in `revoked`. It says what it got. */
function tokenService(revoked: ReadonlySet<string> = new Set()): Parameters<typeof LocalService.during>[0] {
  let given = 0;
  return ({ url, headers }, response) => {
    if (url === '/token') return json(response, { access_token: `t${++given}-of-the-service`, expires_in: 3600 });
    const token = tokenIn(headers.authorization);
    return json(response, { token }, revoked.has(token) ? 401 : 200);
  };
}

function tokenIn(authorization = ''): string {
  return authorization.slice('Bearer '.length);
}

/** The tokens with which things were asked for, in order. */
function tokensOf({ received }: LocalService): string[] {
  return received.filter(({ url }) => url === '/things').map(({ headers }) => tokenIn(headers.authorization));
}

test('a credential is exchanged once for all calls of a connection, also for those at the same time', () =>
  LocalService.during(tokenService(), async (service) => {
    const spec = connectionSpec({ fields: FIELDS, auth: EXCHANGE });
    const caller = service.caller();
    const call = callOf(spec, GET, GIVEN);
    const outcomes = await Promise.all([1, 2, 3].map(() => caller.call({ ...call })));
    // The service sends the token back; nobody gets to see it.
    for (const outcome of outcomes) assert.deepEqual(outputOf(outcome), { token: '[redacted]' });
    const [exchange] = service.received;
    const body = 'grant_type=client_credentials&client_secret=the-secret-key';
    assert.deepEqual([exchange?.method, exchange?.body], ['POST', body]);
    // Another credential gets a token of its own.
    await caller.call(callOf(spec, GET, { ...GIVEN, secrets: { api_key: 'another-secret-key' } }));
    const first = 't1-of-the-service';
    assert.deepEqual(tokensOf(service), [first, first, first, 't2-of-the-service']);
    await caller.close();
  }));

test('a token is made anew before it ends', () =>
  LocalService.during(tokenService(), async (service) => {
    let now = 0;
    const caller = service.caller({ now: () => now });
    const spec = connectionSpec({ fields: FIELDS, auth: EXCHANGE });
    const call = callOf(spec, GET, GIVEN);
    for (now of [0, 3_539_999, 3_540_000]) outputOf(await caller.call(call));
    assert.deepEqual(tokensOf(service), ['t1-of-the-service', 't1-of-the-service', 't2-of-the-service']);
    await caller.close();
  }));

test('a token that is refused before its time is made anew once', () =>
  LocalService.during(tokenService(new Set(['t1-of-the-service'])), async (service) => {
    const spec = connectionSpec({ fields: FIELDS, auth: EXCHANGE });
    outputOf(await service.call(spec, GET, GIVEN));
    assert.deepEqual(
      service.received.map(({ url }) => url),
      ['/token', '/things', '/token', '/things'],
    );
  }));

test('a token that stays refused is the connection’s fault; so is a credential that gets none', async () => {
  const spec = connectionSpec({ fields: FIELDS, auth: EXCHANGE });
  const all = new Set(['t1-of-the-service', 't2-of-the-service']);
  await LocalService.during(tokenService(all), async (service) => {
    assert.equal(failureOf(await service.call(spec, GET, GIVEN)).class, 'credential');
    assert.equal(service.received.length, 4);
  });
  await LocalService.during(
    (_request, response) => json(response, { error: 'invalid_client' }, 400),
    async (service) => {
      const failure = failureOf(await service.call(spec, GET, GIVEN));
      assert.deepEqual([failure.class, failure.code], ['credential', 'token_not_made']);
      assert.match(failure.message, /no token: Shop answered 400: invalid_client/);
    },
  );
});

test('the token can go where the service wants it', () =>
  LocalService.during(tokenService(), async (service) => {
    const auth: Auth = {
      ...EXCHANGE,
      use: { type: 'api_key', in: 'header', name: 'X-Session', value: 's=${{ token }}' },
    };
    await service.call(connectionSpec({ fields: FIELDS, auth }), GET, GIVEN);
    assert.equal(service.received[1]?.headers['x-session'], 's=t1-of-the-service');
  }));

test('a credential is exchanged only at a host that it was sealed for', () =>
  LocalService.during(tokenService(), async (service) => {
    const { path: _path, ...request } = EXCHANGE.type === 'token_exchange' ? EXCHANGE.request : GET.request;
    const auth = { ...EXCHANGE, request: { ...request, url: 'https://login.elsewhere.example/token' } } as Auth;
    const failure = failureOf(await service.call(connectionSpec({ fields: FIELDS, auth }), GET, GIVEN));
    assert.equal(failure.code, 'host_not_allowed');
    assert.equal(service.received.length, 0);
  }));

const PLACING: Auth = {
  type: 'token_exchange',
  request: { method: 'POST', url: 'https://api.shop.example/token' },
  token: '${{ response.body.access_token }}',
  captures: { place: '${{ response.body.place }}' },
};

test('what an exchange tells stands in addresses, and the token is got once', () =>
  LocalService.during(
    ({ url }, response) => json(response, url === '/token' ? { access_token: 'the-token', place: 'eu1' } : { url }),
    async (service) => {
      const spec = connectionSpec({
        fields: FIELDS,
        base_url: 'https://api.shop.example/${{ connection.place }}',
        auth: PLACING,
      });
      const caller = service.caller();
      const call = callOf(spec, { ...GET, response: {} }, GIVEN);
      for (const _time of [1, 2]) assert.equal((await caller.call(call)).ok, true);
      await caller.close();
      assert.deepEqual(
        service.received.map(({ url, headers }) => [url, tokenIn(headers.authorization)]),
        [
          ['/token', ''],
          ['/eu1/things', 'the-token'],
          ['/eu1/things', 'the-token'],
        ],
      );
    },
  ));

test('a failure of an exchange holds nothing of the answers before', () =>
  LocalService.during(
    ({ url, body }, response) =>
      url === '/begin'
        ? json(response, { ticket: 'the-ticket-of-the-login' })
        : json(response, { error: `no such ticket: ${body}` }, 403),
    async (service) => {
      const auth: Auth = {
        type: 'token_exchange',
        before: [{ name: 'begin', request: { method: 'POST', path: '/begin' } }],
        request: { method: 'POST', path: '/token', body: { json: { ticket: '${{ before.begin.body.ticket }}' } } },
        token: '${{ response.body.access_token }}',
      };
      const failure = failureOf(await service.call(connectionSpec({ fields: FIELDS, auth }), GET, GIVEN));
      assert.match(service.received[1]?.body ?? '', /the-ticket-of-the-login/);
      assert.equal(failure.code, 'token_not_made');
      assert.doesNotMatch(JSON.stringify(failure), /the-ticket/);
    },
  ));
