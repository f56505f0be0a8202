import { NAMESPACES } from '../../language/functions/library.ts';
import type { AutomationContext } from '../context.ts';

/** Names that expressions know already. */
const ROOTS = ['trigger', 'steps', 'account', 'settings', 'run', 'error', 'undefined'];

/** The names that a loop gives are its own: no root, no namespace of functions, and not twice the same. */
export function checkLoopNames({ automation, allSteps, report }: AutomationContext): void {
  for (const { step, path } of allSteps) {
    if (step.for_each === undefined) continue;
    const { as = 'item', index } = step;
    for (const [key, name] of Object.entries({ as, index })) {
      if (name === undefined) continue;
      const taken = ROOTS.includes(name) || NAMESPACES.has(name);
      if (!taken && !(key === 'index' && name === as)) continue;
      const message = taken ? `\`${name}\` already means something in expressions` : 'the item has this name already';
      report(automation.document.diagnostic('WB2013', [...path, key], message, { help: 'choose another name' }));
    }
  }
}
