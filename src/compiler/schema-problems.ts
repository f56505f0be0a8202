import { RE2JS } from 're2js';
import { validateJsonSchema } from '../generated/validators.js';
import { locate, parsePointer, type PointerToken } from '../json/pointer.ts';
import { compileSchema, type SchemaCheck } from '../json/schema.ts';
import { describeSchemaErrors } from '../json/schema-issue.ts';
import { pointerOf, referenced } from '../json/schema-reference.ts';
import { isJsonObject, ownProperty, type Json, type JsonObject } from '../json/value.ts';
import { isPlainSchema } from './plain-schema.ts';

export interface SchemaProblem {
  /** Within the schema. */
  path: PointerToken[];
  message: string;
}

/** What keeps a JSON Schema (2020-12) from being used: the runner compiles it, and must not find out then. */
export function schemaProblems(schema: JsonObject): SchemaProblem[] {
  // Such a schema holds no reference and no pattern either.
  return isPlainSchema(schema) ? [] : new SchemaReader(schema).read();
}

/** The check of a schema; `undefined` where it is invalid, which is reported where it stands. */
export function compileOrSkip(schema: JsonObject): SchemaCheck | undefined {
  try {
    return compileSchema(schema);
  } catch {
    return undefined;
  }
}

/** Keywords whose value is a schema, a list of schemas, and an object of schemas. */
const SCHEMA = new Set(
  'not if then else items additionalProperties contains propertyNames unevaluatedItems unevaluatedProperties'.split(
    ' ',
  ),
);
const LIST = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems']);
const NAMED = new Set('properties patternProperties $defs definitions dependentSchemas dependencies'.split(' '));
/** Those that look at the same value again, and not at a part of it: with what schemas. */
const IN_PLACE = new Map<string, (value: Json) => Json[]>([
  ...['$ref', 'not', 'if', 'then', 'else'].map((keyword) => [keyword, (value: Json) => [value]] as const),
  ...['allOf', 'anyOf', 'oneOf'].map(
    (keyword) => [keyword, (value: Json) => (Array.isArray(value) ? value : [])] as const,
  ),
  ...['dependentSchemas', 'dependencies'].map(
    (keyword) => [keyword, (value: Json) => (isJsonObject(value) ? Object.values(value) : [])] as const,
  ),
]);

/** References and choices of one schema; those of services have some hundreds. */
const MANY = 500;
const ENDLESS = 'this leads back to the same schema, so that no value could ever be checked';
const BY_PLACE = 'a schema names its parts by their place: write `$ref` with `#/…`';
const NOT_PART = new Map([
  ['$anchor', BY_PLACE],
  ['$dynamicAnchor', BY_PLACE],
  ['$dynamicRef', BY_PLACE],
  ['$recursiveRef', BY_PLACE],
  ['$async', '`$async` is not part of JSON Schema'],
]);

class SchemaReader {
  private readonly root: JsonObject;
  private readonly problems: SchemaProblem[] = [];
  /** Every schema that was looked at, with its place. */
  private readonly places = new Map<JsonObject, PointerToken[]>();
  private readonly references = new Set<string>();
  /** Of the lists of choices and parts. */
  private longest = 0;

  constructor(root: JsonObject) {
    this.root = root;
  }

  read(): SchemaProblem[] {
    this.readWhole(this.root, []);
    // What is referred to may stand where no keyword has schemas.
    for (const reference of this.references) {
      const target = referenced(this.root, reference);
      if (isJsonObject(target)) this.readWhole(target, locate(this.root, pointerOf(reference) ?? ''));
    }
    this.checkLoops();
    if (this.problems.length === 0 && (this.references.size > MANY || this.longest > MANY)) this.checkSize();
    return this.problems;
  }

  /** Looks at a schema and all within it, if that was not done yet. */
  private readWhole(schema: JsonObject, path: PointerToken[]): void {
    if (this.places.has(schema)) return;
    if (validateJsonSchema(schema)) return this.walk(schema, path);
    this.places.set(schema, path);
    const issues = describeSchemaErrors(validateJsonSchema.errors ?? []);
    const first = issues.filter(({ pointer }, index) => issues.findIndex((one) => one.pointer === pointer) === index);
    for (const { pointer, message } of first)
      this.report([...path, ...parsePointer(pointer)], `this is not a JSON Schema: it ${message}`);
  }

