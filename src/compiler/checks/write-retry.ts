import type { Action } from '../../generated/connector.ts';
import type { AutomationContext, ResolvedActions } from '../context.ts';

/** Who asks for a write to be tried again says what happens where nobody knows whether it took place. */
export function checkWriteRetries({ automation, report }: AutomationContext, actions: ResolvedActions): void {
  for (const [{ step, path }, { action }] of actions) {
    const { retry, if_uncertain: decided } = step;
    if (action.effect !== 'write') {
      if (decided !== undefined) {
        const message = `\`${step.uses}\` does not write, so nothing is uncertain about it`;
        report(automation.document.diagnostic('WB6002', [...path, 'if_uncertain'], message, { help: 'leave it out' }));
      }
    } else if (decided === undefined && !isRepeatable(action) && (retry?.attempts ?? 1) > 1) {
      const message = `\`${step.uses}\` writes: tried again after it was cut in its middle, it may be done twice`;
      const help = 'say what is better then: "if_uncertain": "ask" or "repeat"';
      report(automation.document.diagnostic('WB6001', [...path, 'retry'], message, { help }));
    }
  }
}

/** The account's own storage takes place exactly once; a service that takes a key does the write once for it. */
function isRepeatable({ native, idempotency }: Action): boolean {
  return native !== undefined || idempotency !== undefined;
}
