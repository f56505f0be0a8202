import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConnectionSpec, Request } from '../../src/generated/connector.ts';
import type { Outcome } from '../../src/run/failure.ts';
import { connectionSpec, failureOf, LocalService, outputOf, type Received } from './local-service.ts';

const SPEC = connectionSpec({
  fields: { key: { title: 'Key', secret: true } },
  hosts: ['api.shop.example', 'eu.shop.example'],
  headers: { 'X-Tenant': 'acme' },
  auth: { type: 'bearer', token: '${{ connection.key }}' },
});

interface Redirected {
  outcome: Outcome;
  received: readonly Received[];
}

/** Calls a service whose `/from` redirects; all that is rerouted comes back to it. */
async function redirected(
  status: number,
  location: string,
  request: Partial<Request> = {},
  spec: ConnectionSpec = SPEC,
): Promise<Redirected> {
  let result: Redirected | undefined;
  await LocalService.during(
    ({ url }, response) => {
      if (url.startsWith('/from')) response.writeHead(status, { location }).end();
      else response.end('arrived');
    },
    async (service) => {
      const action = { request: { method: 'GET', path: '/from', ...request } };
      result = {
        outcome: await service.call(spec, action, { secrets: { key: 'the-secret-key' } }),
        received: service.received,
      };
    },
  );
  assert.ok(result);
  return result;
}

test('within the hosts of the connection, a redirect is followed with the credential', async () => {
  for (const location of ['/to', 'https://api.shop.example/to', 'https://eu.shop.example/to']) {
    const { outcome, received } = await redirected(302, location);
    assert.equal(outputOf(outcome), 'arrived', location);
    assert.deepEqual([received[1]?.url, received[1]?.headers.authorization], ['/to', 'Bearer the-secret-key']);
  }
});

test('what becomes of the method and the body', async () => {
  const post = { method: 'POST', body: { json: { a: 1 } } };
  for (const status of [301, 302, 303]) {
    const { received } = await redirected(status, '/to', post);
    assert.deepEqual(
      [received[1]?.method, received[1]?.body, received[1]?.headers['content-type']],
      ['GET', '', undefined],
    );
  }
  for (const status of [307, 308]) {
    const { received } = await redirected(status, '/to', post);
    assert.deepEqual([received[1]?.method, received[1]?.body], ['POST', '{"a":1}']);
  }
});

test('to another host, nothing of the account goes along', () =>
  LocalService.during(
    ({ headers }, response) =>
      response.end(JSON.stringify([headers.authorization, headers['x-tenant']].filter(Boolean))),
    async (elsewhere) =>
      LocalService.during(
        (_request, response) => response.writeHead(302, { location: `${elsewhere.url}/file` }).end(),
        async (service) => {
          const options = { allowPrivate: new Set(['127.0.0.1']) };
          const action = { request: { method: 'GET', path: '/from' } };
          const outcome = await service.call(SPEC, action, { secrets: { key: 'the-secret-key' }, options });
          assert.equal(outputOf(outcome), '[]');
          assert.equal(elsewhere.received.length, 1);
        },
      ),
  ));

test('data is not sent on to another host, and nothing to one without https', async () => {
  const post = { method: 'POST', body: { json: { a: 1 } } };
  const { outcome } = await redirected(307, 'https://elsewhere.example/to', post);
  assert.equal(failureOf(outcome).code, 'host_not_allowed');
  const { outcome: open } = await redirected(302, 'http://elsewhere.example/to');
  assert.equal(failureOf(open).code, 'not_https');
});

test('redirects without end, and to no address', async () => {
  const { outcome, received } = await redirected(302, '/from');
  assert.equal(failureOf(outcome).code, 'redirected');
  assert.equal(received.length, 6);
  assert.equal(failureOf((await redirected(302, 'https://')).outcome).code, 'redirected');
});
