import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { ActionCall } from '../../src/connectors/action-call.ts';
import { builtinCatalog } from '../../src/connectors/builtin.ts';
import { HttpCaller } from '../../src/connectors/http-caller.ts';
import type { TestAnswer } from '../../src/generated/test.ts';
import type { Outcome } from '../../src/run/failure.ts';
import { Redactor } from '../../src/secrets/redaction.ts';
import { PlayedNetwork } from '../../src/testing/played-network.ts';
import { PlayedServices, playAttempt } from '../../src/testing/played-services.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

const TIMEOUT_MS = 300;

function callWith(signal: AbortSignal): ActionCall {
  const http = builtinCatalog().get('http');
  const action = http?.actions['get'];
  assert.ok(http !== undefined && action !== undefined);
  const connector = { title: http.title, version: http.version, actions: { get: action } };
  return { account: 'acme', service: 'http', connector, action, input: { url: 'https://api.example.com/' }, signal };
}

/** The call over a real connection to a server that behaves so. */
async function overNetwork(listener: RequestListener | 'nobody'): Promise<Outcome> {
  const server = createServer(listener === 'nobody' ? undefined : listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  if (listener === 'nobody') await new Promise((resolve) => server.close(resolve));
  const reroutes = new Map([['http', `http://127.0.0.1:${port}`]]);
  const caller = new HttpCaller({ reroutes, redactor: new Redactor() });
  try {
    return await caller.call(callWith(AbortSignal.timeout(TIMEOUT_MS)));
  } finally {
    server.closeAllConnections();
    server.close();
    await caller.close();
  }
}

async function played(answer: TestAnswer): Promise<Outcome> {
  const clock = new VirtualClock(0);
  const redactor = new Redactor();
  const caller = new HttpCaller({ reroutes: new Map(), redactor, dispatcher: new PlayedNetwork(redactor) });
  const { signal } = clock.timeout(TIMEOUT_MS);
  return playAttempt(new PlayedServices([{ with: [answer] }], clock), 'get', () => caller.call(callWith(signal)));
}

const json = { 'content-type': 'application/json' };
const BEHAVIOURS: [string, TestAnswer, RequestListener | 'nobody'][] = [
  [
    'an answer',
    { status: 201, body: { a: 'ü' } },
    (_request, response) => response.writeHead(201, json).end('{"a":"ü"}'),
  ],
  ['an answer without a body', { status: 204 }, (_request, response) => response.writeHead(204).end()],
  ['broken JSON', { text: '{"a', headers: json }, (_request, response) => response.writeHead(200, json).end('{"a')],
  [
    'a refusal',
    { status: 404, body: { message: 'no' } },
    (_request, response) => response.writeHead(404, json).end('{"message":"no"}'),
  ],
  ['no answer', { fault: 'no_answer' }, () => undefined],
  ['a cut', { fault: 'cut' }, (request) => request.socket.destroy()],
  [
    'a cut in the answer',
    { fault: 'cut_in_answer' },
    (request, response) => {
      response.writeHead(200, { ...json, 'content-length': 100 }).write('{"');
      setTimeout(() => request.socket.destroy(), 20);
    },
  ],
  ['nobody there', { fault: 'refused' }, 'nobody'],
];

for (const [name, answer, listener] of BEHAVIOURS)
  test(`played and on a real connection the same comes of ${name}`, async () => {
    assert.deepEqual(withoutPassing(await played(answer)), withoutPassing(await overNetwork(listener)));
  });

/** Without what a real server adds to each answer, and without how a cut is called, which is as chance has it. */
function withoutPassing(outcome: Outcome): object {
  if (!outcome.ok)
    return { ...outcome.failure, message: outcome.failure.message.replace(/\((UND_ERR_SOCKET|ECONNRESET)\)/, '') };
  const { headers, ...output } = outcome.output as { headers: { [name: string]: string } };
  return { ...output, type: headers['content-type'] };
}