  private walk(schema: Json | undefined, path: PointerToken[]): void {
    if (!isJsonObject(schema) || this.places.has(schema)) return;
    this.places.set(schema, path);
    // The keywords that are there: most schemas have two or three of all that there could be.
    for (const [keyword, value] of Object.entries(schema)) {
      const place = [...path, keyword];
      if (SCHEMA.has(keyword)) this.walk(value, place);
      else if (LIST.has(keyword) && Array.isArray(value)) this.walkList(value, place);
      else if (NAMED.has(keyword) && isJsonObject(value)) this.walkNamed(keyword, value, place);
      else this.checkKeyword(keyword, value, schema, place);
    }
  }

  private walkList(schemas: readonly Json[], path: PointerToken[]): void {
    this.longest = Math.max(this.longest, schemas.length);
    for (const [index, schema] of schemas.entries()) this.walk(schema, [...path, index]);
  }

  private walkNamed(keyword: string, schemas: JsonObject, path: PointerToken[]): void {
    for (const [name, schema] of Object.entries(schemas)) {
      if (keyword === 'patternProperties') this.checkPattern(name, [...path, name]);
      if (keyword === 'properties' && name === '__proto__')
        this.report([...path, name], '`__proto__` cannot be described: validators pass over it');
      this.walk(schema, [...path, name]);
    }
  }

  private checkKeyword(keyword: string, value: Json, schema: JsonObject, path: PointerToken[]): void {
    const refused = NOT_PART.get(keyword);
    if (refused !== undefined) this.report(path, refused);
    else if (keyword === 'pattern' && typeof value === 'string') this.checkPattern(value, path);
    else if (keyword === '$ref' && typeof value === 'string') this.checkReference(value, path);
    else if (keyword === '$id' && schema !== this.root) this.report(path, 'only the whole schema can have an `$id`');
    else if (keyword === 'enum' && Array.isArray(value) && value.length === 0)
      this.report(path, 'there must be at least one value');
    else if (keyword === 'nullable') this.checkNullable(value, ownProperty(schema, 'type'), path);
  }

  private checkReference(reference: string, path: PointerToken[]): void {
    const target = referenced(this.root, reference);
    if (isJsonObject(target) || typeof target === 'boolean') this.references.add(reference);
    else if (!reference.startsWith('#')) this.report(path, 'a schema can only refer to its own parts, with `#/…`');
    else if (/^#[^/]/.test(reference)) this.report(path, BY_PLACE);
    else this.report(path, 'there is nothing at this reference');
  }

  /** `nullable` is of OpenAPI 3.0: null is allowed beside the types. */
  private checkNullable(value: Json, type: Json | undefined, path: PointerToken[]): void {
    const nulls = Array.isArray(type) ? type.includes('null') : type === 'null';
    if (typeof value !== 'boolean') this.report(path, 'it must be a boolean');
    else if (type === undefined)
      this.report(
        path,
        '`nullable` says nothing without `type`: write `anyOf`, with `{ "type": "null" }` as one choice',
      );
    else if (nulls && !value) this.report(path, 'the `type` lets null through');
  }

  private checkPattern(pattern: string, path: PointerToken[]): void {
    try {
      RE2JS.compile(RE2JS.translateRegExp(pattern));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.report(path, `this is not a regular expression that ends in linear time (RE2): ${reason}`);
    }
  }

  /** A reference that comes back to its own schema without a step into the value would be followed for ever. */
  private checkLoops(): void {
    const done = new Set<JsonObject>();
    const within = new Set<JsonObject>();
    const visit = (schema: JsonObject): void => {
      done.add(schema);
      within.add(schema);
      for (const [keyword, next] of this.sameValue(schema)) {
        const place = [...(this.places.get(schema) ?? []), keyword];
        if (within.has(next)) this.report(place, ENDLESS);
        else if (within.size > MANY) this.report(place, 'too many references lead on from one to the next');
        else if (!done.has(next)) visit(next);
      }
      within.delete(schema);
    };
    for (const schema of this.places.keys()) if (!done.has(schema)) visit(schema);
  }

  /** The schemas that the same value must fit because it must fit this one, each with the keyword that says so. */
  private *sameValue(schema: JsonObject): Generator<[string, JsonObject]> {
    for (const [keyword, value] of Object.entries(schema)) {
      const target = keyword === '$ref' && typeof value === 'string' ? referenced(this.root, value) : value;
      const next = IN_PLACE.get(keyword)?.(target ?? null) ?? [];
      for (const one of next) if (isJsonObject(one)) yield [keyword, one];
    }
  }

  /** The validator compiles what lies within one another by recursion. */
  private checkSize(): void {
    try {
      compileSchema(this.root);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.report([], 'the schema is too large to be compiled: too many schemas lie within or beside one another');
    }
  }

  private report(path: PointerToken[], message: string): void {
    this.problems.push({ path, message });
  }
}
