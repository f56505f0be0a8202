import type { Json, JsonObject } from '../json/value.ts';
import { EvaluationError } from './evaluation-error.ts';

interface Place {
  start: number;
  end: number;
}

/** What one evaluation may use: it always ends, and its result has a bounded size. */
const MAX_STEPS = 100_000;
/** Characters of text and items of lists, together, that an evaluation may make. */
const MAX_SIZE = 8 * 1024 * 1024;

/** One evaluation: the values that it can see, and what it has used. */
export class Frame {
  readonly roots: JsonObject;
  /** Parameters of functions, by their place at compile time. */
  readonly locals: Json[] = [];
  private steps = 0;
  private size = 0;

  constructor(roots: JsonObject) {
    this.roots = roots;
  }

  step(place: Place, count: number): void {
    this.steps += count;
    if (this.steps > MAX_STEPS)
      throw new EvaluationError('too_many_steps', `this takes more than ${MAX_STEPS} steps`, place);
  }

  /** Charges for a text or list that was made; gives it back. */
  made<Value extends Json>(value: Value, size: number, place: Place): Value {
    this.size += size;
    if (this.size > MAX_SIZE)
      throw new EvaluationError('too_large', `this makes more than ${MAX_SIZE} characters`, place);
    return value;
  }
}
