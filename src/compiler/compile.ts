import { extendCatalog, type Catalog } from '../connectors/catalog.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { inOrder } from '../diagnostics/order.ts';
import type { Plan } from '../generated/plan.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { checkAccountContext } from './checks/account-context.ts';
import { checkAccountExists } from './checks/account-exists.ts';
import { checkConnectorParts } from './checks/connector-parts.ts';
import { checkConnections } from './checks/connection-fields.ts';
import { checkConnectorNames } from './checks/connector-name.ts';
import { checkDuplicateSteps } from './checks/duplicate-step.ts';
import { checkLoopNames } from './checks/loop-names.ts';
import { checkSchedule } from './checks/schedule.ts';
import { checkSecretFiles } from './checks/secret-file.ts';
import { checkTests } from './checks/test-fits.ts';
import { checkTriggerSchemas } from './checks/trigger-schema.ts';
import { checkWorkspaceVersion } from './checks/workspace-version.ts';
import { resolveActions } from './checks/action.ts';
import { resolveStepConnections } from './checks/step-connection.ts';
import type { AutomationContext, CompileContext } from './context.ts';
import { checkWriteRetries } from './checks/write-retry.ts';
import { checkFlow } from './flow/flow.ts';
import { lowerAutomation } from './lower.ts';
import { allSteps, stepTree } from './step-tree.ts';

export interface CompileResult {
  /** In order of file and place. */
  diagnostics: Diagnostic[];
  /** One for each automation without an error, in order of account and name. */
  plans: Plan[];
  stats: { automations: number; plans: number; mappings: number };
  /** The connectors that the workspace can use: the built-in ones and its own. */
  catalog: Catalog;
}

export interface CompileInput {
  workspace: Workspace;
  /** The built-in connectors. */
  builtins: Catalog;
  /** The text of a built-in connector's file. */
  builtinText: (name: string) => string | undefined;
  /** The version of Waybill that compiles, as major.minor.patch. */
  version: string;
}

const WORKSPACE_CHECKS = [
  checkWorkspaceVersion,
  checkConnectorNames,
  checkConnectorParts,
  checkAccountExists,
  checkAccountContext,
  checkConnections,
  checkSecretFiles,
  checkTests,
];
const AUTOMATION_CHECKS = [checkDuplicateSteps, checkLoopNames, checkTriggerSchemas, checkSchedule];

/**
 * Checks a workspace and makes the plans of its automations. A function of its input alone: it does no I/O and reads no
 * clock and no environment.
 */
export function compile(input: CompileInput): CompileResult {
  const { workspace } = input;
  const own = new Map([...workspace.connectors].map(([name, source]) => [name, source.value]));
  const catalog = extendCatalog(input.builtins, own);
  const diagnostics: Diagnostic[] = [];
  const context: CompileContext = {
    workspace,
    catalog,
    report: (diagnostic) => diagnostics.push(diagnostic),
  };
  for (const check of WORKSPACE_CHECKS) check(context, input);
  const plans: Plan[] = [];
  let mappings = 0;
  for (const automation of workspace.automations) {
    const account = workspace.accounts.get(automation.account);
    if (account === undefined) continue;
    const steps = stepTree(automation.value.steps, ['steps']);
    const compiled = compileAutomation({ ...context, automation, account, steps, allSteps: allSteps(steps) });
    mappings += compiled.mappings;
    diagnostics.push(...compiled.diagnostics);
    if (compiled.plan !== undefined) plans.push(compiled.plan);
  }
  return {
    diagnostics: inOrder(diagnostics),
    plans,
    stats: { automations: workspace.automations.length, plans: plans.length, mappings },
    catalog,
  };
}

function compileAutomation(outer: AutomationContext): {
  plan?: Plan;
  diagnostics: Diagnostic[];
  mappings: number;
} {
  const diagnostics: Diagnostic[] = [];
  const context = { ...outer, report: (diagnostic: Diagnostic) => diagnostics.push(diagnostic) };
  for (const check of AUTOMATION_CHECKS) check(context);
  const actions = resolveStepConnections(context, resolveActions(context));
  checkWriteRetries(context, actions);
  const flow = checkFlow(context, actions);
  const broken = diagnostics.some((diagnostic) => diagnostic.severity === 'error');
  if (broken) return { diagnostics, mappings: flow.count };
  return { plan: lowerAutomation(context, actions, flow), diagnostics, mappings: flow.count };
}
