import { nearestName } from '../../diagnostics/nearest-name.ts';
import type { AutomationContext, Callee, ResolvedCalls } from '../context.ts';
import type { StepNode } from '../step-tree.ts';

/** Finds the automation that each step calls; steps without one are left out and reported. */
export function resolveCalls(context: AutomationContext): ResolvedCalls {
  const resolved = new Map<StepNode, Callee>();
  for (const node of context.allSteps) {
    const callee = node.body.kind === 'call' ? resolve(context, node, node.body.automation) : undefined;
    if (callee !== undefined) resolved.set(node, callee);
  }
  return resolved;
}

function resolve(context: AutomationContext, node: StepNode, name: string): Callee | undefined {
  const { automation, callees, report } = context;
  const path = [...node.path, 'call'];
  const callee = callees.callee(name);
  if (callee === undefined) {
    const known = callees.callable().filter((one) => one !== context.name);
    const near = nearestName(name, known);
    const help = near === undefined ? `automations: ${known.join(', ') || 'none'}` : `did you mean \`${near}\`?`;
    const beside = automation.shared ? ' among the shared ones' : '';
    const message = `there is no valid automation \`${name}\`${beside} to call`;
    report(automation.document.diagnostic('WB2015', path, message, { help }));
    return undefined;
  }
  const { manual } = callee.trigger;
  if (manual === undefined) {
    const message = `\`${name}\` cannot be called: something else than a call by hand starts it`;
    const help = 'give it the trigger `manual`, or move the common steps into an automation that has it';
    report(automation.document.diagnostic('WB2016', path, message, { help }));
    return undefined;
  }
  if (node.step.with !== undefined && manual.input === undefined) {
    const range = automation.document.rangeOf([...node.path, 'with'], 'key');
    const message = `\`${name}\` takes no input`;
    const help = 'leave `with` out, or give the trigger of that automation an `input`';
    report(automation.document.diagnostic('WB3002', [...node.path, 'with'], message, { help, range }));
  }
  // What is in a circle with it is told as the circle.
  if (callee.broken && !callees.inOneCircle(context.name, name)) {
    const message = `\`${name}\` has errors, so nothing is known of what it gives`;
    report(automation.document.diagnostic('WB2018', path, message, { help: 'mend them first' }));
  }
  return callee;
}
