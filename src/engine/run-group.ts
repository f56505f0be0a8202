import { createHash } from 'node:crypto';
import type { JsonObject } from '../json/value.ts';
import type { RunRecord } from '../run/records.ts';
import { evaluateAt } from './evaluate-at.ts';
import type { PreparedPlan } from './prepared-plan.ts';

/** The run, with the group in which it is counted. */
export function inGroup(run: RunRecord, plans: { get(digest: string): PreparedPlan }): RunRecord {
  const group = groupOf(plans.get(run.plan), run.trigger);
  return group === undefined ? run : { ...run, group };
}

/** What a run is counted with, where its automation says how many of its runs go on at a time. */
export function groupOf({ plan, concurrency }: PreparedPlan, trigger: JsonObject): string | undefined {
  if (concurrency === undefined) return undefined;
  const name = `${plan.account}/${plan.automation}`;
  if (concurrency.key === undefined) return name;
  const { context, settings } = plan;
  const scope = { trigger, account: { ...context }, ...(settings === undefined ? {} : { settings }) };
  const key = evaluateAt(concurrency.key, scope, 'concurrency');
  // Runs whose key has no value are counted together: none of them goes by unseen.
  const value = JSON.stringify((key.ok ? key.value : null) ?? null);
  // The key may be what nobody is to read in the store, such as an address; its digest counts as well.
  return `${name} ${createHash('sha256').update(value).digest('base64url')}`;
}
