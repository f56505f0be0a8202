import { ExactNumber, type Json } from '../json/value.ts';
import { EvaluationError } from './evaluation-error.ts';

interface Place {
  start: number;
  end: number;
}

/** The kind of a value, as messages and `expect` name it. */
export function kindOf(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return value instanceof ExactNumber ? 'number' : typeof value;
}

/** The value, where there is one. */
export function present(value: Json | undefined, place: Place): Json {
  if (value === undefined) throw absent(place);
  return value;
}

export function absent(place: Place): EvaluationError {
  return new EvaluationError('absent_value', 'this value is absent', place);
}
