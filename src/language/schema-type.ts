import { isJsonObject, ownProperty, type Json, type JsonObject } from '../json/value.ts';
import { parsePointer } from '../json/pointer.ts';
import { UNKNOWN, unionOf, type NumberType, type StringType, type Type } from './types.ts';

/** References within references beyond this depth say nothing: a schema may refer to itself. */
const MAX_DEPTH = 24;

/**
 * The type of the values that fit a JSON Schema (2020-12). It never says more than the schema proves: what it does not
 * understand is `unknown`.
 */
export function typeFromSchema(schema: JsonObject): Type {
  return convert(schema, schema, 0);
}

/** The type of a constant: exactly this value, where a type can say so. */
export function typeOfConstant(value: Json): Type {
  if (value === null) return { kind: 'null' };
  if (typeof value === 'boolean') return { kind: 'boolean', value };
  if (typeof value === 'number') return { kind: 'number', integer: Number.isInteger(value), values: [value] };
  if (typeof value === 'string') return { kind: 'string', values: [value] };
  if (Array.isArray(value)) {
    return { kind: 'array', items: unionOf(value.map(typeOfConstant)), minItems: value.length, maxItems: value.length };
  }
  if (!isJsonObject(value)) return { kind: 'number', integer: false };
  const properties = Object.entries(value).map(
    ([key, item]) => [key, { type: typeOfConstant(item), required: true }] as const,
  );
  return { kind: 'object', properties: new Map(properties), additional: false };
}

function convert(schema: Json | undefined, root: JsonObject, depth: number): Type {
  if (schema === false) return { kind: 'never' };
  if (!isJsonObject(schema) || depth > MAX_DEPTH) return UNKNOWN;
  const reference = ownProperty(schema, '$ref');
  if (typeof reference === 'string') return convert(resolve(reference, root), root, depth + 1);
  if (Object.hasOwn(schema, 'const')) return typeOfConstant(schema['const'] ?? null);
  const values = ownProperty(schema, 'enum');
  if (Array.isArray(values)) return enumType(values);
  const arms = ownProperty(schema, 'anyOf') ?? ownProperty(schema, 'oneOf');
  if (Array.isArray(arms) && !Object.hasOwn(schema, 'type'))
    return unionOf(arms.map((arm) => convert(arm, root, depth + 1)));
  const all = ownProperty(schema, 'allOf');
  if (Array.isArray(all) && !Object.hasOwn(schema, 'type')) {
    // Each part alone is true of the value; the first that says something is certain, if not all there is to say.
    return all.map((part) => convert(part, root, depth + 1)).find((type) => type.kind !== 'unknown') ?? UNKNOWN;
  }
  return typed(schema, root, depth);
}

function resolve(reference: string, root: JsonObject): Json | undefined {
  if (!reference.startsWith('#')) return undefined;
  let value: Json | undefined = root;
  for (const token of parsePointer(decodeURIComponent(reference.slice(1)))) {
    value = Array.isArray(value) ? value[Number(token)] : isJsonObject(value) ? ownProperty(value, token) : undefined;
  }
  return value;
}

function enumType(values: readonly Json[]): Type {
  const strings = values.filter((value) => typeof value === 'string');
  const numbers = values.filter((value) => typeof value === 'number');
  const others = values.filter((value) => typeof value !== 'string' && typeof value !== 'number').map(typeOfConstant);
  return unionOf([
    ...(strings.length > 0 ? [{ kind: 'string', values: strings } as const] : []),
    ...(numbers.length > 0
      ? [{ kind: 'number', integer: numbers.every(Number.isInteger), values: numbers } as const]
      : []),
    ...others,
  ]);
}

function typed(schema: JsonObject, root: JsonObject, depth: number): Type {
  const declared = ownProperty(schema, 'type');
  const names = Array.isArray(declared) ? declared : declared === undefined ? [] : [declared];
  if (names.length === 0) return UNKNOWN;
  const nullable = ownProperty(schema, 'nullable') === true ? [{ kind: 'null' } as const] : [];
  return unionOf([...names.map((name) => byName(name, schema, root, depth)), ...nullable]);
}

function byName(name: Json, schema: JsonObject, root: JsonObject, depth: number): Type {
  switch (name) {
    case 'null':
      return { kind: 'null' };
    case 'boolean':
      return { kind: 'boolean' };
    case 'integer':
    case 'number':
      return { kind: 'number', integer: name === 'integer', ...numberFacts(schema) };
    case 'string':
      return { kind: 'string', ...stringFacts(schema) };
    case 'array':
      return {
        kind: 'array',
        items: Object.hasOwn(schema, 'prefixItems') ? UNKNOWN : convert(ownProperty(schema, 'items'), root, depth + 1),
        ...numeric(schema, 'minItems'),
        ...numeric(schema, 'maxItems'),
      };
    case 'object':
      return objectType(schema, root, depth);
    default:
      return UNKNOWN;
  }
}

function objectType(schema: JsonObject, root: JsonObject, depth: number): Type {
  const declared = ownProperty(schema, 'properties');
  const required = ownProperty(schema, 'required');
  const names = Array.isArray(required) ? required.filter((name) => typeof name === 'string') : [];
  const properties = new Map(
    Object.entries(isJsonObject(declared) ? declared : {}).map(([name, inner]) => [
      name,
      { type: convert(inner, root, depth + 1), required: names.includes(name) },
    ]),
  );
  for (const name of names) if (!properties.has(name)) properties.set(name, { type: UNKNOWN, required: true });
  const additional = ownProperty(schema, 'additionalProperties');
  const closed = additional === false && !Object.hasOwn(schema, 'patternProperties');
  const inner = Object.hasOwn(schema, 'patternProperties') ? UNKNOWN : convert(additional, root, depth + 1);
  return { kind: 'object', properties, additional: closed ? false : inner };
}

function numberFacts(schema: JsonObject): Omit<NumberType, 'kind' | 'integer'> {
  return {
    ...numeric(schema, 'minimum'),
    ...numeric(schema, 'maximum'),
    ...numeric(schema, 'exclusiveMinimum'),
    ...numeric(schema, 'exclusiveMaximum'),
    ...numeric(schema, 'multipleOf'),
  };
}

function stringFacts(schema: JsonObject): Omit<StringType, 'kind'> {
  const { pattern, format } = schema;
  return {
    ...numeric(schema, 'minLength'),
    ...numeric(schema, 'maxLength'),
    ...(typeof pattern === 'string' ? { pattern } : {}),
    ...(typeof format === 'string' ? { format } : {}),
  };
}

function numeric<Key extends string>(schema: JsonObject, key: Key): { [K in Key]?: number } {
  const value = ownProperty(schema, key);
  return typeof value === 'number' ? ({ [key]: value } as { [K in Key]?: number }) : {};
}
