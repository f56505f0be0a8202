import canonicalize from 'canonicalize';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { formatPointer } from '../json/pointer.ts';
import { namePlan } from '../plan/digest.ts';
import { comparePlans, type Difference, type Side } from '../plan/difference.ts';
import { SHARED, type Workspace } from '../workspace/workspace.ts';
import type { CheckedWorkspace } from './check-workspace.ts';

type Keep = (account: string, automation: string) => boolean;

/** Compares two checked workspaces. Only the accounts and automations that `keep` lets through. */
export function compareWorkspaces(before: CheckedWorkspace, after: CheckedWorkspace, keep: Keep): Difference {
  return comparePlans(sideOf(before, keep), sideOf(after, keep));
}

/** What a checked workspace comes to, for a comparison. */
function sideOf({ workspace, plans, diagnostics }: CheckedWorkspace, keep: Keep): Side {
  const kept = plans.filter(({ account, automation }) => keep(account, automation)).map((plan) => namePlan(plan));
  const planned = new Set(kept.map(({ plan }) => `${plan.account}/${plan.automation}`));
  const { broken, brokenAccounts } = brokenIn(workspace, diagnostics);
  const unplanned = [...broken].filter(([name]) => {
    const [account = '', automation = ''] = name.split('/');
    return keep(account, automation) && !planned.has(name);
  });
  const recipients = [...workspace.accounts].map(([name, { value }]) => [name, value.recipients] as const);
  const connectors = [...workspace.connectors].map(([name, { value }]) => [name, canonicalize(value) ?? ''] as const);
  return {
    plans: kept,
    recipients: new Map(recipients),
    broken: new Map(unplanned),
    brokenAccounts,
    connectors: new Map(connectors),
  };
}

/** Automations, as `account/name`, and accounts that have an error, with the first reason. */
function brokenIn(
  workspace: Workspace,
  diagnostics: readonly Diagnostic[],
): { broken: Map<string, string>; brokenAccounts: Map<string, string> } {
  const errors = Map.groupBy(
    diagnostics.filter(({ severity }) => severity === 'error'),
    ({ file }) => file,
  );
  const broken = new Map<string, string>();
  const brokenAccounts = new Map<string, string>();
  for (const [file, [first]] of errors) {
    const [, account = '', automation = ''] = /^automations\/([^/]+)\/([^/]+)\.json$/.exec(file) ?? [];
    if (first === undefined || account === '' || account === SHARED) continue;
    if (automation !== 'account') broken.set(`${account}/${automation}`, reasonOf(first));
    else if (!workspace.accounts.has(account)) brokenAccounts.set(account, reasonOf(first));
  }
  for (const [account, { document, value }] of workspace.accounts) {
    for (const automation of Object.keys(value.install ?? {})) {
      const place = formatPointer(['install', automation]);
      const here = errors.get(document.file)?.find(({ pointer }) => `${pointer}/`.startsWith(`${place}/`));
      const reason = here ?? errors.get(`automations/${SHARED}/${automation}.json`)?.[0];
      if (reason !== undefined) broken.set(`${account}/${automation}`, reasonOf(reason));
    }
  }
  return { broken, brokenAccounts };
}

function reasonOf({ code, message }: Diagnostic): string {
  return `${code} ${message}`;
}
