import type { ArrayType, NumberType, ObjectType, StringType, Type } from './types.ts';

/** Whether two types say the same, in the same words. Most differ in their kind, so this is mostly short. */
export function sameType(left: Type, right: Type): boolean {
  if (left === right) return true;
  if (left.kind !== right.kind || left.open !== right.open || left.sensitive !== right.sensitive) return false;
  if (left.kind === 'boolean' && right.kind === 'boolean') return left.value === right.value;
  if (left.kind === 'number' && right.kind === 'number') return sameNumber(left, right);
  if (left.kind === 'string' && right.kind === 'string') return sameString(left, right);
  if (left.kind === 'array' && right.kind === 'array') return sameArray(left, right);
  if (left.kind === 'object' && right.kind === 'object') return sameObject(left, right);
  if (left.kind === 'union' && right.kind === 'union') return sameAll(left.members, right.members);
  return true;
}

function sameNumber(left: NumberType, right: NumberType): boolean {
  return (
    left.integer === right.integer &&
    left.minimum === right.minimum &&
    left.maximum === right.maximum &&
    left.exclusiveMinimum === right.exclusiveMinimum &&
    left.exclusiveMaximum === right.exclusiveMaximum &&
    left.multipleOf === right.multipleOf &&
    sameValues(left.values, right.values)
  );
}

function sameString(left: StringType, right: StringType): boolean {
  return (
    left.minLength === right.minLength &&
    left.maxLength === right.maxLength &&
    left.pattern === right.pattern &&
    left.format === right.format &&
    sameValues(left.values, right.values)
  );
}

function sameArray(left: ArrayType, right: ArrayType): boolean {
  return (
    left.minItems === right.minItems &&
    left.maxItems === right.maxItems &&
    sameType(left.items, right.items) &&
    sameAll(left.prefix ?? [], right.prefix ?? [])
  );
}

function sameObject(left: ObjectType, right: ObjectType): boolean {
  if (left.properties.size !== right.properties.size) return false;
  if (left.additional === false || right.additional === false) {
    if (left.additional !== right.additional) return false;
  } else if (!sameType(left.additional, right.additional)) return false;
  for (const [name, { type, required }] of left.properties) {
    const other = right.properties.get(name);
    if (other === undefined || other.required !== required || !sameType(type, other.type)) return false;
  }
  return true;
}

function sameAll(left: readonly Type[], right: readonly Type[]): boolean {
  return left.length === right.length && left.every((type, index) => sameType(type, right[index] ?? type));
}

function sameValues<Value>(left: readonly Value[] | undefined, right: readonly Value[] | undefined): boolean {
  if (left === undefined || right === undefined) return left === right;
  return left.length === right.length && left.every((value, index) => Object.is(value, right[index]));
}
