import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { startAnthropicStandIn, type AnthropicStandIn } from '../../demo/anthropic-stand-in.ts';
import type { ActionCall } from '../../src/connectors/action-call.ts';
import { builtinCatalog } from '../../src/connectors/builtin.ts';
import { hostAllowed } from '../../src/connectors/hosts.ts';
import { HttpCaller } from '../../src/connectors/http-caller.ts';
import { isJsonObject } from '../../src/json/value.ts';
import type { Failure, Outcome } from '../../src/run/failure.ts';
import { checkWorkspace } from '../../src/runner/check-workspace.ts';
import { Redactor } from '../../src/secrets/redaction.ts';

const API_KEY = 'sk-ant-a-test-key';
const OPTIONS = { redactor: new Redactor() };
let standIn: AnthropicStandIn;
let caller: HttpCaller;
const { plans } = checkWorkspace(join(import.meta.dirname, '../..'));
const [plan] = plans;

before(async () => {
  standIn = await startAnthropicStandIn({ apiKey: API_KEY });
  caller = new HttpCaller({ reroutes: new Map([['anthropic', standIn.url]]), ...OPTIONS });
});
after(async () => {
  await standIn.close();
  await caller.close();
});

function ask(change: Partial<ActionCall> = {}, hosts = ['api.anthropic.com'], apiKey = API_KEY): ActionCall {
  const connector = plan?.connectors['anthropic'];
  const action = connector?.actions['message_to_ai'];
  const connection = plan?.connections['anthropic'];
  assert.ok(connector && action && connection);
  return {
    account: 'demo',
    service: 'anthropic',
    connector,
    action,
    connection: { name: 'anthropic', plan: connection, credential: { fields: { api_key: apiKey }, hosts } },
    input: { prompt: 'First sentence. Second one.', max_tokens: 50 },
    signal: AbortSignal.timeout(5000),
    ...change,
  };
}

async function failureOf(outcome: Promise<Outcome>): Promise<Failure> {
  const result = await outcome;
  assert.ok(!result.ok, JSON.stringify(result));
  assert.ok(!JSON.stringify(result).includes(API_KEY));
  return result.failure;
}

test('a call goes out as documented, and its answer comes back in the connector’s form', async () => {
  const outcome = await caller.call(ask());
  assert.ok(outcome.ok && isJsonObject(outcome.output));
  assert.equal(outcome.output['text'], 'First sentence.');
  assert.deepEqual(standIn.requests.at(-1), {
    model: 'claude-sonnet-4-5',
    max_tokens: 50,
    messages: [{ role: 'user', content: 'First sentence. Second one.' }],
  });
});

test('a wrong key is the connection’s fault, and says what to do', async () => {
  const failure = await failureOf(caller.call(ask({}, undefined, 'sk-ant-wrong-key')));
  assert.equal(failure.class, 'credential');
  assert.equal(failure.message, 'Anthropic answered 401: invalid x-api-key');
  assert.match(failure.help ?? '', /connection anthropic of account demo.*waybill connect demo anthropic/);
});

test('429 and 529 wait as long as the service says', async () => {
  const error = { kind: 'error', type: 'rate_limit_error', message: 'slow down' } as const;
  standIn.fail({ ...error, status: 429, headers: { 'retry-after': '7' } }, { ...error, status: 529 });
  const limited = await failureOf(caller.call(ask()));
  assert.deepEqual([limited.class, limited.retryAfterMs], ['retryable', 7000]);
  const overloaded = await failureOf(caller.call(ask()));
  assert.deepEqual([overloaded.class, overloaded.retryAfterMs], ['retryable', undefined]);
});

test('an account without credit is told apart from a wrong request', async () => {
  standIn.fail(
    { kind: 'error', status: 400, type: 'invalid_request_error', message: 'Your credit balance is too low' },
    { kind: 'error', status: 400, type: 'invalid_request_error', message: 'max_tokens: too large' },
  );
  assert.equal((await failureOf(caller.call(ask()))).class, 'credential');
  assert.equal((await failureOf(caller.call(ask()))).class, 'permanent');
});

test('a 429 that does not pass by waiting is told apart from one that does', async () => {
  const limit = { kind: 'error', status: 429, type: 'rate_limit_error', message: 'slow down' } as const;
  const spent = { ...limit, message: 'You have reached your specified workspace API usage limits.' };
  standIn.fail(spent, { ...limit, headers: { 'anthropic-ratelimit-tokens-reset': '2020-01-01T00:00:00Z' } });
  const { class: kind, help } = await failureOf(caller.call(ask()));
  assert.equal(kind, 'permanent');
  assert.match(help ?? '', /settings\/limits/);
  const passing = await failureOf(caller.call(ask()));
  assert.deepEqual([passing.class, passing.retryAfterMs], ['retryable', 0]);
});

