import { sameType } from './same-type.ts';

/** What is known of a value before a run. A type describes a set of JSON values; `absent` stands for no value at all. */
export type Type = Open &
  (
    | { kind: 'never' }
    | { kind: 'unknown' }
    | { kind: 'absent' }
    | { kind: 'null' }
    | { kind: 'boolean'; value?: boolean }
    | NumberType
    | StringType
    | ArrayType
    | ObjectType
    | { kind: 'union'; members: Type[] }
  );

export interface Open {
  /** The schema demands more than the type can say: whether a value of the type fits is only known in a run. */
  open?: true;
  /** Marked in its schema (`x-sensitive`), or made of what is. */
  sensitive?: Sensitivity;
}

/** `personal`: about a person. `secret`: whoever knows it can do something with it. */
export type Sensitivity = 'personal' | 'secret';

export interface NumberType extends Open {
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

export interface StringType extends Open {
  kind: 'string';
  /** The only values. */
  values?: string[];
  /** In code points, as JSON Schema counts. */
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  format?: string;
}

export interface ArrayType extends Open {
  kind: 'array';
  /** The types of the first items, where each has its own. */
  prefix?: Type[];
  /** The type of every further item. */
  items: Type;
  minItems?: number;
  maxItems?: number;
}

export interface ObjectType extends Open {
  kind: 'object';
  properties: Map<string, Property>;
  /** The type of properties that are not named; `false`: there are none. */
  additional: Type | false;
}

export interface Property {
  type: Type;
  required: boolean;
}

export const NEVER: Type = { kind: 'never' };
export const UNKNOWN: Type = { kind: 'unknown' };
export const ABSENT: Type = { kind: 'absent' };
export const BOOLEAN: Type = { kind: 'boolean' };
export const NUMBER: Type = { kind: 'number', integer: false };
export const INTEGER: Type = { kind: 'number', integer: true };
export const STRING: Type = { kind: 'string' };

/** The union of types, flat and without repeats; of one type, that type; of none, `never`. */
export function unionOf(types: readonly Type[]): Type {
  const distinct: Type[] = [];
  for (const type of types) {
    if (type.kind !== 'union') addDistinct(distinct, type);
    else for (const member of type.members) addDistinct(distinct, member);
  }
  const [first] = distinct;
  if (first === undefined) return NEVER;
  return distinct.length === 1 ? first : { kind: 'union', members: distinct };
}

function addDistinct(distinct: Type[], type: Type): void {
  if (type.kind === 'never') return;
  for (const other of distinct) {
    if (sameType(other, type)) return;
  }
  distinct.push(type);
}

/** The alternatives of a type: the members of a union, otherwise the type alone. */
export function membersOf(type: Type): readonly Type[] {
  return type.kind === 'union' ? type.members : [type];
}

/** The type made of what each alternative is changed to. */
export function mapMembers(type: Type, change: (member: Type) => Type): Type {
  return type.kind === 'union' ? unionOf(type.members.map(change)) : change(type);
}

export function everyMember(type: Type, test: (member: Type) => boolean): boolean {
  return type.kind === 'union' ? type.members.every(test) : test(type);
}

/** The type without those alternatives, such as `absent`. */
export function without(type: Type, ...kinds: Type['kind'][]): Type {
  if (type.kind !== 'union') return kinds.includes(type.kind) ? NEVER : type;
  const kept = type.members.filter((member) => !kinds.includes(member.kind));
  return kept.length === type.members.length ? type : unionOf(kept);
}

export function mayBe(type: Type, kind: Type['kind']): boolean {
  return type.kind === 'union' ? type.members.some((member) => member.kind === kind) : type.kind === kind;
}

/** The type, marked as one whose schema demands more than it can say. */
export function opened(type: Type): Type {
  return type.kind === 'union' ? { ...type, members: type.members.map(opened) } : { ...type, open: true };
}

/** The type of any item of the array. */
export function itemOf({ prefix = [], items, maxItems = Number.POSITIVE_INFINITY }: ArrayType): Type {
  return unionOf([...prefix.slice(0, maxItems), ...(maxItems > prefix.length ? [items] : [])]);
}

/** The type of the item at the index; never absent. */
export function itemAt({ prefix = [], items }: ArrayType, index: number): Type {
  return prefix[index] ?? items;
}

/** Of an object that takes more words, only the first names are said. */
const MAX_WORDS = 10_000;
const MAX_FIELDS = 50;
/** Only the words for objects are remembered: they are long, and the same objects are described again and again. */
const described = new WeakMap<ObjectType, string>();

/** Says the type in words, as plans and findings show it. */
export function describeType(type: Type): string {
  switch (type.kind) {
    case 'boolean':
      return type.value === undefined ? 'boolean' : String(type.value);
    case 'number':
      return type.values?.join(' | ') ?? (type.integer ? 'integer' : 'number');
    case 'string':
      if (type.values !== undefined) return wordsOf(type).join(' | ');
      return type.format === undefined ? 'string' : `string (${type.format})`;
    case 'array':
      return describeArray(type);
    case 'object':
      return describeObject(type);
    case 'union':
      return describeUnion(type.members);
    default:
      return type.kind;
  }
}

function describeArray(type: ArrayType): string {
  const { prefix = [], items, maxItems } = type;
  if (prefix.length > 0) {
    const closed = items.kind === 'never' || (maxItems !== undefined && maxItems <= prefix.length);
    return `[${[...prefix.map(describeType), ...(closed ? [] : ['…'])].join(', ')}]`;
  }
  return `array of ${items.kind === 'union' ? `(${describeType(items)})` : describeType(items)}`;
}

function describeObject(type: ObjectType): string {
  let words = described.get(type);
  if (words === undefined) {
    words = wordsForObject(type);
    // Objects of objects of objects multiply.
    if (words.length > MAX_WORDS)
      words = `{ ${[...type.properties.keys()].toSorted().slice(0, MAX_FIELDS).join(', ')}, … }`;
    described.set(type, words);
  }
  return words;
}

function wordsForObject(type: ObjectType): string {
  // The order of keys in a file says nothing, and plans hold these words.
  const named = [...type.properties]
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, { type: inner, required }]) => `${name}${required ? '' : '?'}: ${describeType(inner)}`);
  if (type.additional !== false && named.length === 0)
    return type.additional.kind === 'unknown' ? 'object' : `object of ${describeType(type.additional)}`;
  return `{ ${[...named, ...(type.additional === false ? [] : ['…'])].join(', ')} }`;
}

function describeUnion(members: readonly Type[]): string {
  const present = members.filter((member) => member.kind !== 'absent');
  // Members may differ in what is not said, such as a range, or have a value in common.
  const words = [...new Set(present.flatMap(wordsOf))].join(' | ');
  return present.length === members.length ? words : `${words} (may be absent)`;
}

function wordsOf(member: Type): string[] {
  if (member.kind === 'string' && member.values !== undefined)
    return member.values.map((value) => JSON.stringify(value));
  return [describeType(member)];
}
