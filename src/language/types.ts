/** What is known of a value before a run. A type describes a set of JSON values; `absent` stands for no value at all. */
export type Type =
  | { kind: 'never' }
  | { kind: 'unknown' }
  | { kind: 'absent' }
  | { kind: 'null' }
  | { kind: 'boolean'; value?: boolean }
  | NumberType
  | StringType
  | ArrayType
  | ObjectType
  | { kind: 'union'; members: Type[] };

export interface NumberType {
  kind: 'number';
  integer: boolean;
  /** The only values. */
  values?: number[];
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  multipleOf?: number;
}

export interface StringType {
  kind: 'string';
  /** The only values. */
  values?: string[];
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  format?: string;
}

export interface ArrayType {
  kind: 'array';
  items: Type;
  minItems?: number;
  maxItems?: number;
}

export interface ObjectType {
  kind: 'object';
  properties: Map<string, Property>;
  /** The type of properties that are not named; `false`: there are none. */
  additional: Type | false;
}

export interface Property {
  type: Type;
  required: boolean;
}

export const UNKNOWN: Type = { kind: 'unknown' };
export const ABSENT: Type = { kind: 'absent' };
export const BOOLEAN: Type = { kind: 'boolean' };
export const NUMBER: Type = { kind: 'number', integer: false };
export const STRING: Type = { kind: 'string' };

/** The union of types, flat and without repeats; of one type, that type; of none, `never`. */
export function unionOf(types: readonly Type[]): Type {
  const members = new Map<string, Type>();
  for (const type of types.flatMap((each) => (each.kind === 'union' ? each.members : [each]))) {
    if (type.kind !== 'never') members.set(identity(type), type);
  }
  const distinct = [...members.values()];
  const [first] = distinct;
  if (first === undefined) return { kind: 'never' };
  return distinct.length === 1 ? first : { kind: 'union', members: distinct };
}

/** The alternatives of a type: the members of a union, otherwise the type alone. */
export function membersOf(type: Type): readonly Type[] {
  return type.kind === 'union' ? type.members : [type];
}

/** The type without those alternatives, such as `absent`. */
export function without(type: Type, ...kinds: Type['kind'][]): Type {
  return unionOf(membersOf(type).filter((member) => !kinds.includes(member.kind)));
}

export function mayBe(type: Type, kind: Type['kind']): boolean {
  return membersOf(type).some((member) => member.kind === kind);
}

/** Says the type in words, as plans and findings show it. */
export function describeType(type: Type): string {
  switch (type.kind) {
    case 'boolean':
      return type.value === undefined ? 'boolean' : String(type.value);
    case 'number':
      return type.values?.join(' | ') ?? (type.integer ? 'integer' : 'number');
    case 'string':
      return (
        type.values?.map((value) => JSON.stringify(value)).join(' | ') ??
        (type.format === undefined ? 'string' : `string (${type.format})`)
      );
    case 'array':
      return `array of ${type.items.kind === 'union' ? `(${describeType(type.items)})` : describeType(type.items)}`;
    case 'object':
      return describeObject(type);
    case 'union':
      return describeUnion(type.members);
    default:
      return type.kind;
  }
}

function describeObject(type: ObjectType): string {
  const named = [...type.properties].map(
    ([name, { type: inner, required }]) => `${name}${required ? '' : '?'}: ${describeType(inner)}`,
  );
  if (type.additional !== false && named.length === 0)
    return type.additional.kind === 'unknown' ? 'object' : `object of ${describeType(type.additional)}`;
  return `{ ${[...named, ...(type.additional === false ? [] : ['…'])].join(', ')} }`;
}

function describeUnion(members: readonly Type[]): string {
  const present = members.filter((member) => member.kind !== 'absent');
  const words = present.map(describeType).join(' | ');
  return present.length === members.length ? words : `${words} (may be absent)`;
}

/** Equal for equal types. */
function identity(type: Type): string {
  return JSON.stringify(type, (_key, value: unknown) => (value instanceof Map ? [...value] : value));
}
