import type { AutomationContext } from '../context.ts';
import { DEFAULT_DEADLINE, milliseconds } from '../../plan/duration.ts';

/** A sender who waits for the end of the run can be answered in time. `least`: milliseconds that a run waits until it succeeds. */
export function checkAnswerDeadline({ automation, report }: AutomationContext, least: number): void {
  const { webhook } = automation.value.trigger;
  if (webhook?.respond !== 'finished') return;
  const { deadline = DEFAULT_DEADLINE } = webhook;
  if (least <= milliseconds(deadline)) return;
  const message =
    least === Infinity
      ? 'no run succeeds, so there is nothing to answer with'
      : `a run that succeeds waits ${least / 1000} s at least, and the sender is answered after ${deadline} at the latest`;
  const help = 'answer with "respond": "accepted", or give a longer `deadline`';
  report(automation.document.diagnostic('WB6003', ['trigger', 'webhook', 'respond'], message, { help }));
}
