import type { PointerToken } from '../../json/pointer.ts';
import { milliseconds } from '../../plan/duration.ts';
import { longestWaits } from '../../plan/retry-schedule.ts';
import type { AutomationContext, ResolvedCalls } from '../context.ts';
import { leastWaitOf } from '../least-wait.ts';
import { allSteps, type StepNode } from '../step-tree.ts';

/** The times within which steps must end can be kept. */
export function checkStepTimeouts(context: AutomationContext, calls: ResolvedCalls): void {
  for (const node of context.allSteps) {
    const { timeout, uses } = node.step;
    if (timeout === undefined || uses !== undefined) continue;
    checkLeastWait(context, node, timeout, calls);
    for (const inner of allSteps([node])) if (inner !== node) checkInner(context, node, timeout, inner);
    checkExpiry(context, node, timeout, node);
  }
}

/** What waits longer than it may take fails in every run. */
function checkLeastWait(
  { automation, report }: AutomationContext,
  node: StepNode,
  timeout: string,
  calls: ResolvedCalls,
): void {
  const least = leastWaitOf(node, calls);
  if (least < milliseconds(timeout) || least === Infinity) return;
  const message = `the step waits ${least / 1000} s at least, so it never ends within ${timeout}`;
  const help = 'give it a longer `timeout`, or let it wait a shorter time';
  report(automation.document.diagnostic('WB6030', [...node.path, 'timeout'], message, { help }));
}

function checkInner(context: AutomationContext, outer: StepNode, limit: string, inner: StepNode): void {
  const { timeout, retry } = inner.step;
  if (timeout !== undefined && milliseconds(timeout) > milliseconds(limit))
    reportNeverOver(context, [...inner.path, 'timeout'], timeout, outer, limit);
  checkExpiry(context, outer, limit, inner);
  const { attempts } = retry ?? {};
  if (attempts === undefined || longestWaits(attempts) <= milliseconds(limit)) return;
  const message = `between so many attempts there may be ${longestWaits(attempts) / 1000} s, and \`${outer.step.id}\` ends after ${limit}`;
  const help = 'ask for fewer attempts, or give the step around a longer `timeout`';
  const { automation, report } = context;
  report(automation.document.diagnostic('WB6032', [...inner.path, 'retry', 'attempts'], message, { help }));
}

/** A wait that would expire later than the step ends. */
function checkExpiry(context: AutomationContext, outer: StepNode, limit: string, { step, path }: StepNode): void {
  for (const kind of ['approval', 'event'] as const) {
    const expires = step.wait?.[kind]?.expires;
    if (expires !== undefined && milliseconds(expires) >= milliseconds(limit))
      reportNeverOver(context, [...path, 'wait', kind, 'expires'], expires, outer, limit);
  }
}

function reportNeverOver(
  { automation, report }: AutomationContext,
  path: PointerToken[],
  time: string,
  { step }: StepNode,
  limit: string,
): void {
  const message = `this is never over: \`${step.id}\` ends after ${limit}, before the ${time}`;
  const help = 'leave one of both out, or make this one the shorter';
  report(automation.document.diagnostic('WB6031', path, message, { help }));
}
