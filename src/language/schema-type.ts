import { isJsonObject, ownProperty, type Json, type JsonObject } from '../json/value.ts';
import { referenced } from '../json/schema-reference.ts';
import { disjoint, intersect } from './intersect.ts';
import { marked } from './sensitivity.ts';
import { freshSteps } from './steps.ts';
import {
  UNKNOWN,
  opened,
  unionOf,
  type ArrayType,
  type NumberType,
  type ObjectType,
  type Property,
  type StringType,
  type Type,
} from './types.ts';

/** How often a schema may stand within itself before nothing more is said of what lies deeper. */
const MAX_RECURSION = 3;
/** References that may lead from one to the next before nothing more is said of what lies deeper. */
const MAX_REFERENCES = 100;
/** Schemas looked at for one type; a schema whose references multiply ends here. */
const MAX_SCHEMAS = 20_000;
/** Keywords that demand what a type cannot say. */
const UNSAID = [
  'not',
  'if',
  'dependentRequired',
  'dependentSchemas',
  'dependencies',
  'propertyNames',
  'minProperties',
  'maxProperties',
  'unevaluatedProperties',
  'unevaluatedItems',
  'uniqueItems',
  'contains',
];

const known = new WeakMap<JsonObject, Type>();

/**
 * The type of the values that fit a JSON Schema (2020-12). Every value that fits is of the type; where the schema demands
 * more than the type says, the type is open.
 */
export function typeFromSchema(schema: JsonObject): Type {
  let type = known.get(schema);
  if (type === undefined) {
    type = new Conversion(schema).convert(schema, []);
    known.set(schema, type);
  }
  return type;
}

/** The type of a constant: exactly this value, where a type can say so. */
export function typeOfConstant(value: Json): Type {
  if (value === null) return { kind: 'null' };
  if (typeof value === 'boolean') return { kind: 'boolean', value };
  if (typeof value === 'number') return { kind: 'number', integer: Number.isInteger(value), values: [value] };
  if (typeof value === 'string') return { kind: 'string', values: [value] };
  if (Array.isArray(value)) {
    const bounds = { minItems: value.length, maxItems: value.length };
    return { kind: 'array', prefix: value.map(typeOfConstant), items: { kind: 'never' }, ...bounds };
  }
  if (!isJsonObject(value)) return { kind: 'number', integer: false, open: true };
  const properties = Object.entries(value).map(
    ([key, item]) => [key, { type: typeOfConstant(item), required: true }] as const,
  );
  return { kind: 'object', properties: new Map(properties), additional: false };
}

/** One schema with what its references name. */
class Conversion {
  private readonly root: JsonObject;
  private readonly steps = freshSteps();
  private schemas = 0;

  constructor(root: JsonObject) {
    this.root = root;
  }

  /** `within`: the references that led here. */
  convert(schema: Json | undefined, within: readonly string[]): Type {
    if (schema === false) return { kind: 'never' };
    if (!isJsonObject(schema)) return UNKNOWN;
    if (++this.schemas > MAX_SCHEMAS) return { kind: 'unknown', open: true };
    const type = this.parts(schema, within).reduce((all, part) => intersect(all, part, this.steps), UNKNOWN);
    const said =
      UNSAID.some((keyword) => Object.hasOwn(schema, keyword)) && type.kind !== 'never' ? opened(type) : type;
    const mark = schema['x-sensitive'];
    return mark === 'personal' || mark === 'secret' ? marked(said, mark) : said;
  }

