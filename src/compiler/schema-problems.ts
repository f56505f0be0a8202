import { RE2JS } from 're2js';
import { validateJsonSchema } from '../generated/validators.js';
import { parsePointer, type PointerToken } from '../json/pointer.ts';
import { describeSchemaErrors } from '../json/schema-issue.ts';
import { isJsonObject, ownProperty, type Json, type JsonObject } from '../json/value.ts';

export interface SchemaProblem {
  /** Within the schema. */
  path: PointerToken[];
  message: string;
}

/** Keywords whose value is a schema, a list of schemas, and an object of schemas. */
const SCHEMA =
  'not if then else items additionalProperties contains propertyNames unevaluatedItems unevaluatedProperties'.split(
    ' ',
  );
const LIST = ['allOf', 'anyOf', 'oneOf', 'prefixItems'];
const NAMED = ['properties', 'patternProperties', '$defs', 'dependentSchemas'];

/** What keeps a JSON Schema (2020-12) from being used: the runner compiles it, and must not find out then. */
export function schemaProblems(schema: JsonObject): SchemaProblem[] {
  if (!validateJsonSchema(schema)) {
    const issues = describeSchemaErrors(validateJsonSchema.errors ?? []);
    const first = issues.filter(({ pointer }, index) => issues.findIndex((one) => one.pointer === pointer) === index);
    return first.map(({ pointer, message }) => {
      return { path: parsePointer(pointer), message: `this is not a JSON Schema: it ${message}` };
    });
  }
  return [...walk(schema, schema, [])];
}

function* walk(schema: Json, root: JsonObject, path: PointerToken[]): Generator<SchemaProblem> {
  if (!isJsonObject(schema)) return;
  yield* ownProblems(schema, root, path);
  for (const keyword of SCHEMA) yield* walk(ownProperty(schema, keyword) ?? null, root, [...path, keyword]);
  for (const keyword of LIST) {
    const list = ownProperty(schema, keyword);
    if (Array.isArray(list))
      for (const [index, item] of list.entries()) yield* walk(item, root, [...path, keyword, index]);
  }
  for (const keyword of NAMED) {
    const named = ownProperty(schema, keyword);
    if (!isJsonObject(named)) continue;
    for (const [name, item] of Object.entries(named)) yield* walk(item, root, [...path, keyword, name]);
  }
}

function* ownProblems(schema: JsonObject, root: JsonObject, path: PointerToken[]): Generator<SchemaProblem> {
  const { pattern, patternProperties, $ref: reference } = schema;
  if (typeof pattern === 'string') yield* badPattern(pattern, [...path, 'pattern']);
  for (const name of Object.keys(isJsonObject(patternProperties) ? patternProperties : {}))
    yield* badPattern(name, [...path, 'patternProperties', name]);
  if (typeof reference !== 'string' || leadsSomewhere(reference, root)) return;
  const local = reference.startsWith('#');
  const message = local ? 'there is nothing at this reference' : 'a schema can only refer to its own parts, with `#/…`';
  yield { path: [...path, '$ref'], message };
}

function* badPattern(pattern: string, path: PointerToken[]): Generator<SchemaProblem> {
  try {
    RE2JS.compile(RE2JS.translateRegExp(pattern));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    yield { path, message: `this is not a regular expression that ends in linear time (RE2): ${reason}` };
  }
}

function leadsSomewhere(reference: string, root: JsonObject): boolean {
  if (reference === '#') return true;
  if (!reference.startsWith('#/')) return false;
  let value: Json | undefined = root;
  for (const token of parsePointer(decode(reference.slice(1))))
    value = Array.isArray(value) ? value[Number(token)] : isJsonObject(value) ? ownProperty(value, token) : undefined;
  return isJsonObject(value) || typeof value === 'boolean';
}

function decode(fragment: string): string {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}
