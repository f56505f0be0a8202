import type { Code } from '../diagnostics/registry.ts';
import type { ProblemCode } from '../language/problem.ts';

const CODES: Readonly<Record<ProblemCode, Code>> = {
  syntax: 'WB1008',
  not_allowed: 'WB1008',
  unknown_root: 'WB2005',
  unknown_step: 'WB2003',
  later_step: 'WB2004',
  hidden_step: 'WB2009',
  unknown_field: 'WB2006',
  unknown_function: 'WB2008',
  maybe_absent: 'WB3004',
  wrong_operand: 'WB3006',
  always_same: 'WB3007',
};

/** The diagnostic code of a mistake in an expression. */
export function codeOfProblem(code: ProblemCode): Code {
  return CODES[code];
}
