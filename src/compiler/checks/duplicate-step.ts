import type { AutomationContext } from '../context.ts';

/** Each step's id is its own: references and the history go by it. */
export function checkDuplicateSteps({ automation, report }: AutomationContext): void {
  const seen = new Set<string>();
  for (const [index, { id }] of automation.value.steps.entries()) {
    if (seen.has(id)) {
      report(
        automation.document.diagnostic('WB2007', ['steps', index, 'id'], `there is already a step \`${id}\``, {
          help: 'give one of them another id',
        }),
      );
    }
    seen.add(id);
  }
}
