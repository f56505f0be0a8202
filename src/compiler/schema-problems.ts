import { RE2JS } from 're2js';
import { validateJsonSchema } from '../generated/validators.js';
import { parsePointer, type PointerToken } from '../json/pointer.ts';
import { compileSchema, type SchemaCheck } from '../json/schema.ts';
import { describeSchemaErrors } from '../json/schema-issue.ts';
import { isJsonObject, ownProperty, type Json, type JsonObject } from '../json/value.ts';
import { isPlainSchema } from './plain-schema.ts';

export interface SchemaProblem {
  /** Within the schema. */
  path: PointerToken[];
  message: string;
}

/** Keywords whose value is a schema, a list of schemas, and an object of schemas. */
const SCHEMA = new Set(
  'not if then else items additionalProperties contains propertyNames unevaluatedItems unevaluatedProperties'.split(
    ' ',
  ),
);
const LIST = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems']);
const NAMED = new Set(['properties', 'patternProperties', '$defs', 'dependentSchemas']);

/** What keeps a JSON Schema (2020-12) from being used: the runner compiles it, and must not find out then. */
export function schemaProblems(schema: JsonObject): SchemaProblem[] {
  // Such a schema holds no reference and no pattern either.
  if (isPlainSchema(schema)) return [];
  if (!validateJsonSchema(schema)) {
    const issues = describeSchemaErrors(validateJsonSchema.errors ?? []);
    const first = issues.filter(({ pointer }, index) => issues.findIndex((one) => one.pointer === pointer) === index);
    return first.map(({ pointer, message }) => {
      return { path: parsePointer(pointer), message: `this is not a JSON Schema: it ${message}` };
    });
  }
  const problems: SchemaProblem[] = [];
  walk(schema, schema, [], problems);
  return problems;
}

/** The check of a schema; `undefined` where it is invalid, which is reported where it stands. */
export function compileOrSkip(schema: JsonObject): SchemaCheck | undefined {
  try {
    return compileSchema(schema);
  } catch {
    return undefined;
  }
}

function walk(schema: Json | undefined, root: JsonObject, path: PointerToken[], problems: SchemaProblem[]): void {
  if (!isJsonObject(schema)) return;
  // The keywords that are there: most schemas have two or three of all that there could be.
  for (const [keyword, value] of Object.entries(schema)) {
    const place = [...path, keyword];
    if (keyword === 'pattern' && typeof value === 'string') checkPattern(value, place, problems);
    else if (keyword === '$ref' && typeof value === 'string') checkReference(value, root, place, problems);
    else if (SCHEMA.has(keyword)) walk(value, root, place, problems);
    else if (LIST.has(keyword) && Array.isArray(value))
      for (const [index, item] of value.entries()) walk(item, root, [...place, index], problems);
    else if (NAMED.has(keyword) && isJsonObject(value)) {
      for (const [name, item] of Object.entries(value)) {
        if (keyword === 'patternProperties') checkPattern(name, [...place, name], problems);
        walk(item, root, [...place, name], problems);
      }
    }
  }
}

function checkReference(reference: string, root: JsonObject, path: PointerToken[], problems: SchemaProblem[]): void {
  if (leadsSomewhere(reference, root)) return;
  const local = reference.startsWith('#');
  const message = local ? 'there is nothing at this reference' : 'a schema can only refer to its own parts, with `#/…`';
  problems.push({ path, message });
}

function checkPattern(pattern: string, path: PointerToken[], problems: SchemaProblem[]): void {
  try {
    RE2JS.compile(RE2JS.translateRegExp(pattern));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    problems.push({ path, message: `this is not a regular expression that ends in linear time (RE2): ${reason}` });
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
