import { setImmediate as otherWork } from 'node:timers/promises';
import { reusedSealsAcrossAccounts } from '../../compiler/checks/reused-seal.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { inOrder } from '../../diagnostics/order.ts';
import type { History } from '../../generated/account.ts';
import { namePlan, type NamedPlan } from '../../plan/digest.ts';
import { milliseconds } from '../../plan/duration.ts';
import type { ConsentNeed } from '../../store/records.ts';
import type { HistoryLimits } from '../../store/history.ts';
import { sharedAutomationIn } from '../../workspace/workspace.ts';
import { CommonPart } from '../check-workspace.ts';
import { connectionHook } from '../hook-address.ts';
import { consentNeeds } from '../oauth/consent-needs.ts';
import { COMMON, emptyPart, PartKeys, partOf, partsOf, type Part } from '../workspace-parts.ts';
import { Stall } from './stall.ts';
import type { AccountResult, NewPlan, Work } from './work.ts';

/** What an account comes to, what was found of it, and its plans' canonical JSON by digest. */
interface Compiled {
  result: AccountResult;
  diagnostics: Diagnostic[];
  texts?: ReadonlyMap<string, string>;
}

/**
 * Compiles each account whose files are others than those of its plans. Throws `Stall` where what all accounts share is
 * broken; a broken shared automation stalls those that install it. Between two accounts the runner goes on with its other
 * work, and the plans are kept at once: thousands of them would fill the memory, and their writing would keep webhooks
 * waiting.
 */
export async function compileAccounts(work: Work): Promise<void> {
  const parts = partsOf(work.tree);
  const commonPart = parts.get(COMMON) ?? emptyPart();
  const keys = new PartKeys(commonPart, work.settings.program);
  const common = new CommonPart(commonPart);
  work.diagnostics = common.check().diagnostics;
  const ofShared = Map.groupBy(work.diagnostics, ({ file }) => sharedAutomationIn(file));
  const broken = describeErrors(ofShared.get(undefined) ?? []);
  if (broken !== undefined) throw new Stall('workspace_broken', broken);
  for (const [account, own] of parts) {
    if (account === COMMON) continue;
    const madeOf = keys.of(account, own);
    const { result, diagnostics, texts } =
      knownResult(work, account, madeOf) ?? compileAccount(account, own, common, madeOf, ofShared);
    if (texts !== undefined) await work.settings.store.deployments.keepPlans(texts);
    work.accounts.set(account, result);
    work.diagnostics.push(...diagnostics);
    await otherWork();
  }
  const secrets = new Map([...work.tree.files].filter(([file]) => file.startsWith('secrets/')));
  // Only told: what was copied from another account does not open, which the next step finds.
  work.diagnostics = inOrder([...work.diagnostics, ...reusedSealsAcrossAccounts(secrets)]);
}

function knownResult({ before }: Work, account: string, madeOf: string): Compiled | undefined {
  const known = before.get(account);
  if (known?.status === 'suspended') return { result: { kind: 'suspended' }, diagnostics: [] };
  return known?.madeOf === madeOf ? { result: { kind: 'same' }, diagnostics: [] } : undefined;
}

function compileAccount(
  account: string,
  own: Part,
  common: CommonPart,
  madeOf: string,
  ofShared: ReadonlyMap<string | undefined, Diagnostic[]>,
): Compiled {
  const { plans, diagnostics: all, workspace } = common.checkAccounts(own, 'made');
  // What is wrong with the common part was told already.
  const diagnostics = all.filter(({ file }) => partOf(file) === account);
  const { install = {}, recipients = [], history = {} } = workspace.accounts.get(account)?.value ?? {};
  const installed = Object.keys(install);
  const broken = describeErrors([...diagnostics, ...installed.flatMap((name) => ofShared.get(name) ?? [])]);
  if (broken !== undefined)
    return { result: { kind: 'stalled', reason: { code: 'account_broken', message: broken } }, diagnostics };
  const named = plans.map((plan) => namePlan(plan));
  const consents = consentNeeds(plans);
  const texts = new Map(named.map(({ digest, text }) => [digest, text]));
  const secrets = new Map([...workspace.secrets, ...common.sharedSecrets(account, workspace)]);
  const result: AccountResult = {
    kind: 'compiled',
    madeOf,
    plans: named.map((one) => newPlan(one, consents.get(one.plan.automation) ?? [])),
    secrets,
    recipients,
    history: historyLimits({ ...common.config()?.history, ...history }),
  };
  return { result, diagnostics, texts };
}

/** What the account says stands before what waybill.json says of all. */
function historyLimits({ keep, keep_failed, max_bytes }: History): HistoryLimits {
  return {
    ...(keep === undefined ? {} : { keepMs: milliseconds(keep) }),
    ...(keep_failed === undefined ? {} : { keepFailedMs: milliseconds(keep_failed) }),
    ...(max_bytes === undefined ? {} : { maxBytes: max_bytes }),
  };
}

function newPlan({ plan, digest }: NamedPlan, consents: ConsentNeed[]): NewPlan {
  const connections = Object.entries(plan.connections).flatMap(([name, { secrets, shared }]) =>
    secrets.length === 0 ? [] : [{ name, shared }],
  );
  const { automation, trigger } = plan;
  const hook = trigger.kind === 'event' ? connectionHook(trigger.verify.connection) : automation;
  const addressed = trigger.kind === 'event' || trigger.kind === 'webhook';
  return { automation, digest, trigger: trigger.kind, connections, consents, ...(addressed ? { hook } : {}) };
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
