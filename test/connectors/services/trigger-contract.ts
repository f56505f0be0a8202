import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Plan } from '../../../src/generated/plan.ts';
import { compileSchema } from '../../../src/json/schema.ts';
import type { Json, JsonObject } from '../../../src/json/value.ts';
import { readyPoll, type LivePoll } from '../../../src/runner/polls/live-poll.ts';
import { readPoll } from '../../../src/runner/polls/read-poll.ts';
import { json, type Received } from '../local-service.ts';
import type { ServiceUnderTest } from './contract.ts';
import type { VendorDocument } from './vendor-document.ts';

/** How a service is asked for what happened. */
export interface TriggerContract {
  /** Gives every field of `with` a value. */
  input: JsonObject;
  /** Such as `GET /repos/{owner}/{repo}/issues`. */
  operation: string;
  /** Where the first request goes, and the one that asks for what came after. */
  urls: [string, string];
  /** The service's answer, whose newest item becomes the trigger's sample; the document's example where it is left out. */
  answer?: Json;
}

/** One test for each trigger: both requests are as written here and as documented, the answer becomes the sample. */
export function testTriggers(
  service: ServiceUnderTest,
  document: VendorDocument,
  contracts: { [trigger: string]: TriggerContract },
): void {
  const { name, triggers = {} } = service.connector;
  const polls = Object.keys(triggers).filter((trigger) => triggers[trigger]?.poll !== undefined);
  for (const [trigger, contract] of Object.entries(contracts))
    test(`${name}.${trigger}, a trigger`, () => checkTrigger(service, trigger, contract, document));
  test(`${name}: every trigger that asks has its contract`, () =>
    assert.deepEqual(Object.keys(contracts).toSorted(), polls.toSorted()));
}

async function checkTrigger(
  service: ServiceUnderTest,
  name: string,
  { input, operation, urls, answer: given }: TriggerContract,
  document: VendorDocument,
): Promise<void> {
  const trigger = service.connector.triggers?.[name];
  assert.ok(trigger);
  assert.deepEqual(compileSchema(trigger.input ?? { maxProperties: 0 })(input), []);
  const answer = given ?? document.example(operation, 200);
  const poll = pollOf(service, name, input);
  const first = await ask(service, poll, answer, undefined);
  assert.deepEqual(first.fresh.at(-1), trigger.sample);
  const second = await ask(service, poll, answer, first.cursor);
  assert.deepEqual([first.request.url, second.request.url], urls);
  for (const { request } of [first, second]) document.assertRequest(operation, request);
  document.assertAnswer(operation, 200, answer);
}

async function ask(
  service: ServiceUnderTest,
  poll: LivePoll,
  answer: Json,
  cursor: Json | undefined,
): Promise<{ fresh: Json[]; cursor: Json | undefined; request: Received }> {
  const requests: Received[] = [];
  const reading = await readPoll({
    poll,
    cursor,
    onlyNote: false,
    seen: () => new Set(),
    ask: async (input) => {
      const { outcome, received } = await service.perform(poll.page, input, (_request, response) =>
        json(response, answer),
      );
      requests.push(...received);
      return outcome;
    },
  });
  assert.ok(!('failure' in reading), JSON.stringify(reading));
  const [request] = requests;
  assert.ok(request !== undefined && requests.length === 1);
  return { fresh: reading.fresh, cursor: reading.cursor, request };
}

function pollOf({ connector, lowered }: ServiceUnderTest, name: string, input: JsonObject): LivePoll {
  const poll = connector.triggers?.[name]?.poll;
  assert.ok(poll);
  const context = { name: 'Acme', timezone: 'UTC', locale: 'en-US', region: 'US', currency: 'USD' };
  const plan = { context, connectors: { [connector.name]: lowered }, connections: {} } as Partial<Plan> as Plan;
  const asked = { on: `${connector.name}.${name}`, with: input, mappings: [], every_ms: 300_000 };
  return readyPoll(plan, { kind: 'poll', first: 'all', ...asked, poll, output: {} });
}
