import type { PointerToken } from '../json/pointer.ts';
import type { TypeScope } from '../language/scope.ts';
import { describeType, membersOf } from '../language/types.ts';
import type { AutomationContext } from './context.ts';
import { readExpression } from './flow/read-expression.ts';

/** Why an expression names nothing: it may be absent, or is `unlike` a text or a number: its type in words. */
export type KeyProblem = { absent: true } | { absent: false; unlike: string };

/** Reads the expression of a key, by which runs or deliveries are told apart; `undefined` where it names something, or is told of. */
export function keyProblem(
  context: AutomationContext,
  scope: TypeScope,
  text: string,
  path: readonly PointerToken[],
): KeyProblem | undefined {
  const type = readExpression(context, scope, text, path);
  if (type === undefined) return undefined;
  const kinds = membersOf(type).map(({ kind }) => kind);
  if (kinds.every((kind) => kind === 'string' || kind === 'number' || kind === 'never')) return undefined;
  return kinds.includes('absent') ? { absent: true } : { absent: false, unlike: describeType(type) };
}
