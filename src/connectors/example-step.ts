import { sampleFromSchema } from '../json/sample.ts';
import { isJsonObject, type Json, type JsonObject } from '../json/value.ts';

/** A step to begin with. */
export interface ExampleStep {
  id: string;
  uses: string;
  with: JsonObject;
}

/** A step with all that the action needs: values where the schema knows good ones, otherwise what a webhook could bring. */
export function exampleStep(uses: string, action: string, input: JsonObject): ExampleStep {
  return { id: action, uses, with: exampleInput(input, (name) => `\${{ trigger.body.${name} }}`) };
}

/** An input with all that is needed; what no good value is known of is given by `otherwise`, or made up. */
export function exampleInput(input: JsonObject, otherwise?: (name: string) => Json): JsonObject {
  const fields = isJsonObject(input['properties']) ? input['properties'] : {};
  const values = neededFields(input, Object.keys(fields)).map((name): [string, Json] => {
    const field = fields[name];
    const { value, known } = exampleValue(isJsonObject(field) ? field : {});
    return [name, known || otherwise === undefined ? value : otherwise(name)];
  });
  return Object.fromEntries(values);
}

/** The required fields, those of the first of several choices, and as many as there must be. */
function neededFields({ required, anyOf, minProperties }: JsonObject, all: readonly string[]): string[] {
  const [choice] = Array.isArray(anyOf) ? anyOf : [];
  const chosen = isJsonObject(choice) ? choice['required'] : undefined;
  const named = new Set([required, chosen].flatMap((names) => (Array.isArray(names) ? names : [])));
  const least = typeof minProperties === 'number' ? minProperties : 0;
  for (const name of all) if (named.size < least) named.add(name);
  return all.filter((name) => named.has(name));
}

/** Keywords by which a schema says what a text may be. */
const TELLING = ['enum', 'const', 'default', 'examples', 'example', 'format'];

/** `known`: it fits, and is not just any text. */
function exampleValue(field: JsonObject): { value: Json; known: boolean } {
  const { value, issues } = sampleFromSchema(field);
  const telling = typeof value !== 'string' || TELLING.some((keyword) => Object.hasOwn(field, keyword));
  return { value, known: issues.length === 0 && telling };
}
