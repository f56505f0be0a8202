import type { Limits, Plan } from '../generated/plan.ts';
import { compileTemplate } from '../language/evaluate.ts';
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

/** What calls a service: a step, or a poll, which has no action. */
export interface LimitedCaller {
  connector: string;
  connection?: string;
  action?: string;
}

/**
 * The limits of calls, the service's before the action's. There is always one, without numbers where the connector gives
 * none: a service that asks one call to wait means all of its connection.
 */
export function limitsOf(plan: Plan, caller: LimitedCaller): CallLimit[] {
  const connector = plan.connectors[caller.connector];
  const own = caller.connection === undefined ? '' : `${plan.account}/${caller.connection}`;
  const fields = plan.connections[caller.connection ?? '']?.fields ?? {};
  const limitFor = (limits: Limits, name: string): CallLimit => {
    const { shared_by: sharing, requests = [], concurrency = Number.POSITIVE_INFINITY } = limits;
    const who = sharing === undefined ? own : JSON.stringify(compileTemplate(sharing)({ connection: fields }) ?? null);
    const windows = requests.map(({ count, period }) => ({ count, periodMs: milliseconds(period) }));
    return { key: `${name} ${who}`, requests: windows, concurrency };
  };
  const action = connector?.actions[caller.action ?? '']?.limits;
  return [
    limitFor(connector?.limits ?? {}, caller.connector),
    ...(action === undefined ? [] : [limitFor(action, `${caller.connector}.${caller.action}`)]),
  ];
}
