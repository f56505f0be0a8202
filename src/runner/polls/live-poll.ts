import { limitsOf, type CallLimit } from '../../engine/limits.ts';
import type { Plan, PlanAction, PlanConnector, PollTrigger } from '../../generated/plan.ts';
import { compileSchema, type SchemaCheck } from '../../json/schema.ts';
import { isJsonObject, type JsonObject } from '../../json/value.ts';
import { compileTemplate, type Evaluator } from '../../language/evaluate.ts';
import { digestOf } from '../../plan/digest.ts';

/** A poll, ready to ask. */
export interface LivePoll {
  kind: 'poll';
  trigger: PollTrigger;
  service: string;
  connector: PlanConnector;
  /** The request for one page, as an action that reads: it gives `items`, and perhaps `next` and `cursor`. */
  page: PlanAction;
  /** What each page keeps to, together with all other calls of the connection. */
  limits: CallLimit[];
  /** What `with` comes to. */
  input: JsonObject;
  /** Over `item`. */
  key: Evaluator;
  event: Evaluator;
  cursorOfItem: Evaluator | undefined;
  /** Whether an event is as the connector says. */
  output: SchemaCheck;
  /** Names what is asked, and of whom: another question begins anew. */
  source: string;
}

/** Makes a poll of a plan ready. */
export function readyPoll(plan: Plan, trigger: PollTrigger): LivePoll {
  const { on, connection, with: given, poll } = trigger;
  const [service = ''] = on.split('.');
  const connector = plan.connectors[service];
  if (connector === undefined) throw new TypeError(`the plan lacks the connector ${service}`);
  const input = compileTemplate(given)({ account: { ...plan.context }, settings: plan.settings ?? {} });
  const asked = isJsonObject(input) ? input : {};
  const { items, next, cursor, request, errors } = poll;
  const output: JsonObject = {
    items,
    ...(next === undefined ? {} : { next }),
    ...(cursor?.response === undefined ? {} : { cursor: cursor.response }),
  };
  return {
    kind: 'poll',
    trigger,
    service,
    connector,
    page: { effect: 'read', input: {}, output: {}, request, response: { output }, ...(errors && { errors }) },
    limits: limitsOf(plan, { connector: service, ...(connection === undefined ? {} : { connection }) })(asked),
    input: asked,
    key: compileTemplate(poll.key),
    event: compileTemplate(poll.event ?? '${{ item }}'),
    cursorOfItem: cursor?.item === undefined ? undefined : compileTemplate(cursor.item),
    output: compileSchema(trigger.output),
    source: digestOf({ on, connection: connection ?? null, with: asked }),
  };
}
