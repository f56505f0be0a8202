import type { Choices } from '../generated/connector.ts';
import type { Json, JsonObject } from '../json/value.ts';
import { compileTemplate } from '../language/evaluate.ts';

/** A value that a field can have, and what a person knows it by. */
export interface Choice {
  value: Json;
  label: string;
}

/** The input of the action that lists the choices, from what is known of the other fields. Throws `EvaluationError`. */
export function choicesInput({ with: given = {} }: Choices, input: JsonObject): Json {
  return compileTemplate(given)({ input }) ?? {};
}

/** The choices that an output holds. Throws `EvaluationError`, or `TypeError` where it is not as the connector says. */
export function readChoices({ items, value, label }: Choices, output: Json): Choice[] {
  const list = compileTemplate(items)({ output });
  if (!Array.isArray(list)) throw new TypeError('the action gave no list of choices');
  const [valueOf, labelOf] = [compileTemplate(value), compileTemplate(label)];
  return list.map((item) => {
    const text = labelOf({ item });
    return { value: valueOf({ item }) ?? null, label: typeof text === 'string' ? text : JSON.stringify(text ?? null) };
  });
}