test('a service that hangs, cuts the line, answers HTML or is not there', async () => {
  standIn.fail({ kind: 'hang' }, { kind: 'cut' }, { kind: 'html' });
  const hung = await failureOf(caller.call(ask({ signal: AbortSignal.timeout(50) })));
  assert.deepEqual([hung.class, hung.code], ['retryable', 'timeout']);
  const cut = await failureOf(caller.call(ask()));
  assert.deepEqual([cut.class, cut.code], ['retryable', 'connection_cut']);
  const html = await failureOf(caller.call(ask()));
  assert.deepEqual([html.class, html.code], ['permanent', 'answer_not_read']);
  assert.match(html.message, /HTML, not JSON/);
  const nowhere = new HttpCaller({
    reroutes: new Map([['anthropic', 'http://127.0.0.1:1']]),
    ...OPTIONS,
  });
  assert.equal((await failureOf(nowhere.call(ask()))).code, 'connection_refused');
  await nowhere.close();
});

test('a write that may have arrived is uncertain, one that surely did not is not', async () => {
  const call = ask({ signal: AbortSignal.timeout(50) });
  standIn.fail({ kind: 'hang' });
  assert.equal(
    (await failureOf(caller.call({ ...call, action: { ...call.action, effect: 'write' } }))).class,
    'uncertain',
  );
});

test('a credential is sent to no host that it was not sealed for', async () => {
  const before = standIn.requests.length;
  assert.equal((await failureOf(caller.call(ask({}, ['other.example.com'])))).code, 'host_not_sealed');
  const call = ask();
  assert.ok(call.connection);
  const elsewhere = {
    ...call,
    connection: { ...call.connection, plan: { ...call.connection.plan, hosts: ['other.example.com'] } },
  };
  assert.equal((await failureOf(caller.call(elsewhere))).code, 'host_not_allowed');
  assert.equal(standIn.requests.length, before);
});

test('a secret that a service sends back is not kept', async () => {
  standIn.fail({ kind: 'error', status: 403, type: 'permission_error', message: `the key ${API_KEY} may not` });
  assert.match((await failureOf(caller.call(ask()))).message, /the key \[redacted\] may not/);
});

/** Calls `http.get` against a server that answers so. */
async function get(listener: RequestListener): Promise<Outcome> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const http = new HttpCaller({ reroutes: new Map([['http', `http://127.0.0.1:${port}`]]), ...OPTIONS });
  const connector = builtinCatalog().get('http');
  assert.ok(connector?.actions['get']);
  const outcome = await http.call({
    account: 'demo',
    service: 'http',
    connector,
    action: connector.actions['get'],
    connection: {
      name: 'web',
      plan: { connector: 'http', fields: { hosts: ['example.com'] }, hosts: ['example.com'], secrets: [] },
      credential: { fields: {}, hosts: [] },
    },
    input: { url: 'https://example.com/a%2Fb', query: { q: 'ä&b', n: 2 } },
    signal: AbortSignal.timeout(5000),
  });
  await http.close();
  server.closeAllConnections();
  server.close();
  return outcome;
}

test('http.get sends its query, and a 19-digit id in the answer keeps its digits', async () => {
  const outcome = await get((request, response) =>
    response
      .setHeader('content-type', 'application/json')
      .end(`{"id":1234567890123456789,"url":${JSON.stringify(request.url)}}`),
  );
  assert.ok(outcome.ok && isJsonObject(outcome.output));
  assert.equal(JSON.stringify(outcome.output['body']), '{"id":1234567890123456789,"url":"/a%2Fb?q=%C3%A4%26b&n=2"}');
});

const packed =
  (size: number): RequestListener =>
  (_request, response) =>
    response.setHeader('content-encoding', 'gzip').end(gzipSync('x'.repeat(size)));

test('a packed answer is unpacked, and only up to the limit', async () => {
  assert.ok((await get(packed(1000))).ok);
  assert.equal((await failureOf(get(packed(20 * 1024 * 1024)))).code, 'answer_too_large');
});

test('a redirect to the metadata of the cloud is not followed', async () => {
  const failure = await failureOf(
    get((_request, response) => response.writeHead(302, { location: 'https://169.254.169.254/latest' }).end()),
  );
  assert.deepEqual([failure.class, failure.code], ['permanent', 'private_address']);
});

test('host names', () => {
  assert.ok(hostAllowed('API.example.com', ['api.example.com']));
  assert.ok(hostAllowed('a.b.example.com', ['*.example.com']));
  for (const host of ['example.com', 'evilexample.com', '.example.com.evil.org'])
    assert.ok(!hostAllowed(host, ['*.example.com']), host);
});
