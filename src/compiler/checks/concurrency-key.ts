import { describeType } from '../../language/types.ts';
import type { AutomationContext } from '../context.ts';
import { readExpression } from '../flow/read-expression.ts';
import { whyNoKey } from '../key-type.ts';
import { firstScope, onlyNames } from '../scope.ts';
import type { Settings } from '../settings.ts';

const PATH = ['concurrency', 'key'];

/** `concurrency.key` gives a text or a number for every run. */
export function checkConcurrencyKey(context: AutomationContext, settings: Settings | undefined): void {
  const { automation, report } = context;
  const text = automation.value.concurrency?.key;
  if (text === undefined) return;
  const scope = onlyNames(firstScope(context, settings), ['trigger', 'account', 'settings']);
  const type = readExpression(context, scope, text, PATH);
  if (type === undefined) return;
  const why = whyNoKey(type);
  if (why === undefined) return;
  const absent = why === 'absent';
  const message = absent
    ? 'this may be absent, and then nobody knows with which runs one is counted'
    : `runs are counted by a text or a number, and this is ${describeType(type)}`;
  const help = absent
    ? 'require the field in the schema of the trigger, or say what counts without it: `… ?? ""`'
    : 'name a field such as an id';
  report(automation.document.diagnostic('WB6033', PATH, message, { help }));
}
