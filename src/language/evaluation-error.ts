export type EvaluationErrorCode =
  | 'syntax'
  | 'absent_value'
  | 'not_an_object'
  | 'wrong_operand'
  | 'division_by_zero'
  | 'number_overflow'
  | 'exact_number'
  | 'no_result'
  | 'too_many_steps'
  | 'too_large';

/** An expression that has no value. Names the expression's place; the message holds no data. */
export class EvaluationError extends Error {
  readonly code: EvaluationErrorCode;
  /** JSON Pointer of the string within the template's value. */
  pointer = '';
  /** UTF-16 offsets in that string. */
  readonly start: number;
  readonly end: number;

  constructor(code: EvaluationErrorCode, message: string, place: { start: number; end: number }) {
    super(message);
    this.name = 'EvaluationError';
    this.code = code;
    this.start = place.start;
    this.end = place.end;
  }
}
