import type { Plan } from '../generated/plan.ts';
import { compileSchema, type SchemaCheck } from '../json/schema.ts';
import type { Store } from '../store/store.ts';

/** One automation that is deployed, with what its webhook needs. */
export interface LiveAutomation {
  plan: Plan;
  digest: string;
  /** The secret part of the webhook's address. */
  hookSecret: string;
  body: SchemaCheck;
  query: SchemaCheck | undefined;
  headers: SchemaCheck | undefined;
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
    const { webhook } = plan.trigger;
    live.set(`${account}/${automation}`, {
      plan,
      digest,
      hookSecret: await store.deployments.hookSecret(account, automation),
      body: compileSchema(webhook.body),
      query: webhook.query && compileSchema(webhook.query),
      headers: webhook.headers && compileSchema(webhook.headers),
    });
  }
  return live;
}
