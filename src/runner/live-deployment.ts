import type { Plan, ScheduleTrigger, WebhookTrigger } from '../generated/plan.ts';
import { compileSchema, type SchemaCheck } from '../json/schema.ts';
import { compileTemplate, type Evaluator } from '../language/evaluate.ts';
import { readCron, type CronTimes } from '../plan/cron.ts';
import type { Store } from '../store/store.ts';
import { readyPoll, type LivePoll } from './polls/live-poll.ts';

/** One automation that is deployed. */
export interface LiveAutomation {
  plan: Plan;
  digest: string;
  trigger: LiveTrigger;
}

/** What starts its runs, ready to take them. */
export type LiveTrigger = LiveWebhook | LiveSchedule | LivePoll | LiveManual;

export interface LiveWebhook {
  kind: 'webhook';
  webhook: WebhookTrigger;
  /** The secret part of the webhook's address. */
  secret: string;
  body: SchemaCheck;
  query: SchemaCheck | undefined;
  headers: SchemaCheck | undefined;
  /** Gives what names a delivery. */
  dedupe: Evaluator | undefined;
}

export interface LiveSchedule {
  kind: 'schedule';
  schedule: ScheduleTrigger;
  times: CronTimes;
}

export interface LiveManual {
  kind: 'manual';
  input: SchemaCheck | undefined;
}

/** The automations that serve now, by `<account>/<automation>`. */
export type LiveDeployment = ReadonlyMap<string, LiveAutomation>;

/** Makes ready what the store holds as the current deployment. */
export async function loadCurrentDeployment(store: Store): Promise<LiveDeployment> {
  const live = new Map<string, LiveAutomation>();
  for (const { account, automation, plan: digest } of store.deployments.current()?.entries ?? []) {
    const text = store.deployments.plan(digest);
    if (text === undefined) throw new Error(`the store does not hold the plan ${digest}`);
    const plan = JSON.parse(text) as Plan;
    const secret = (): Promise<string> => store.deployments.hookSecret(account, automation);
    live.set(`${account}/${automation}`, { plan, digest, trigger: await readyTrigger(plan, secret) });
  }
  return live;
}

/** Path of the webhook's address with its secret part; `undefined` where something else starts the automation. */
export function hookPath({ plan, trigger }: LiveAutomation): string | undefined {
  return trigger.kind === 'webhook' ? `/hooks/${plan.account}/${plan.automation}/${trigger.secret}` : undefined;
}

/** Makes a plan's trigger ready to take what starts runs; `secret` gives the secret part of a webhook's address. */
export async function readyTrigger(plan: Plan, secret: () => Promise<string>): Promise<LiveTrigger> {
  const { trigger } = plan;
  switch (trigger.kind) {
    case 'webhook':
      return {
        kind: 'webhook',
        webhook: trigger,
        secret: await secret(),
        body: compileSchema(trigger.body),
        query: trigger.query && compileSchema(trigger.query),
        headers: trigger.headers && compileSchema(trigger.headers),
        dedupe: trigger.dedupe === undefined ? undefined : compileTemplate(trigger.dedupe),
      };
    case 'schedule':
      return { kind: 'schedule', schedule: trigger, times: readCron(trigger.cron, trigger.timezone) };
    case 'poll':
      return readyPoll(plan, trigger);
    case 'manual':
      return { kind: 'manual', input: trigger.input && compileSchema(trigger.input) };
  }
}
