import type { AutomationContext } from '../context.ts';

/** Automations do not call one another in a circle: such a run would never end. Told once, where the circle begins. */
export function checkCallCircles({ automation, name, callees, allSteps, report }: AutomationContext): void {
  const told = new Set<string>();
  for (const circle of callees.circlesFrom(name)) {
    const words = circle.map((one) => `\`${one}\``).join(' → ');
    const first = allSteps.find(({ step }) => step.call === circle[1]);
    if (first === undefined || told.has(words)) continue;
    told.add(words);
    const message = `automations call one another in a circle: ${words}`;
    const help = 'leave out one of these calls, or start the run from outside, by a webhook';
    report(automation.document.diagnostic('WB2017', [...first.path, 'call'], message, { help }));
  }
}
