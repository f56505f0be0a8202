import { ExactNumber, type Json } from '../json/value.ts';
import type { BinaryOperator } from './expression.ts';
import { EvaluationError } from './evaluation-error.ts';

interface Place {
  start: number;
  end: number;
}

type Operate = (left: Json | undefined, right: Json | undefined, place: Place) => Json;

/** Comparison and arithmetic at run time. What has no finite number or no order is an error, never NaN. */
export const OPERATORS: Readonly<Record<BinaryOperator, Operate>> = {
  '===': (left, right) => same(left, right),
  '!==': (left, right) => !same(left, right),
  '<': (left, right, place) => order(left, right, place) < 0,
  '<=': (left, right, place) => order(left, right, place) <= 0,
  '>': (left, right, place) => order(left, right, place) > 0,
  '>=': (left, right, place) => order(left, right, place) >= 0,
  '+': (left, right, place) =>
    typeof left === 'string' && typeof right === 'string'
      ? left + right
      : finite(toNumber(left, place) + toNumber(right, place), place),
  '-': (left, right, place) => finite(toNumber(left, place) - toNumber(right, place), place),
  '*': (left, right, place) => finite(toNumber(left, place) * toNumber(right, place), place),
  '/': (left, right, place) => finite(toNumber(left, place) / divisor(right, place), place),
  '%': (left, right, place) => finite(toNumber(left, place) % divisor(right, place), place),
};

/** The value as a number that can be reckoned with. */
export function toNumber(value: Json | undefined, place: Place): number {
  if (typeof value === 'number') return value;
  if (value instanceof ExactNumber) {
    throw new EvaluationError('exact_number', 'a double cannot hold this number, so it cannot be reckoned with', place);
  }
  throw new EvaluationError('wrong_operand', 'a number is required here', place);
}

function divisor(value: Json | undefined, place: Place): number {
  const number = toNumber(value, place);
  if (number === 0) throw new EvaluationError('division_by_zero', 'the divisor is zero', place);
  return number;
}

function finite(value: number, place: Place): number {
  if (!Number.isFinite(value))
    throw new EvaluationError('number_overflow', 'the result is too large for a number', place);
  return value;
}

/** Equality of texts, numbers, booleans and null; lists and objects are never equal, as in JavaScript for two values. */
function same(left: Json | undefined, right: Json | undefined): boolean {
  if (left instanceof ExactNumber) return right instanceof ExactNumber && left.text === right.text;
  if (typeof left === 'object' && left !== null) return false;
  return left === right;
}

function order(left: Json | undefined, right: Json | undefined, place: Place): number {
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : left > right ? 1 : 0;
  return toNumber(left, place) - toNumber(right, place);
}
