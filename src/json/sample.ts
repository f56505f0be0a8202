import { sample } from 'openapi-sampler';
import { compileSchema } from './schema.ts';
import type { SchemaIssue } from './schema-issue.ts';
import { isJsonObject, type Json, type JsonObject } from './value.ts';

/** What the sampler does not know: the formats of our own. */
const EXAMPLES: { [format: string]: string } = { phone: '+34600123456', currency: 'EUR', decimal: '19.99' };

/**
 * A value made from a JSON Schema: its examples and defaults where it has them. `issues` says in what it does not fit:
 * not every `pattern` or condition can be met by a value that is made up.
 */
export function sampleFromSchema(schema: JsonObject): { value: Json; issues: SchemaIssue[] } {
  const exemplified = withExamples(schema) as JsonObject;
  const value = sample(exemplified, { quiet: true }, exemplified) as Json;
  return { value, issues: compileSchema(schema)(value) };
}

function withExamples(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(withExamples);
  if (!isJsonObject(schema)) return schema;
  const example = typeof schema['format'] === 'string' ? EXAMPLES[schema['format']] : undefined;
  const inner = Object.entries(schema).map(([name, part]): [string, Json] => [name, withExamples(part)]);
  return { ...(example === undefined ? {} : { examples: [example] }), ...Object.fromEntries(inner) };
}
