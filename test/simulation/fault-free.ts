import type { ActionCaller } from '../../src/connectors/action-call.ts';
import type { Durable } from '../../src/engine/durable.ts';
import { interpretPlan, type RunResult } from '../../src/engine/interpret.ts';
import { calledOutcome, startedOutcome } from '../../src/engine/perform-call.ts';
import type { Services } from '../../src/engine/perform-action.ts';
import { preparePlan, type PreparedPlan } from '../../src/engine/prepared-plan.ts';
import { startTimeout } from '../../src/engine/timeout.ts';
import { TOO_SHORT_MS } from './random-plan.ts';
import type { Plan } from '../../src/generated/plan.ts';
import type { RunRecord } from '../../src/run/records.ts';
import { calledRunId } from '../../src/run/run-id.ts';
import { replyTo } from './ledger.ts';

const caller: ActionCaller = {
  call: ({ input }) => {
    const reply = replyTo({ input: input as { [name: string]: string } });
    if (reply.status === 200) return Promise.resolve({ ok: true, output: reply.output });
    const failure = { class: 'permanent', code: 'http_status', message: 'Ledger answered 400' } as const;
    return Promise.resolve({ ok: false, failure });
  },
};

const services: Services = {
  caller,
  credentials: { credential: () => Promise.reject(new Error('no credentials here')) },
  random: () => 0,
  timeout: startTimeout,
};

/** What a run comes to where nothing ever fails, and nothing is kept. */
export function faultFree(run: RunRecord, plans: ReadonlyMap<string, Plan>): Promise<RunResult> {
  return interpretPlan(prepared(run.plan, plans), run, durableOf(run, plans), services);
}

function durableOf(run: RunRecord, plans: ReadonlyMap<string, Plan>): Durable {
  return {
    attempt: ({ perform }) => perform(new AbortController().signal, () => Promise.resolve()),
    storage: (_key, _input, operation) => {
      const output = operation.kind === 'set' ? { key: operation.key } : { value: 1 };
      return Promise.resolve({ ok: true, output });
    },
    page: ({ perform }) => perform(durableOf(run, plans)),
    timed: async ({ forMs, perform, over }) =>
      forMs === TOO_SHORT_MS
        ? { inTime: false, failure: over(0) }
        : { inTime: true, value: await perform(durableOf(run, plans)) },
    sleep: () => Promise.resolve(),
    wait: ({ input, until, over }) => {
      const end = until(0);
      const expires = end !== undefined || !JSON.stringify(input).includes('event');
      return Promise.resolve(expires ? over(end ?? 0) : { ok: true, output: {} });
    },
    call: async ({ key, automation, plan, trigger, waits }) => {
      const id = calledRunId(run.id, key.step);
      if (!waits) return startedOutcome(id);
      const { account, createdAt } = run;
      const called: RunRecord = { id, account, automation, plan, trigger, status: 'queued', createdAt };
      return calledOutcome({ ...called, ...(await faultFree(called, plans)) });
    },
  };
}

const preparedPlans = new WeakMap<Plan, PreparedPlan>();

function prepared(digest: string, plans: ReadonlyMap<string, Plan>): PreparedPlan {
  const plan = plans.get(digest);
  if (plan === undefined) throw new Error(`there is no plan ${digest}`);
  const known = preparedPlans.get(plan) ?? preparePlan(plan);
  preparedPlans.set(plan, known);
  return known;
}
