import { sample } from 'openapi-sampler';
import { compileSchema } from './schema.ts';
import type { SchemaIssue } from './schema-issue.ts';
import type { Json, JsonObject } from './value.ts';

/**
 * A value made from a JSON Schema: its examples and defaults where it has them. `issues` says in what it does not fit:
 * not every `pattern` or condition can be met by a value that is made up.
 */
export function sampleFromSchema(schema: JsonObject): { value: Json; issues: SchemaIssue[] } {
  const value = sample(schema, { quiet: true }, schema) as Json;
  return { value, issues: compileSchema(schema)(value) };
}
