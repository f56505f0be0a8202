import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtinCatalog } from '../../../src/connectors/builtin.ts';
import type { ActionCall } from '../../../src/connectors/action-call.ts';
import { testAction } from '../../../src/connectors/connection-test.ts';
import { lowerAction, lowerConnection, lowerConnector } from '../../../src/compiler/lower.ts';
import type { Connector } from '../../../src/generated/connector.ts';
import type { PlanAction, PlanConnection, PlanConnector } from '../../../src/generated/plan.ts';
import { compileSchema } from '../../../src/json/schema.ts';
import type { Json, JsonObject } from '../../../src/json/value.ts';
import type { Failure, Outcome } from '../../../src/run/failure.ts';
import { failureOf, json, LocalService, outputOf, type Answering, type Received } from '../local-service.ts';
import { multipartFields } from './form-fields.ts';
import type { VendorDocument } from './vendor-document.ts';

/** What an action sends, and what it makes of the service's answer. */
export interface Contract {
  /** Gives every field of the input a value, even where one rules out another, so that all of the request is looked at. */
  input: JsonObject;
  /** The requests that come before, with the body as it came, and what each is answered with: JSON, or a text as it is. */
  before?: { request: string; body: string; answer: Json }[];
  /** Such as `POST /repos/{owner}/{repo}/issues`. */
  operation: string;
  /** Where the request goes, with its query. */
  url: string;
  /** The body, where one is sent: JSON as it is, a form as its fields by name. */
  body?: Json;
  /** The service's answer, which becomes the action's sample; the document's example, or the sample itself, where it is left out. */
  answer?: Json | Buffer;
  /** 200 where it is left out. */
  status?: number;
  /** Fields of the body that came after the vendor's document. */
  newer?: string[];
  /** The vendor's document is silent on it, where its pages are not. */
  undocumented?: true;
}

/** What came of a call, and the requests that it made. */
export interface Called {
  outcome: Outcome;
  received: readonly Received[];
}

/** A built-in connector, called as a runner calls it, on a local server in the service's place. */
export class ServiceUnderTest {
  readonly plan: PlanConnection;
  readonly connector: Connector;
  readonly lowered: PlanConnector;
  private readonly secrets: { [name: string]: string };

  constructor(name: string, secrets: { [name: string]: string }, fields: JsonObject = {}) {
    const connector = builtinCatalog().get(name);
    assert.ok(connector?.connection);
    this.connector = connector;
    this.lowered = lowerConnector(connector);
    this.plan = lowerConnection(name, connector.connection, fields);
    this.secrets = secrets;
  }

  /**
   * One test for each action: the request is as written here and as the vendor's document has it, where there is one; the
   * answer becomes the sample.
   */
  testActions(document: VendorDocument | undefined, contracts: { [action: string]: Contract }): void {
    const { actions, name } = this.connector;
    for (const [action, contract] of Object.entries(contracts))
      test(`${name}.${action}`, () => this.checkAction(action, contract, document));
    test(`${name}: every action has its contract`, () =>
      assert.deepEqual(Object.keys(contracts).toSorted(), Object.keys(actions).toSorted()));
  }

  /** Calls an action, or the connection's test where none is named, and gives what came of it and what was sent. */
  call(action: string | undefined, input: JsonObject, answer: Answering): Promise<Called> {
    const lowered = action === undefined ? testOf(this.connector) : actionOf(this.connector, action);
    return this.perform(lowered, input, answer);
  }

  /** The same of an action that is ready. */
  async perform(action: PlanAction, input: Json, answer: Answering): Promise<Called> {
    let outcome: Outcome | undefined;
    let received: readonly Received[] = [];
    await LocalService.during(answer, async (service) => {
      const caller = service.caller({ reroutes: new Map([[this.connector.name, service.url]]) });
      outcome = await caller.call(this.callOf(action, input));
      await caller.close();
      received = service.received;
    });
    assert.ok(outcome);
    return { outcome, received };
  }

  /** The failure that an answer to an action means. */
  async failure(
    action: string,
    input: JsonObject,
    status: number,
    body: Json,
    headers: { [name: string]: string } = {},
  ): Promise<Failure> {
    const { outcome } = await this.call(action, input, (_request, response) => json(response, body, status, headers));
    return failureOf(outcome);
  }

  private async checkAction(action: string, contract: Contract, document?: VendorDocument): Promise<void> {
    const { input, before = [], operation, url, body, status = 200, newer, undocumented } = contract;
    const known = this.connector.actions[action];
    assert.ok(known);
    assert.deepEqual(compileSchema(known.input)(input), []);
    assert.deepEqual(Object.keys(input).toSorted(), Object.keys(known.input['properties'] ?? {}).toSorted());
    const answer = contract.answer ?? document?.example(operation, status) ?? known.sample ?? null;
    let count = 0;
    const { outcome, received } = await this.call(action, input, (_request, response) => {
      const first = before[count++]?.answer;
      if (typeof first === 'string') response.end(first);
      else if (first !== undefined) json(response, first);
      else if (Buffer.isBuffer(answer)) response.end(answer);
      else json(response, answer, status);
    });
    const output = outputOf(outcome);
    assert.deepEqual(outcome.ok && outcome.warnings, undefined);
    assert.deepEqual(output, known.sample);
    assert.deepEqual(
      received.slice(0, before.length).map((one) => [`${one.method} ${one.url}`, one.body]),
      before.map((one) => [one.request, one.body]),
    );
    const request = received[before.length];
    assert.ok(request);
    assert.equal(`${request.method} ${request.url}`, `${operation.split(' ')[0]} ${url}`);
    assert.deepEqual(bodyOf(request), body);
    if (document === undefined || undocumented === true) return;
    document.assertRequest(operation, request, newer);
    if (!Buffer.isBuffer(answer)) document.assertAnswer(operation, status, answer);
  }

  private callOf(action: PlanAction, input: Json): ActionCall {
    const { connector, lowered, plan, secrets } = this;
    return {
      account: 'acme',
      service: connector.name,
      connector: lowered,
      action,
      connection: { name: connector.name, plan, credential: { fields: secrets, hosts: plan.hosts } },
      input,
      idempotencyKey: 'run-1:step',
      signal: AbortSignal.timeout(5000),
    };
  }
}

function testOf({ connection }: Connector): PlanAction {
  assert.ok(connection?.test);
  return testAction(connection.test);
}

function actionOf({ actions }: Connector, name: string): PlanAction {
  const action = actions[name];
  assert.ok(action);
  return lowerAction(action);
}

/** What was sent: JSON as it is, a form as its fields by name. */
function bodyOf({ headers, body }: Received): Json | undefined {
  if (body === '') return undefined;
  const type = headers['content-type'] ?? '';
  if (type === 'application/json') return JSON.parse(Buffer.from(body, 'latin1').toString('utf8')) as Json;
  return Object.fromEntries(type.startsWith('multipart/') ? multipartFields(body) : new URLSearchParams(body));
}
