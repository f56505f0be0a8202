import { consentOf } from '../connectors/auth-way.ts';
import type { Limits, Plan, RequestLimit } from '../generated/plan.ts';
import type { Json, JsonObject } from '../json/value.ts';
import { compileTemplate, type Evaluator } from '../language/evaluate.ts';
import { EvaluationError } from '../language/evaluation-error.ts';
import { milliseconds } from '../plan/duration.ts';

/** What calls have to keep to together. */
export interface CallLimit {
  /** Calls with the same key share it, across runs. */
  key: string;
  /** So many requests in any stretch of time of so many milliseconds; all hold. */
  requests: readonly { count: number; periodMs: number }[];
  /** Calls under way at a time; `Infinity` where the service says nothing. */
  concurrency: number;
}

/** What calls a service: a step, or what has no action, such as a poll. */
export interface LimitedCaller {
  connector: string;
  connection?: string;
  action?: string;
}

type LimitingPlan = Pick<Plan, 'account' | 'connectors' | 'connections'>;

/** The limits of a call with this input. */
export type LimitsOfCall = (input: Json) => CallLimit[];

/**
 * The limits of calls, the service's before the action's. There is always one, without numbers where the connector gives
 * none: a service that asks one call to wait means all of its connection.
 */
export function limitsOf(plan: LimitingPlan, caller: LimitedCaller): LimitsOfCall {
  const connector = plan.connectors[caller.connector];
  const own = caller.connection === undefined ? '' : holderOf(plan, caller.connection);
  const fields = plan.connections[caller.connection ?? '']?.fields ?? {};
  const limitsFor = (limits: Limits, name: string): LimitsOfCall => {
    const { shared_by: sharing, requests = [], concurrency = Number.POSITIVE_INFINITY } = limits;
    const who = sharing === undefined ? own : textOf(compileTemplate(sharing), { connection: fields });
    const key = `${name} ${who}`;
    const common = { key, requests: requests.filter(({ per }) => per === undefined).map(windowOf), concurrency };
    const further = requests.flatMap((limit) => (limit.per === undefined ? [] : [partLimit(key, limit, limit.per)]));
    return (input) => [common, ...further.map((limit) => limit(input))];
  };
  const service = limitsFor(connector?.limits ?? {}, caller.connector);
  const action = connector?.actions[caller.action ?? '']?.limits;
  if (action === undefined) return service;
  const ofAction = limitsFor(action, `${caller.connector}.${caller.action}`);
  return (input) => [...service(input), ...ofAction(input)];
}

/** Whose limits they are: those of the connection, or of all accounts that call with the same key. */
function holderOf({ account, connectors, connections }: LimitingPlan, name: string): string {
  const { connector = '', shared, fields = {}, hosts = [] } = connections[name] ?? {};
  // Of an app to which people consent, services count what each of them granted by itself.
  const granted = consentOf(connectors[connector]?.connection ?? {}, fields) !== undefined;
  // What stands at other hosts, such as a server for each customer, counts by itself too.
  return shared === undefined || granted ? `${account}/${name}` : `shared/${shared} ${hosts.join(' ')}`;
}

/** A limit that each value of a part of the input has by itself. */
function partLimit(key: string, limit: RequestLimit, per: string): (input: Json) => CallLimit {
  const part = compileTemplate(per);
  const window = windowOf(limit);
  return (input) => ({
    key: `${key} ${per} ${textOf(part, { input })}`,
    requests: [window],
    concurrency: Number.POSITIVE_INFINITY,
  });
}

function windowOf({ count, period }: RequestLimit): { count: number; periodMs: number } {
  return { count, periodMs: milliseconds(period) };
}

/** Those for whom it has no value are together. */
function textOf(template: Evaluator, roots: JsonObject): string {
  try {
    return JSON.stringify(template(roots) ?? null);
  } catch (error) {
    if (error instanceof EvaluationError) return 'null';
    throw error;
  }
}
