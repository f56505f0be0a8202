import type { Catalog } from '../connectors/catalog.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { resolveActions } from './checks/action.ts';
import { checkCallLimits } from './checks/call-limits.ts';
import { resolveTrigger, type ResolvedTrigger } from './checks/connector-trigger.ts';
import { checkDedupe } from './checks/dedupe.ts';
import { checkDuplicateSteps } from './checks/duplicate-step.ts';
import { checkLoopNames } from './checks/loop-names.ts';
import { checkSchedule } from './checks/schedule.ts';
import { checkSettingsSchema } from './checks/settings-schema.ts';
import { checkTriggerSchemas } from './checks/trigger-schema.ts';
import { checkUnverifiedWebhook } from './checks/unverified-webhook.ts';
import { checkWriteRetries } from './checks/write-retry.ts';
import type { AutomationContext, ResolvedActions } from './context.ts';
import { checkFlow, type CheckedFlow } from './flow/flow.ts';
import type { Settings } from './settings.ts';
import { allSteps, stepTree, type StepNode } from './step-tree.ts';

/** All that was found of an automation without regard to the account that runs it. */
export interface CheckedAutomation {
  automation: AutomationContext['automation'];
  steps: StepNode[];
  actions: ResolvedActions;
  /** What of a service starts it, where that is known. */
  trigger: ResolvedTrigger | undefined;
  flow: CheckedFlow;
  /** What an account sets; absent where the automation has no settings, or none that can be used. */
  settings: Settings | undefined;
  diagnostics: Diagnostic[];
  /** It has an error, so there can be no plan of it. */
  broken: boolean;
}

const CHECKS = [
  checkDuplicateSteps,
  checkLoopNames,
  checkTriggerSchemas,
  checkSchedule,
  checkUnverifiedWebhook,
  checkDedupe,
];

/** Checks what is the same in every account. */
export function checkAutomation(automation: AutomationContext['automation'], catalog: Catalog): CheckedAutomation {
  const diagnostics: Diagnostic[] = [];
  const steps = stepTree(automation.value.steps, ['steps']);
  const report = (diagnostic: Diagnostic): void => void diagnostics.push(diagnostic);
  const context: AutomationContext = { automation, catalog, report, steps, allSteps: allSteps(steps) };
  for (const check of CHECKS) check(context);
  const settings = checkSettingsSchema(context);
  const actions = resolveActions(context);
  const trigger = resolveTrigger(context, settings);
  checkWriteRetries(context, actions);
  const flow = checkFlow(context, actions, settings);
  checkCallLimits(context, actions, flow);
  const broken = diagnostics.some(({ severity }) => severity === 'error');
  return { automation, steps, actions, trigger, flow, settings, diagnostics, broken };
}
