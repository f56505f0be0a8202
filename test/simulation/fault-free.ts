import type { ActionCaller } from '../../src/connectors/action-call.ts';
import type { Durable } from '../../src/engine/durable.ts';
import { interpretPlan, type RunResult } from '../../src/engine/interpret.ts';
import { calledOutcome, startedOutcome } from '../../src/engine/perform-call.ts';
import type { Services } from '../../src/engine/perform-action.ts';
import { preparePlan, type PreparedPlan } from '../../src/engine/prepared-plan.ts';
import { startTimeout } from '../../src/engine/timeout.ts';
import { TOO_SHORT_MS } from './random-plan.ts';
import type { Plan } from '../../src/generated/plan.ts';
import type { Outcome } from '../../src/run/failure.ts';
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

/** What a wait came to that an answer and its end may have met: either may have been first. */
type Met = (run: string, step: string) => Outcome | undefined;

/** What a run comes to where nothing ever fails, and nothing is kept. */
export function faultFree(run: RunRecord, plans: ReadonlyMap<string, Plan>, met: Met): Promise<RunResult> {
  return interpretPlan(prepared(run.plan, plans), run, durableOf(run, plans, met), services);
}

function durableOf(run: RunRecord, plans: ReadonlyMap<string, Plan>, met: Met): Durable {
  return {
    attempt: ({ perform }) => perform(new AbortController().signal, () => Promise.resolve()),
    storage: (_key, _input, operation) => {
      const output = operation.kind === 'set' ? { key: operation.key } : { value: 1 };
      return Promise.resolve({ ok: true, output });
    },
    page: ({ perform }) => perform(durableOf(run, plans, met)),
    timed: async ({ forMs, perform, over }) =>
      forMs === TOO_SHORT_MS
        ? { inTime: false, failure: over(0) }
        : { inTime: true, value: await perform(durableOf(run, plans, met)) },
    sleep: () => Promise.resolve(),
    wait: ({ key, input, until, over }) => {
      const end = until(0);
      const isEvent = JSON.stringify(input).includes('event');
      const came = isEvent && (end === undefined || met(run.id, key.step)?.ok === true);
      return Promise.resolve(came ? { ok: true, output: {} } : over(end ?? 0));
    },
    call: async ({ key, automation, plan, trigger, waits }) => {
      const id = calledRunId(run.id, key.step);
      if (!waits) return startedOutcome(id);
      const { account, createdAt } = run;
      const called: RunRecord = { id, account, automation, plan, trigger, status: 'queued', createdAt };
      return calledOutcome({ ...called, ...(await faultFree(called, plans, met)) });
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
