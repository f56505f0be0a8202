import { nearestName } from '../diagnostics/nearest-name.ts';
import type { Expression } from './expression.ts';
import type { Inference } from './infer.ts';
import { disjoint } from './intersect.ts';
import { narrow } from './narrow.ts';
import { freshSteps } from './steps.ts';
import type { TypeScope } from './scope.ts';
import { marked, sensitivityOf, stricter } from './sensitivity.ts';
import { BOOLEAN, STRING, describeType, everyMember, membersOf, unionOf, without, type Type } from './types.ts';

/** Comparison and arithmetic. */
export function inferBinary(
  inference: Inference,
  expression: Extract<Expression, { kind: 'binary' }>,
  scope: TypeScope,
): Type {
  const { operator, left, right } = expression;
  const leftType = inference.infer(left, scope);
  const rightType = inference.infer(right, scope);
  if (operator === '===' || operator === '!==') return inferEquality(inference, expression, leftType, rightType);
  const mark = stricter(sensitivityOf(leftType), sensitivityOf(rightType));
  const texts = isText(leftType) && isText(rightType);
  if (texts && operator === '+') return marked(STRING, mark);
  if (texts && (operator.startsWith('<') || operator.startsWith('>'))) return BOOLEAN;
  const fits = [inference.require(left, leftType, 'number'), inference.require(right, rightType, 'number')];
  if (operator.startsWith('<') || operator.startsWith('>')) return BOOLEAN;
  const integer = fits.every(Boolean) && operator !== '/' && isInteger(leftType) && isInteger(rightType);
  return marked({ kind: 'number', integer }, mark);
}

/** A comparison of values that can never be equal is most likely a slip: a name that the choice does not have. */
function inferEquality(
  inference: Inference,
  place: Extract<Expression, { kind: 'binary' }>,
  left: Type,
  right: Type,
): Type {
  if (left.kind === 'never' || right.kind === 'never' || !disjoint(left, right, freshSteps())) return BOOLEAN;
  const words = `${describeType(left)} and ${describeType(right)} are never equal`;
  const near = nearestValue(left, right) ?? nearestValue(right, left);
  const help = near === undefined ? 'mend the value, or leave the comparison out' : `did you mean '${near}'?`;
  inference.report('always_same', place, words, help);
  return { kind: 'boolean', value: place.operator === '!==' };
}

/** Of the texts that a value can be, the one that the written text is most likely meant to be. */
function nearestValue(choice: Type, written: Type): string | undefined {
  const [only, ...more] = written.kind === 'string' ? (written.values ?? []) : [];
  const values = membersOf(choice).flatMap((member) => (member.kind === 'string' ? (member.values ?? []) : []));
  return only === undefined || more.length > 0 ? undefined : nearestName(only, values);
}

/** `&&` and `||` on booleans; `??` for what is null or absent. */
export function inferLogical(
  inference: Inference,
  expression: Extract<Expression, { kind: 'logical' }>,
  scope: TypeScope,
): Type {
  const left = inference.infer(expression.left, scope);
  // The right side is only looked at where the left one did not decide.
  const decided = expression.operator === '&&';
  const reached = expression.operator === '??' ? scope : narrow(scope, expression.left, decided);
  const right = inference.infer(expression.right, reached);
  if (expression.operator === '??') return unionOf([without(left, 'null', 'absent'), right]);
  if (expression.operator === '||' && isNoCondition(left)) {
    const help = 'for what is absent or null: `… ?? …`';
    inference.report('wrong_operand', expression, '`||` is for true and false', help);
    return BOOLEAN;
  }
  inference.require(expression.left, left, 'boolean');
  inference.require(expression.right, right, 'boolean');
  return BOOLEAN;
}

/** A value that is surely neither true nor false: whoever writes `||` behind it means another value in its place. */
function isNoCondition(type: Type): boolean {
  const there = without(type, 'absent', 'null');
  return there.kind !== 'never' && everyMember(there, ({ kind }) => kind !== 'boolean' && kind !== 'unknown');
}

function isText(type: Type): boolean {
  return everyMember(type, ({ kind }) => kind === 'string');
}

function isInteger(type: Type): boolean {
  return everyMember(type, (member) => member.kind === 'number' && member.integer);
}
