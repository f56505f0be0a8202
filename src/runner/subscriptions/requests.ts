import type { ActionCaller } from '../../connectors/action-call.ts';
import { callInTurn } from '../../engine/call-in-turn.ts';
import type { Limiter } from '../../engine/limiter.ts';
import { limitsOf } from '../../engine/limits.ts';
import type { ErrorRules, Request, SubscriptionChange, SubscriptionList, Success } from '../../generated/connector.ts';
import type { PlanAction } from '../../generated/plan.ts';
import { isJsonObject, type Json, type JsonObject } from '../../json/value.ts';
import { compileTemplate } from '../../language/evaluate.ts';
import { EvaluationError } from '../../language/evaluation-error.ts';
import type { Failure } from '../../run/failure.ts';
import type { Credential } from '../../secrets/credential.ts';
import type { MadeWith } from './wanted.ts';

/** What requests go through. */
export interface RequestTools {
  caller: ActionCaller;
  /** The engine's: they share the limits of the connection with the calls of runs. */
  limiter: Limiter;
}

/** What a request of a subscription is made for. */
export interface SubscriptionCall {
  account: string;
  /** The connection's name. */
  connection: string;
  /** The connector's name. */
  service: string;
  madeWith: MadeWith;
  credential: Credential;
  /** What its templates read as `subscription`. */
  subscription: JsonObject;
  /** Aborted when the runner stops. */
  stopping: AbortSignal;
}

/** What a service said of a subscription. */
interface SaidOfIt {
  id?: string;
  /** The key that it made. */
  secret?: string;
  /** When it ends, as the service writes it. */
  expires?: Json;
}

type Answer<Value> = { value: Value } | { failure: Failure };

/** The longest that one request may take, in milliseconds. */
const REQUEST_TIMEOUT_MS = 60_000;

/** Asks the service to make it. */
export async function create(tools: RequestTools, call: SubscriptionCall): Promise<Answer<SaidOfIt>> {
  const { create: spec, secret } = call.madeWith.subscription;
  const returned = typeof secret === 'object' ? { secret: secret.returned } : {};
  const answer = await change(tools, call, spec, { id: spec.id, ...returned });
  if ('failure' in answer) return { failure: withoutSecret(answer.failure) };
  if (answer.value.id !== undefined) return answer;
  return {
    failure: { class: 'permanent', code: 'answer_not_read', message: 'the service gave the subscription no id' },
  };
}

/** The answer of a service that made it may hold the key, and nobody knows that one yet. */
function withoutSecret({ details, ...failure }: Failure): Failure {
  return details === undefined || failure.code === 'answer_not_read' ? failure : { ...failure, details };
}

/** Brings it to what it is to be, or lets it last. */
export function change(
  tools: RequestTools,
  call: SubscriptionCall,
  { request, success, errors, expires }: SubscriptionChange,
  more: JsonObject = {},
): Promise<Answer<SaidOfIt>> {
  const output = { ...more, ...(expires === undefined ? {} : { expires }) };
  return perform(tools, call, actionOf(request, success, errors, output), (said) => ({
    ...textOf('id', said['id']),
    ...textOf('secret', said['secret']),
    ...(said['expires'] === undefined || said['expires'] === null ? {} : { expires: said['expires'] }),
  }));
}

/** Ends it; what is gone already is ended. */
export function end(tools: RequestTools, call: SubscriptionCall): Promise<Answer<void>> {
  const { request, success, errors } = call.madeWith.subscription.delete;
  const action = actionOf(request, success ?? { status: ENDED }, errors, {});
  return perform(tools, call, action, () => undefined);
}

/** 404 and 410: it is gone. */
const ENDED = [200, 201, 202, 203, 204, 205, 404, 410];

/** Ids of those on all pages of the service's list that send to the address, but for `other`. */
export function find(
  tools: RequestTools,
  call: SubscriptionCall,
  list: SubscriptionList,
  other: string | undefined,
): Promise<Answer<string[]>> {
  const { request, pagination, errors, items: listed } = list;
  const pages = pagination === undefined ? {} : { pagination };
  const action = { ...actionOf(request, undefined, errors, { items: listed }), ...pages };
  const [idOf, urlOf, isOne] = [list.id, list.url, list.when ?? '${{ true }}'].map((text) => compileTemplate(text));
  return perform(tools, call, action, ({ items }) => {
    if (!Array.isArray(items)) throw new TypeError('the service answered without a list of subscriptions');
    return items.flatMap((item) => {
      const roots = { item, subscription: call.subscription };
      if (urlOf?.(roots) !== call.subscription['url'] || isOne?.(roots) !== true) return [];
      const { id } = textOf('id', idOf?.(roots));
      return id === undefined || id === other ? [] : [id];
    });
  });
}

function actionOf(
  request: Request,
  success: Success | undefined,
  errors: ErrorRules | undefined,
  output: JsonObject,
): PlanAction {
  return {
    effect: 'write',
    input: {},
    output: {},
    request,
    response: { output, ...(success === undefined ? {} : { success }) },
    ...(errors === undefined ? {} : { errors }),
  };
}

async function perform<Value>(
  { caller, limiter }: RequestTools,
  { account, service, connection, madeWith, credential, subscription, stopping }: SubscriptionCall,
  action: PlanAction,
  read: (output: JsonObject) => Value,
): Promise<Answer<Value>> {
  const through = { name: connection, plan: madeWith.connection, credential };
  const { connector, input } = madeWith;
  const call = { account, service, connector, connection: through, action, input, subscription };
  const plan = { account, connectors: { [service]: connector }, connections: { [connection]: madeWith.connection } };
  const outcome = await callInTurn(limiter, {
    limits: limitsOf(plan, { connector: service, connection })(input),
    timeoutMs: REQUEST_TIMEOUT_MS,
    stopping,
    perform: (signal, nextRequest) => caller.call({ ...call, signal, nextRequest }),
  });
  if (!outcome.ok) return { failure: outcome.failure };
  try {
    return { value: read(isJsonObject(outcome.output) ? outcome.output : {}) };
  } catch (error) {
    if (!(error instanceof EvaluationError) && !(error instanceof TypeError)) throw error;
    return { failure: { class: 'permanent', code: 'answer_not_read', message: error.message } };
  }
}

/** A text, or a number with its digits. */
function textOf<Name extends string>(name: Name, value: Json | undefined): { [name in Name]?: string } {
  const text = typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value);
  const found: { [name in Name]?: string } = {};
  if (text !== '') found[name] = text;
  return found;
}
