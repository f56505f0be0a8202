import type { Plan, ScheduleTrigger, WebhookTrigger } from '../generated/plan.ts';
import { compileSchema, type SchemaCheck } from '../json/schema.ts';
import type { JsonObject } from '../json/value.ts';
import { compileTemplate, type Evaluator } from '../language/evaluate.ts';
import { readCron, type CronTimes } from '../plan/cron.ts';
import type { ConsentNeed, DeploymentEntry } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { Listener } from './events/connection-hooks.ts';
import { readyEvent, type LiveEvent } from './events/live-event.ts';
import { addressPath } from './hook-address.ts';
import { readyPoll, type LivePoll } from './polls/live-poll.ts';

/** One automation that is deployed. */
export interface LiveAutomation {
  plan: Plan;
  digest: string;
  trigger: LiveTrigger;
}

/** What starts its runs, ready to take them. */
export type LiveTrigger = LiveWebhook | LiveSchedule | LivePoll | LiveEvent | LiveManual;

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
  /** Of the input. */
  schema: JsonObject | undefined;
  input: SchemaCheck | undefined;
}

/**
 * The automations that serve now, by `<account>/<automation>`. Each is made ready when it is asked for the first time, so
 * that a start with thousands of them takes no longer than one with a few.
 */
export class LiveDeployment {
  private readonly store: Store;
  private readonly entries: ReadonlyMap<string, DeploymentEntry>;
  private readonly secrets: Map<string, string>;
  private readonly ready = new Map<string, LiveAutomation>();
  private readonly listening = new Map<string, Listener[]>();

  /** What the store holds as the current deployment. */
  constructor(store: Store) {
    this.store = store;
    const entries = store.deployments.current()?.entries ?? [];
    this.entries = new Map(entries.map((entry) => [`${entry.account}/${entry.automation}`, entry]));
    this.secrets = store.deployments.hookSecrets();
  }

  get size(): number {
    return this.entries.size;
  }

  /** In order of account and automation. */
  keys(): MapIterator<string> {
    return this.entries.keys();
  }

  /** Throws `Error` where the store does not hold the plan. */
  get(name: string): LiveAutomation | undefined {
    const digest = this.entries.get(name)?.plan;
    if (digest === undefined) return undefined;
    const known = this.ready.get(name);
    if (known !== undefined) return known;
    const text = this.store.deployments.plan(digest);
    if (text === undefined) throw new Error(`the store does not hold the plan ${digest}`);
    const plan = JSON.parse(text) as Plan;
    const live = { plan, digest, trigger: readyTrigger(plan, this.secrets.get(name)) };
    this.ready.set(name, live);
    return live;
  }

  /** The consents without which the automation cannot run, also those of what it calls. */
  consentsOf(name: string): readonly ConsentNeed[] {
    return this.entries.get(name)?.consents ?? [];
  }

  /** All automations that need consents. */
  *needingConsent(): Generator<DeploymentEntry & { consents: ConsentNeed[] }> {
    for (const { consents, ...entry } of this.entries.values())
      if (consents !== undefined) yield { ...entry, consents };
  }

  /** The secret part of an address; `undefined` where nothing takes what comes there. */
  addressSecret(account: string, hook: string): string | undefined {
    const name = `${account}/${hook}`;
    const taken = this.get(name)?.trigger.kind === 'webhook' || this.listeners(account, hook).length > 0;
    return taken ? this.secrets.get(name) : undefined;
  }

  /** The automations that events of a connection can start; `hook` names its address. */
  listeners(account: string, hook: string): Listener[] {
    const name = `${account}/${hook}`;
    const known = this.listening.get(name);
    if (known !== undefined) return known;
    const found = [...this.startedBy('event', account)].flatMap(({ trigger, ...automation }) =>
      trigger.hook === hook ? [{ ...automation, trigger }] : [],
    );
    // Names that nobody has are asked for too.
    if (found.length > 0) this.listening.set(name, found);
    return found;
  }

  /** The address has another secret part from now on. */
  readdress(name: string, secret: string): void {
    this.secrets.set(name, secret);
    this.ready.delete(name);
  }

  /** Those that a trigger of this kind starts. */
  *startedBy<Kind extends LiveTrigger['kind']>(
    kind: Kind,
    account?: string,
  ): Generator<LiveAutomation & { trigger: Extract<LiveTrigger, { kind: Kind }> }> {
    for (const [name, entry] of this.entries) {
      if (account !== undefined && entry.account !== account) continue;
      const automation = (entry.trigger ?? kind) === kind ? this.get(name) : undefined;
      if (automation !== undefined && isStartedBy(automation, kind)) yield automation;
    }
  }
}

function isStartedBy<Kind extends LiveTrigger['kind']>(
  automation: LiveAutomation,
  kind: Kind,
): automation is LiveAutomation & { trigger: Extract<LiveTrigger, { kind: Kind }> } {
  return automation.trigger.kind === kind;
}

/** Path of the webhook's address with its secret part; `undefined` where something else starts the automation. */
export function hookPath({ plan, trigger }: LiveAutomation): string | undefined {
  return trigger.kind === 'webhook' ? addressPath(plan.account, plan.automation, trigger.secret) : undefined;
}

/** Makes a plan's trigger ready to take what starts runs; `secret` is the secret part of a webhook's address. */
export function readyTrigger(plan: Plan, secret: string | undefined): LiveTrigger {
  const { account, automation, trigger } = plan;
  switch (trigger.kind) {
    case 'webhook':
      if (secret === undefined) throw new Error(`the webhook of ${account}/${automation} has no address`);
      return {
        kind: 'webhook',
        webhook: trigger,
        secret,
        body: compileSchema(trigger.body),
        query: trigger.query && compileSchema(trigger.query),
        headers: trigger.headers && compileSchema(trigger.headers),
        dedupe: trigger.dedupe === undefined ? undefined : compileTemplate(trigger.dedupe),
      };
    case 'schedule':
      return { kind: 'schedule', schedule: trigger, times: readCron(trigger.cron, trigger.timezone) };
    case 'poll':
      return readyPoll(plan, trigger);
    case 'event':
      return readyEvent(plan, trigger);
    case 'manual':
      return { kind: 'manual', schema: trigger.input, input: trigger.input && compileSchema(trigger.input) };
  }
}
