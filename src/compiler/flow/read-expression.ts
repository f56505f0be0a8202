import type { PointerToken } from '../../json/pointer.ts';
import { inferTemplate } from '../../language/infer.ts';
import { narrow } from '../../language/narrow.ts';
import type { TypeScope } from '../../language/scope.ts';
import { parseTemplate } from '../../language/template.ts';
import { describeType, itemOf, membersOf, unionOf, type Type } from '../../language/types.ts';
import type { Code } from '../../diagnostics/registry.ts';
import type { AutomationContext } from '../context.ts';
import { codeOfProblem } from '../problem-code.ts';

/** A condition, and what is known where it was found true or false. */
export interface Condition {
  when(truth: boolean): TypeScope;
  /** The only value that it can have, where that is certain. */
  always: boolean | undefined;
}

/**
 * The type of a string with expressions, or `undefined` where it holds mistakes; they are reported at their place, which is
 * `path` within `base`.
 */
export function readExpression(
  { automation, report }: AutomationContext,
  scope: TypeScope,
  text: string,
  base: readonly PointerToken[],
  path: readonly PointerToken[] = [],
): Type | undefined {
  const { type, problems } = inferTemplate(text, scope);
  if (problems.length === 0) return type;
  const { document } = automation;
  const place = [...base, ...path];
  for (const { code, message, start, end, help } of problems) {
    const range = document.rangeInString(place, start, end);
    report(document.diagnostic(codeOfProblem(code), place, message, { help, range }));
  }
  return undefined;
}

/** Reads a string that must be one expression which gives true or false. */
export function readCondition(
  context: AutomationContext,
  scope: TypeScope,
  text: string,
  place: readonly PointerToken[],
): Condition {
  const type = readExpression(context, scope, text, place);
  const [expression] = parseTemplate(text).parts;
  if (type === undefined || expression === undefined || typeof expression === 'string')
    return { when: () => scope, always: undefined };
  const kinds = membersOf(type);
  if (!kinds.every(({ kind }) => kind === 'boolean' || kind === 'never')) {
    const absent = kinds.some(({ kind }) => kind === 'absent');
    const help = absent ? 'give a value for that case: `… ?? false`' : 'compare it: `… === …`';
    misfit(
      context,
      place,
      absent ? 'WB3004' : 'WB3003',
      `a condition must be true or false, and this is ${describeType(type)}`,
      help,
    );
  }
  const always = type.kind === 'boolean' ? type.value : undefined;
  return { when: (truth) => narrow(scope, expression, truth), always };
}

/** Reads a string that must be one expression which gives a list. Gives the type of its items, and how many there are at most. */
export function readList(
  context: AutomationContext,
  scope: TypeScope,
  text: string,
  place: readonly PointerToken[],
): { items: Type; maxItems: number | undefined } {
  const type = readExpression(context, scope, text, place);
  const lists = membersOf(type ?? { kind: 'never' });
  const items = lists.flatMap((list) => (list.kind === 'array' ? [itemOf(list)] : []));
  if (items.length < lists.length && type !== undefined && type.kind !== 'never') {
    const absent = lists.some(({ kind }) => kind === 'absent');
    const help = absent ? 'give a value for that case: `… ?? []`' : undefined;
    const code = absent ? 'WB3004' : type.kind === 'unknown' ? 'WB3005' : 'WB3003';
    misfit(context, place, code, `for_each requires a list, and this is ${describeType(type)}`, help);
  }
  const most = lists.map((list) => (list.kind === 'array' ? list.maxItems : undefined));
  const bounded = type !== undefined && most.every((count) => count !== undefined);
  return { items: unionOf(items), maxItems: bounded ? Math.max(0, ...most) : undefined };
}

/** Reads a string that makes a text. Gives its type, where it has no mistakes. */
export function readText(
  context: AutomationContext,
  scope: TypeScope,
  text: string,
  place: readonly PointerToken[],
): Type | undefined {
  const type = readExpression(context, scope, text, place);
  const texts = membersOf(type ?? { kind: 'never' });
  if (texts.every(({ kind }) => kind === 'string' || kind === 'number' || kind === 'boolean' || kind === 'never'))
    return type;
  const code = texts.some(({ kind }) => kind === 'absent') ? 'WB3004' : 'WB3003';
  misfit(context, place, code, `a text is required, and this is ${describeType(type ?? { kind: 'never' })}`);
  return undefined;
}

function misfit(
  { automation, report }: AutomationContext,
  place: readonly PointerToken[],
  code: Code,
  message: string,
  help?: string,
): void {
  report(automation.document.diagnostic(code, place, message, { help }));
}
