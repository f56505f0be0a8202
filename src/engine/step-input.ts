import type { SchemaCheck } from '../json/schema.ts';
import type { JsonObject } from '../json/value.ts';
import type { Evaluator } from '../language/evaluate.ts';
import type { Outcome } from '../run/failure.ts';
import { evaluateAt } from './evaluate-at.ts';

export interface StepInput {
  input: Evaluator;
  /** The check of the whole input before the call, where a mapping is guarded. */
  guard: SchemaCheck | undefined;
}

/** Evaluates the step's mappings and checks its guard. */
export function inputOf({ input, guard }: StepInput, path: string, scope: JsonObject): Outcome {
  const evaluated = evaluateAt(input, scope, path);
  if (!evaluated.ok) return evaluated;
  const value = evaluated.value ?? {};
  const [issue] = guard?.(value) ?? [];
  if (issue === undefined) return { ok: true, output: value };
  const place = issue.pointer === '' ? 'the input' : `the value for \`${issue.pointer.slice(1).replaceAll('/', '.')}\``;
  return {
    ok: false,
    failure: {
      class: 'permanent',
      code: 'guard_failed',
      message: `step ${path}: ${place} ${issue.message}`,
      help: 'look at what the mapping got from its source',
    },
  };
}
