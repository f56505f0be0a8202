import type { EventTrigger, Plan } from '../../generated/plan.ts';
import { compileSchema, type SchemaCheck } from '../../json/schema.ts';
import { isJsonObject, type JsonObject } from '../../json/value.ts';
import { compileTemplate, type Evaluator } from '../../language/evaluate.ts';
import { connectionHook } from '../hook-address.ts';

/** Events of a service that start an automation, ready to be found in deliveries. */
export interface LiveEvent {
  kind: 'event';
  trigger: EventTrigger;
  /** Names the address that they come to, within the account. */
  hook: string;
  /** What expressions of the trigger read besides the delivery: `input` and `connection`. */
  roots: { input: JsonObject; connection: JsonObject };
  /** Kinds of events; `undefined` where `when` alone decides. */
  kinds: string[] | undefined;
  when: Evaluator | undefined;
  items: Evaluator | undefined;
  event: Evaluator | undefined;
  id: Evaluator | undefined;
  output: SchemaCheck;
}

/** Makes the trigger of a plan ready. */
export function readyEvent(plan: Plan, trigger: EventTrigger): LiveEvent {
  const { webhook, verify, with: given } = trigger;
  const input = compileTemplate(given)({ account: { ...plan.context }, settings: plan.settings ?? {} });
  const roots = {
    input: isJsonObject(input) ? input : {},
    connection: plan.connections[verify.connection]?.fields ?? {},
  };
  return {
    kind: 'event',
    trigger,
    hook: connectionHook(verify.connection),
    roots,
    kinds: webhook.events,
    when: ready(webhook.when),
    items: ready(webhook.items),
    event: webhook.event === undefined ? undefined : compileTemplate(webhook.event),
    id: ready(webhook.id),
    output: compileSchema(trigger.output),
  };
}

function ready(template: string | undefined): Evaluator | undefined {
  return template === undefined ? undefined : compileTemplate(template);
}
