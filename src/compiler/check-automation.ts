import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { resolveActions } from './checks/action.ts';
import { checkAnswerDeadline } from './checks/answer-deadline.ts';
import { checkCallCircles } from './checks/call-circle.ts';
import { checkCallLimits } from './checks/call-limits.ts';
import { resolveCalls } from './checks/call.ts';
import { resolveTrigger, type ResolvedTrigger } from './checks/connector-trigger.ts';
import { checkDedupe } from './checks/dedupe.ts';
import { checkDuplicateSteps } from './checks/duplicate-step.ts';
import { checkLoopNames } from './checks/loop-names.ts';
import { checkSchedule } from './checks/schedule.ts';
import { checkSettingsSchema } from './checks/settings-schema.ts';
import { checkTriggerSchemas } from './checks/trigger-schema.ts';
import { checkUnverifiedWebhook } from './checks/unverified-webhook.ts';
import { checkConcurrencyKey } from './checks/concurrency-key.ts';
import { checkStepTimeouts } from './checks/step-timeout.ts';
import { checkWindowZones } from './checks/window-zone.ts';
import { checkWriteRetries } from './checks/write-retry.ts';
import type { AutomationContext, ResolvedActions, ResolvedCalls } from './context.ts';
import { checkFlow, type CheckedFlow } from './flow/flow.ts';
import { leastWait } from './least-wait.ts';
import type { Settings } from './settings.ts';
import { allSteps, stepTree, type StepNode } from './step-tree.ts';

/** All that was found of an automation without regard to the account that runs it. */
export interface CheckedAutomation {
  automation: AutomationContext['automation'];
  steps: StepNode[];
  actions: ResolvedActions;
  calls: ResolvedCalls;
  /** What of a service starts it, where that is known. */
  trigger: ResolvedTrigger | undefined;
  flow: CheckedFlow;
  /** Milliseconds that a run waits at least until it succeeds. */
  leastWait: number;
  /** What an account sets; absent where the automation has no settings, or none that can be used. */
  settings: Settings | undefined;
  diagnostics: Diagnostic[];
  /** It has an error, or what it calls has one, so there can be no plan of it. */
  broken: boolean;
}

const CHECKS = [
  checkDuplicateSteps,
  checkLoopNames,
  checkTriggerSchemas,
  checkSchedule,
  checkUnverifiedWebhook,
  checkDedupe,
  checkWindowZones,
];

/** Checks what is the same in every account. */
export function checkAutomation(
  automation: AutomationContext['automation'],
  name: string,
  { catalog, tables, callees }: Pick<AutomationContext, 'catalog' | 'tables' | 'callees'>,
): CheckedAutomation {
  const diagnostics: Diagnostic[] = [];
  const steps = stepTree(automation.value.steps, ['steps']);
  const report = (diagnostic: Diagnostic): void => void diagnostics.push(diagnostic);
  const rest = { report, steps, allSteps: allSteps(steps) };
  const context: AutomationContext = { automation, name, catalog, tables, callees, ...rest };
  for (const check of CHECKS) check(context);
  const settings = checkSettingsSchema(context);
  checkConcurrencyKey(context, settings);
  const actions = resolveActions(context);
  const trigger = resolveTrigger(context, settings);
  checkWriteRetries(context, actions);
  const calls = resolveCalls(context);
  checkCallCircles(context);
  checkStepTimeouts(context, calls);
  const flow = checkFlow(context, actions, calls, settings);
  checkCallLimits(context, actions, flow);
  const least = leastWait(steps, calls);
  checkAnswerDeadline(context, least);
  const broken =
    diagnostics.some(({ severity }) => severity === 'error') || [...calls.values()].some((callee) => callee.broken);
  return { automation, steps, actions, calls, trigger, flow, leastWait: least, settings, diagnostics, broken };
}
