import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Limiter } from '../../../src/engine/limiter.ts';
import type { Subscription } from '../../../src/generated/connector.ts';
import type { Plan } from '../../../src/generated/plan.ts';
import { compileSchema } from '../../../src/json/schema.ts';
import type { Json, JsonObject } from '../../../src/json/value.ts';
import { readyEvent, type LiveEvent } from '../../../src/runner/events/live-event.ts';
import { readEvents, type FoundEvent } from '../../../src/runner/events/read-events.ts';
import { change, create, end, find, type SubscriptionCall } from '../../../src/runner/subscriptions/requests.ts';
import { json, LocalService, type Received } from '../local-service.ts';
import type { ServiceUnderTest } from './contract.ts';

/** A request as a service sends it. */
export interface SentEvent {
  /** Names in small letters. */
  headers?: { [name: string]: string };
  body: Json;
}

/** What a trigger of the service makes of a delivery. */
export type EventReader = (sent: SentEvent) => FoundEvent[];

/** Reads deliveries as a trigger of the service does; what it gives must be as its schema says, as must its sample be. */
export function readerOf(
  { connector, lowered, plan: connection }: ServiceUnderTest,
  name: string,
  input: JsonObject,
): EventReader {
  const trigger = connector.triggers?.[name];
  assert.ok(trigger?.webhook, `${connector.name} sends no ${name}`);
  assert.deepEqual(compileSchema(trigger.input ?? { maxProperties: 0 })(input), []);
  assert.deepEqual(compileSchema(trigger.output)(trigger.sample), []);
  const scheme = connector.webhook_schemes?.[trigger.webhook.scheme];
  assert.ok(scheme);
  const context = { name: 'Acme', timezone: 'UTC', locale: 'en-US', region: 'US', currency: 'USD' };
  const { name: service } = connector;
  const parts = { context, connectors: { [service]: lowered }, connections: { [service]: connection } };
  const live = readyEvent(parts as Pick<Plan, 'context' | 'connectors' | 'connections'> as Plan, {
    kind: 'event',
    on: `${service}.${name}`,
    verify: { name: trigger.webhook.scheme, connection: service, scheme },
    with: input,
    mappings: [],
    webhook: trigger.webhook,
    output: trigger.output,
  });
  return (sent) => readAll(live, sent);
}

function readAll(live: LiveEvent, { headers = {}, body }: SentEvent): FoundEvent[] {
  const request = {
    method: 'POST',
    url: 'https://waybill.example/hooks/acme/@service/secret',
    headers,
    body: Buffer.from(JSON.stringify(body)),
    value: body,
  };
  const found = readEvents(live, request);
  for (const { event } of found) assert.deepEqual(live.output(event), []);
  return found;
}

/** The requests that make, change, list and end a subscription, each answered so, and what was read of the answers. */
export async function subscriptionRequests(
  { connector, lowered, plan }: ServiceUnderTest,
  {
    subscription: spec,
    ...about
  }: { subscription: string; input: JsonObject; read: JsonObject; secrets: { [name: string]: string } },
  answers: { [part in 'create' | 'update' | 'list' | 'delete']: Json },
): Promise<{ requests: Received[]; made: Json; found: string[] }> {
  const subscription: Subscription | undefined = connector.subscriptions?.[spec];
  assert.ok(subscription?.update && subscription.list);
  const { update, list } = subscription;
  const queue = [answers.create, answers.update, answers.list, answers.delete];
  let [requests, made, found]: [Received[], Json, string[]] = [[], null, []];
  await LocalService.during(
    (_request, response) => json(response, queue.shift()),
    async (local) => {
      const caller = local.caller({ reroutes: new Map([[connector.name, local.url]]) });
      const call: SubscriptionCall = {
        account: 'acme',
        connection: connector.name,
        service: connector.name,
        madeWith: { subscription, connector: lowered, connection: plan, input: about.input },
        credential: { fields: about.secrets, hosts: plan.hosts },
        subscription: about.read,
        stopping: AbortSignal.timeout(5000),
      };
      const limiter = new Limiter({ now: Date.now, delay: (milliseconds) => sleep(milliseconds) });
      const tools = { caller, limiter };
      made = { ...valueOf(await create(tools, call)) };
      const known = { ...call, subscription: { ...about.read, id: (made as { id: string }).id } };
      valueOf(await change(tools, known, update));
      found = valueOf(await find(tools, call, list, undefined));
      valueOf(await end(tools, known));
      await caller.close();
      requests = [...local.received];
    },
  );
  return { requests, made, found };
}

function valueOf<Value>(answer: { value: Value } | { failure: object }): Value {
  assert.ok('value' in answer, JSON.stringify(answer));
  return answer.value;
}
