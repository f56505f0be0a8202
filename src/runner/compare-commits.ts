import canonicalize from 'canonicalize';
import { namePlan } from '../plan/digest.ts';
import { comparePlans, type Difference, type Side } from '../plan/difference.ts';
import type { CheckedWorkspace } from './check-workspace.ts';

/** What a checked workspace comes to, for a comparison. Only the accounts and automations that `keep` lets through. */
function sideOf(
  { workspace, plans, diagnostics }: CheckedWorkspace,
  keep: (account: string, automation: string) => boolean,
): Side {
  const kept = plans.filter(({ account, automation }) => keep(account, automation)).map((plan) => namePlan(plan));
  const planned = new Set(kept.map(({ plan }) => `${plan.account}/${plan.automation}`));
  const broken = new Map<string, string>();
  for (const { severity, file, code, message } of diagnostics) {
    const [, account = '', automation = ''] = /^automations\/([^/]+)\/([^/]+)\.json$/.exec(file) ?? [];
    const name = `${account}/${automation}`;
    if (
      severity === 'error' &&
      automation !== '' &&
      keep(account, automation) &&
      !planned.has(name) &&
      !broken.has(name)
    )
      broken.set(name, `${code} ${message}`);
  }
  const recipients = [...workspace.accounts].map(([name, { value }]) => [name, value.recipients] as const);
  const connectors = [...workspace.connectors].map(([name, { value }]) => [name, canonicalize(value) ?? ''] as const);
  return { plans: kept, recipients: new Map(recipients), broken, connectors: new Map(connectors) };
}

/** Compares two checked workspaces. */
export function compareWorkspaces(
  before: CheckedWorkspace,
  after: CheckedWorkspace,
  keep: (account: string, automation: string) => boolean,
): Difference {
  return comparePlans(sideOf(before, keep), sideOf(after, keep));
}