  /** What the schema demands, each part by itself: a value must fit them all. */
  private parts(schema: JsonObject, within: readonly string[]): Type[] {
    const parts: Type[] = [this.typed(schema, within)];
    const reference = ownProperty(schema, '$ref');
    if (typeof reference === 'string') parts.push(this.referred(reference, within));
    if (Object.hasOwn(schema, 'const')) parts.push(typeOfConstant(schema['const'] ?? null));
    const { enum: values, allOf, anyOf, oneOf } = schema;
    if (Array.isArray(values)) parts.push(enumType(values));
    if (Array.isArray(allOf)) parts.push(...allOf.map((part) => this.convert(part, within)));
    if (Array.isArray(anyOf)) parts.push(unionOf(anyOf.map((arm) => this.convert(arm, within))));
    if (Array.isArray(oneOf)) parts.push(this.exclusive(oneOf.map((arm) => this.convert(arm, within))));
    return parts;
  }

  /** Exactly one arm must fit: more than any, unless no value fits two of them. */
  private exclusive(arms: readonly Type[]): Type {
    const apart = arms.every((arm, index) => arms.slice(index + 1).every((other) => disjoint(arm, other, this.steps)));
    return apart ? unionOf(arms) : unionOf(arms.map(opened));
  }

  private referred(reference: string, within: readonly string[]): Type {
    const deep = within.length >= MAX_REFERENCES;
    if (deep || within.filter((one) => one === reference).length >= MAX_RECURSION)
      return { kind: 'unknown', open: true };
    const target = referenced(this.root, reference);
    if (target === undefined) return { kind: 'unknown', open: true };
    return this.convert(target, [...within, reference]);
  }

  private typed(schema: JsonObject, within: readonly string[]): Type {
    const declared = ownProperty(schema, 'type');
    const names = Array.isArray(declared) ? declared : declared === undefined ? [] : [declared];
    if (names.length === 0) return this.untyped(schema);
    const nullable = ownProperty(schema, 'nullable') === true ? [{ kind: 'null' } as const] : [];
    return unionOf([...names.map((name) => this.byName(name, schema, within)), ...nullable]);
  }

  /** Without `type`, the keywords of a type demand something of that type's values alone. */
  private untyped(schema: JsonObject): Type {
    return TYPED.some((keyword) => Object.hasOwn(schema, keyword)) ? { kind: 'unknown', open: true } : UNKNOWN;
  }

  private byName(name: Json, schema: JsonObject, within: readonly string[]): Type {
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
        return this.array(schema, within);
      case 'object':
        return this.object(schema, within);
      default:
        return { kind: 'unknown', open: true };
    }
  }

  private array(schema: JsonObject, within: readonly string[]): ArrayType {
    const { prefixItems } = schema;
    const prefix = Array.isArray(prefixItems) ? prefixItems.map((item) => this.convert(item, within)) : [];
    return {
      kind: 'array',
      ...(prefix.length === 0 ? {} : { prefix }),
      items: this.convert(ownProperty(schema, 'items'), within),
      ...numeric(schema, 'minItems'),
      ...numeric(schema, 'maxItems'),
    };
  }

  private object(schema: JsonObject, within: readonly string[]): ObjectType {
    const { properties: declared, required, patternProperties, additionalProperties } = schema;
    const names = Array.isArray(required) ? required.filter((name) => typeof name === 'string') : [];
    const additional = additionalProperties === false ? false : this.convert(additionalProperties, within);
    const properties = new Map<string, Property>(
      Object.entries(isJsonObject(declared) ? declared : {}).map(([name, inner]) => [
        name,
        { type: this.convert(inner, within), required: names.includes(name) },
      ]),
    );
    const type: ObjectType = { kind: 'object', properties, additional };
    if (isJsonObject(patternProperties)) {
      const patterned = Object.values(patternProperties).map((inner) => this.convert(inner, within));
      type.additional = unionOf([...patterned, ...(additional === false ? [] : [additional])]);
      type.open = true;
    }
    for (const name of names) {
      if (!properties.has(name)) properties.set(name, { type: type.additional || { kind: 'never' }, required: true });
    }
    return type;
  }
}

const TYPED =
  'properties required additionalProperties patternProperties items prefixItems minItems maxItems minLength maxLength pattern format minimum maximum exclusiveMinimum exclusiveMaximum multipleOf'.split(
    ' ',
  );

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
