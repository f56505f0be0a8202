import type { AutomationContext } from '../context.ts';
import { keyProblem } from '../key-type.ts';
import { firstScope, onlyNames } from '../scope.ts';
import type { Settings } from '../settings.ts';

const PATH = ['concurrency', 'key'];

/** `concurrency.key` gives a text or a number for every run. */
export function checkConcurrencyKey(context: AutomationContext, settings: Settings | undefined): void {
  const { automation, report } = context;
  const text = automation.value.concurrency?.key;
  if (text === undefined) return;
  const scope = onlyNames(firstScope(context, settings), ['trigger', 'account', 'settings']);
  const problem = keyProblem(context, scope, text, PATH);
  if (problem === undefined) return;
  const message = problem.absent
    ? 'this may be absent, and then nobody knows with which runs one is counted'
    : `runs are counted by a text or a number, and this is ${problem.unlike}`;
  const help = problem.absent
    ? 'require the field in the schema of the trigger, or say what counts without it: `… ?? ""`'
    : 'name a field such as an id';
  report(automation.document.diagnostic('WB6033', PATH, message, { help }));
}
