/** What kind of mistake an expression holds; the compiler gives each its diagnostic code. */
export type ProblemCode =
  | 'syntax'
  | 'not_allowed'
  | 'unknown_root'
  | 'unknown_step'
  | 'later_step'
  | 'hidden_step'
  | 'unknown_field'
  | 'maybe_absent'
  | 'wrong_operand'
  | 'always_same'
  | 'unknown_function';

/** A mistake in an expression; `start` and `end` are UTF-16 offsets in the string that holds it. */
export interface Problem {
  code: ProblemCode;
  message: string;
  start: number;
  end: number;
  help?: string;
}
