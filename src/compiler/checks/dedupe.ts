import type { AccountContext, AutomationContext } from '../context.ts';
import { reportInAccount } from '../report-in-account.ts';
import { keyProblem } from '../key-type.ts';
import { firstScope, onlyNames } from '../scope.ts';
import type { ResolvedVerify } from './webhook-verify.ts';

const PATH = ['trigger', 'webhook', 'dedupe'];

/** `dedupe` gives a text or a number for every delivery. */
export function checkDedupe(context: AutomationContext): void {
  const { automation, report } = context;
  const text = automation.value.trigger.webhook?.dedupe;
  if (text === undefined) return;
  const scope = onlyNames(firstScope(context, undefined), ['trigger']);
  const problem = keyProblem(context, scope, text, PATH);
  if (problem === undefined) return;
  const message = problem.absent
    ? 'this may be absent, and then nobody knows whether the delivery is a repeat'
    : `a delivery is known by a text or a number, and this is ${problem.unlike}`;
  const help = problem.absent ? 'require the field in the schema of the trigger' : 'name a field such as an id';
  report(automation.document.diagnostic('WB6012', PATH, message, { help }));
}

/** Who is sent the same twice and writes must know the repeat. */
export function checkRepeats(context: AccountContext, { scheme }: ResolvedVerify): void {
  const { automation, actions } = context.checked;
  if (scheme.redelivers === false || scheme.delivery_id !== undefined) return;
  if (automation.value.trigger.webhook?.dedupe !== undefined) return;
  const write = [...actions].find(([, { action }]) => action.effect === 'write');
  if (write === undefined) return;
  const [{ step }] = write;
  const message = `the sender (${scheme.title}) sends again what it thinks was lost, and \`${step.id}\` would then write twice`;
  const help = 'add "dedupe": "${{ trigger.body.… }}", a field that names the event';
  reportInAccount(context, 'WB6011', ['trigger', 'webhook'], { message, help });
}
