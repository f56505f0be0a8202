import type { Automation } from '../generated/automation.ts';
import type { Source, Workspace } from '../workspace/workspace.ts';
import { installsOf, type CompileContext } from './context.ts';

/** The automation that a test belongs to: the account's own of that name, or the shared one that the account installs. */
export function testedAutomation(
  { workspace, shared }: CompileContext,
  { account: name, automation }: Workspace['tests'][number],
): Source<Automation> | undefined {
  const own = workspace.automations.find((one) => one.account === name && one.name === automation);
  const account = workspace.accounts.get(name);
  const installed = account !== undefined && Object.hasOwn(installsOf(account), automation);
  return own ?? (installed ? shared.get(automation)?.automation : undefined);
}
