import type { AutomationContext } from '../context.ts';

/** Each step's id is its own: references and the history go by it. */
export function checkDuplicateSteps({ automation, allSteps, report }: AutomationContext): void {
  const seen = new Set<string>();
  for (const { step, path } of allSteps) {
    const { id } = step;
    if (seen.has(id)) {
      report(
        automation.document.diagnostic('WB2007', [...path, 'id'], `there is already a step \`${id}\``, {
          help: 'give one of them another id',
        }),
      );
    }
    seen.add(id);
  }
}
