import { marked, stricter } from './sensitivity.ts';
import { taken, type Steps } from './steps.ts';
import {
  NEVER,
  itemAt,
  membersOf,
  opened,
  unionOf,
  without,
  type ArrayType,
  type NumberType,
  type ObjectType,
  type Property,
  type StringType,
  type Type,
} from './types.ts';

/** Pairs of alternatives that two unions may have: with a choice in a choice in a choice they multiply. */
const MAX_PAIRS = 500;

/**
 * The type of the values that are of both types. Where a type cannot say that exactly, or more than `steps` would be needed
 * to find out, it says more and is open.
 */
export function intersect(left: Type, right: Type, steps: Steps): Type {
  if (!taken(steps)) return opened(left);
  if (left.kind === 'union' || right.kind === 'union') {
    const [ones, others] = [membersOf(left), membersOf(right)];
    const many = ones.length > 1 && others.length > 1 && ones.length * others.length > MAX_PAIRS;
    return many ? opened(left) : unionOf(ones.flatMap((one) => others.map((other) => intersect(one, other, steps))));
  }
  const both = marked(intersectSingle(left, right, steps), stricter(left.sensitive, right.sensitive));
  return (left.open === true || right.open === true) && both.kind !== 'never' ? opened(both) : both;
}

function intersectSingle(left: Type, right: Type, steps: Steps): Type {
  if (left.kind === 'unknown') return right.kind === 'absent' ? NEVER : right;
  if (right.kind === 'unknown') return left.kind === 'absent' ? NEVER : left;
  if (left.kind === 'number' && right.kind === 'number') return intersectNumbers(left, right);
  if (left.kind === 'string' && right.kind === 'string') return intersectStrings(left, right);
  if (left.kind === 'array' && right.kind === 'array') return intersectArrays(left, right, steps);
  if (left.kind === 'object' && right.kind === 'object') return intersectObjects(left, right, steps);
  if (left.kind === 'boolean' && right.kind === 'boolean') {
    if (left.value === undefined || right.value === undefined) return left.value === undefined ? right : left;
    return left.value === right.value ? left : NEVER;
  }
  return left.kind === right.kind ? left : NEVER;
}

function intersectNumbers(left: NumberType, right: NumberType): Type {
  const integer = left.integer || right.integer;
  const bounds = {
    ...pick('minimum', left, right, Math.max),
    ...pick('maximum', left, right, Math.min),
    ...pick('exclusiveMinimum', left, right, Math.max),
    ...pick('exclusiveMaximum', left, right, Math.min),
  };
  const multipleOf = left.multipleOf ?? right.multipleOf;
  const type: NumberType = {
    kind: 'number',
    integer,
    ...bounds,
    ...(multipleOf === undefined ? {} : { multipleOf }),
  };
  const values = common(left.values, right.values)?.filter((value) => numberFits(value, type) !== false);
  if (values?.length === 0) return NEVER;
  if ((bounds.minimum ?? -Infinity) > (bounds.maximum ?? Infinity)) return NEVER;
  const exact = left.multipleOf === undefined || right.multipleOf === undefined || left.multipleOf === right.multipleOf;
  const both = values === undefined ? type : { ...type, values };
  return exact ? both : { ...both, open: true };
}

function intersectStrings(left: StringType, right: StringType): Type {
  const { pattern = right.pattern, format = right.format } = left;
  const type: StringType = {
    kind: 'string',
    ...pick('minLength', left, right, Math.max),
    ...pick('maxLength', left, right, Math.min),
    ...(pattern === undefined ? {} : { pattern }),
    ...(format === undefined ? {} : { format }),
  };
  const values = common(left.values, right.values)?.filter((value) => stringFits(value, type) !== false);
  if (values?.length === 0 || (type.minLength ?? 0) > (type.maxLength ?? Infinity)) return NEVER;
  const both = values === undefined ? type : { ...type, values };
  const exact =
    (right.pattern === undefined || right.pattern === pattern) &&
    (right.format === undefined || right.format === format);
  return exact ? both : { ...both, open: true };
}

function intersectArrays(left: ArrayType, right: ArrayType, steps: Steps): Type {
  const length = Math.max(left.prefix?.length ?? 0, right.prefix?.length ?? 0);
  const prefix = Array.from({ length }, (_, index) => intersect(itemAt(left, index), itemAt(right, index), steps));
  const bounds = { ...pick('minItems', left, right, Math.max), ...pick('maxItems', left, right, Math.min) };
  if ((bounds.minItems ?? 0) > (bounds.maxItems ?? Infinity)) return NEVER;
  const items = intersect(left.items, right.items, steps);
  return { kind: 'array', ...(length === 0 ? {} : { prefix }), items, ...bounds };
}

function intersectObjects(left: ObjectType, right: ObjectType, steps: Steps): Type {
  const properties = new Map<string, Property>();
  for (const name of new Set([...left.properties.keys(), ...right.properties.keys()])) {
    const [one, other] = [propertyOf(left, name), propertyOf(right, name)];
    const type = intersect(without(one.type, 'absent'), without(other.type, 'absent'), steps);
    const required = one.required || other.required;
    if (type.kind === 'never' && required) return NEVER;
    // A property that can have no value can only be absent.
    properties.set(name, { type, required });
  }
  const additional =
    left.additional === false || right.additional === false
      ? false
      : intersect(left.additional, right.additional, steps);
  return { kind: 'object', properties, additional };
}

function propertyOf(type: ObjectType, name: string): Property {
  return type.properties.get(name) ?? { type: type.additional === false ? NEVER : type.additional, required: false };
}

/** Whether two types surely have no value in common. */
export function disjoint(left: Type, right: Type, steps: Steps): boolean {
  return intersect(left, right, steps).kind === 'never';
}

/** Whether the number, one of the type's only values where it has such, is of the type; `undefined` where only a run can tell. */
export function numberFits(value: number, to: NumberType): boolean | undefined {
  if (to.integer && !Number.isInteger(value)) return false;
  if (value < (to.minimum ?? value) || value > (to.maximum ?? value)) return false;
  if (to.exclusiveMinimum !== undefined && value <= to.exclusiveMinimum) return false;
  if (to.exclusiveMaximum !== undefined && value >= to.exclusiveMaximum) return false;
  return to.multipleOf === undefined && to.open !== true ? true : undefined;
}

/** As for numbers. */
export function stringFits(value: string, to: StringType): boolean | undefined {
  if ((to.minLength !== undefined || to.maxLength !== undefined) && !lengthFits(value, to)) return false;
  return to.format === undefined && to.pattern === undefined && to.open !== true ? true : undefined;
}

/** JSON Schema counts code points (RFC 8259 characters), not UTF-16 code units. */
function lengthFits(value: string, { minLength = 0, maxLength = Number.POSITIVE_INFINITY }: StringType): boolean {
  const length = Array.from(value).length;
  return length >= minLength && length <= maxLength;
}

function common<Value>(left: Value[] | undefined, right: Value[] | undefined): Value[] | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  const others = new Set(right);
  return left.filter((value) => others.has(value));
}

function pick<Key extends string>(
  key: Key,
  left: { [K in Key]?: number },
  right: { [K in Key]?: number },
  choose: (...values: number[]) => number,
): { [K in Key]?: number } {
  const values = [left[key], right[key]].filter((value) => value !== undefined);
  return values.length === 0 ? {} : ({ [key]: choose(...values) } as { [K in Key]?: number });
}
