import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ActionCall } from '../../src/connectors/action-call.ts';
import { HttpCaller, type HttpCallerOptions } from '../../src/connectors/http-caller.ts';
import { lowerAction, lowerConnection, lowerConnector } from '../../src/compiler/lower.ts';
import type { Action, ConnectionSpec, Connector } from '../../src/generated/connector.ts';
import { validateConnector } from '../../src/generated/validators.js';
import type { Json, JsonObject } from '../../src/json/value.ts';
import type { Failure, Outcome } from '../../src/run/failure.ts';
import { Redactor } from '../../src/secrets/redaction.ts';

/** A request as the service got it. */
export interface Received {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}

export type Answering = (request: Received, response: ServerResponse) => void;

/** A service on this machine, and a connector of the test's own that calls it. */
export class LocalService {
  readonly received: readonly Received[];
  readonly url: string;

  private constructor(server: Server, received: readonly Received[]) {
    this.received = received;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** Starts it for as long as `use` takes. */
  static async during(answer: Answering, use: (service: LocalService) => Promise<void>): Promise<void> {
    const requests: Received[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.setEncoding('latin1').on('data', (chunk: string) => (body += chunk));
      request.on('end', () => {
        const { method = '', url = '', headers } = request;
        const received = { method, url, headers, body };
        requests.push(received);
        answer(received, response);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      await use(new LocalService(server, requests));
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }

  /** Calls the action of a connector, as a runner that reroutes the service here does. */
  async call(spec: ConnectionSpec, action: Partial<Action>, given: Given = {}): Promise<Outcome> {
    const caller = this.caller(given.options);
    const outcome = await caller.call(callOf(spec, action, given));
    await caller.close();
    return outcome;
  }

  caller(options: Partial<HttpCallerOptions> = {}): HttpCaller {
    const reroutes = new Map([['shop', this.url]]);
    return new HttpCaller({ reroutes, allowPrivate: new Set(), redactor: new Redactor(), now: Date.now, ...options });
  }
}

export interface Given {
  input?: Json;
  fields?: JsonObject;
  secrets?: { [name: string]: string };
  /** What the connector says besides. */
  connector?: Partial<Connector>;
  options?: Partial<HttpCallerOptions>;
  call?: Partial<ActionCall>;
}

/** A connection to `shop`, whose requests go to https://api.shop.example. */
export function connectionSpec(change: Partial<ConnectionSpec> = {}): ConnectionSpec {
  return { fields: {}, base_url: 'https://api.shop.example', hosts: ['api.shop.example'], ...change };
}

/** The call of an action, whose connector must fit the schema. */
export function callOf(spec: ConnectionSpec, action: Partial<Action>, given: Given = {}): ActionCall {
  const { input = {}, fields = {}, secrets = {}, connector: more = {} } = given;
  const whole: Action = { title: 'T', description: 'D', effect: 'read', input: {}, output: {}, ...action };
  const connector: Connector = {
    name: 'shop',
    title: 'Shop',
    version: '1.0.0',
    description: 'A shop.',
    connection: spec,
    actions: { act: whole },
    ...more,
  };
  assert.ok(validateConnector(connector), JSON.stringify(validateConnector.errors));
  const plan = lowerConnection('shop', spec, fields);
  return {
    account: 'acme',
    service: 'shop',
    connector: lowerConnector(connector),
    action: lowerAction(whole),
    connection: { name: 'shop', plan, credential: { fields: secrets, hosts: plan.hosts } },
    input,
    signal: AbortSignal.timeout(5000),
    ...given.call,
  };
}

export function outputOf(outcome: Outcome): Json {
  assert.ok(outcome.ok, JSON.stringify(outcome));
  return outcome.output;
}

export function failureOf(outcome: Outcome): Failure {
  assert.ok(!outcome.ok, JSON.stringify(outcome));
  return outcome.failure;
}

/** Answers with JSON. */
export function json(
  response: ServerResponse,
  value: unknown,
  status = 200,
  headers: { [name: string]: string } = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
}
