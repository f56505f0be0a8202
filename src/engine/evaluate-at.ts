import type { Json, JsonObject } from '../json/value.ts';
import type { Evaluator } from '../language/evaluate.ts';
import { EvaluationError } from '../language/evaluation-error.ts';
import type { Failure } from '../run/failure.ts';

export type Evaluated = { ok: true; value: Json | undefined } | { ok: false; failure: Failure };

/** Evaluates a template of a step; a value that there is not becomes a failure that names the place. */
export function evaluateAt(evaluate: Evaluator, scope: JsonObject, place: string): Evaluated {
  try {
    return { ok: true, value: evaluate(scope) };
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    const at = error.pointer === '' ? '' : ` \`${error.pointer.slice(1).replaceAll('/', '.')}\``;
    return {
      ok: false,
      failure: {
        class: 'permanent',
        code: 'mapping_failed',
        message: `step ${place}: the mapping${at} has no value: ${error.message} (${error.code})`,
      },
    };
  }
}
