import type { AutomationContext } from '../context.ts';
import { allSteps } from '../step-tree.ts';

/** Each step's id is its own: references and the history go by it. */
export function checkDuplicateSteps({ automation, steps, report }: AutomationContext): void {
  const seen = new Set<string>();
  for (const { step, path } of allSteps(steps)) {
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
