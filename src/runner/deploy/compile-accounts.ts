import { setImmediate as otherWork } from 'node:timers/promises';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { inOrder } from '../../diagnostics/order.ts';
import { namePlan, type NamedPlan } from '../../plan/digest.ts';
import type { SourceTree } from '../../workspace/source-tree.ts';
import { checkTree } from '../check-workspace.ts';
import { COMMON, emptyPart, keyOfPart, partOf, partsOf, withCommon } from '../workspace-parts.ts';
import { Stall } from './stall.ts';
import type { AccountResult, NewPlan, Work } from './work.ts';

/**
 * Compiles each account whose files are others than those of its plans. Throws `Stall` where what all accounts share is
 * broken. Between two accounts the runner goes on with its other work, and the plans are kept at once: thousands of them
 * would fill the memory, and their writing would keep webhooks waiting.
 */
export async function compileAccounts(work: Work): Promise<void> {
  const parts = partsOf(work.tree);
  const common = parts.get(COMMON) ?? emptyPart();
  const shared = checkTree(common).diagnostics;
  work.diagnostics = shared;
  const broken = describeErrors(shared);
  if (broken !== undefined) throw new Stall('workspace_broken', broken);
  const commonKey = keyOfPart(common, work.settings.program);
  for (const [account, own] of parts) {
    if (account === COMMON) continue;
    const { result, diagnostics, texts } = compileAccount(work, account, own, common, commonKey);
    if (texts !== undefined) await work.settings.store.deployments.keepPlans(texts);
    work.accounts.set(account, result);
    work.diagnostics.push(...diagnostics);
    await otherWork();
  }
  work.diagnostics = inOrder(work.diagnostics);
}

function compileAccount(
  { before }: Work,
  account: string,
  own: SourceTree,
  common: SourceTree,
  commonKey: string,
): { result: AccountResult; diagnostics: Diagnostic[]; texts?: ReadonlyMap<string, string> } {
  const known = before.get(account);
  if (known?.status === 'suspended') return { result: { kind: 'suspended' }, diagnostics: [] };
  const madeOf = keyOfPart(own, commonKey);
  if (known?.madeOf === madeOf) return { result: { kind: 'same' }, diagnostics: [] };
  const { plans, diagnostics: all, workspace } = checkTree(withCommon(own, common));
  // What is wrong with the common part was told already.
  const diagnostics = all.filter(({ file }) => partOf(file) === account);
  const broken = describeErrors(diagnostics);
  if (broken !== undefined) {
    return { result: { kind: 'stalled', reason: { code: 'account_broken', message: broken } }, diagnostics };
  }
  const named = plans.map((plan) => namePlan(plan));
  const texts = new Map(named.map(({ digest, text }) => [digest, text]));
  const result: AccountResult = { kind: 'compiled', madeOf, plans: named.map(newPlan), secrets: workspace.secrets };
  return { result, diagnostics, texts };
}

function newPlan({ plan, digest }: NamedPlan): NewPlan {
  const connections = Object.entries(plan.connections).flatMap(([name, { secrets }]) =>
    secrets.length === 0 ? [] : [name],
  );
  return { automation: plan.automation, digest, trigger: plan.trigger.kind, connections };
}

/** `automations/acme/x.json:3:5 WB2003 there is no step … (and 2 more)`; `undefined` where there is no error. */
function describeErrors(diagnostics: readonly Diagnostic[]): string | undefined {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  if (first === undefined) return undefined;
  const { file, range, code, message } = first;
  const more = errors.length === 1 ? '' : ` (and ${errors.length - 1} more)`;
  return `${file}:${range.start.line}:${range.start.column} ${code} ${message}${more}`;
}
