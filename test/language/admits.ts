import { isJsonObject, type Json } from '../../src/json/value.ts';
import { itemAt, type Type } from '../../src/language/types.ts';

/** Whether the value is of the type, by a reading of types of its own. What an open type does not say is not asked. */
export function admits(type: Type, value: Json | undefined): boolean {
  switch (type.kind) {
    case 'unknown':
      return value !== undefined;
    case 'never':
      return false;
    case 'absent':
      return value === undefined;
    case 'null':
      return value === null;
    case 'boolean':
      return typeof value === 'boolean' && (type.value ?? value) === value;
    case 'number':
      return (
        typeof value === 'number' &&
        (!type.integer || Number.isInteger(value)) &&
        (type.values?.includes(value) ?? true) &&
        value >= (type.minimum ?? value) &&
        value <= (type.maximum ?? value) &&
        (type.exclusiveMinimum === undefined || value > type.exclusiveMinimum) &&
        (type.exclusiveMaximum === undefined || value < type.exclusiveMaximum)
      );
    case 'string':
      return (
        typeof value === 'string' &&
        (type.values?.includes(value) ?? true) &&
        Array.from(value).length >= (type.minLength ?? 0) &&
        Array.from(value).length <= (type.maxLength ?? Number.POSITIVE_INFINITY)
      );
    case 'array':
      return (
        Array.isArray(value) &&
        value.every((item, index) => admits(itemAt(type, index), item)) &&
        value.length >= (type.minItems ?? 0) &&
        value.length <= (type.maxItems ?? value.length)
      );
    case 'object':
      return (
        isJsonObject(value) &&
        [...type.properties].every(([name, property]) =>
          Object.hasOwn(value, name) ? admits(property.type, value[name]) : !property.required,
        ) &&
        Object.keys(value).every(
          (name) => type.properties.has(name) || (type.additional !== false && admits(type.additional, value[name])),
        )
      );
    case 'union':
      return type.members.some((member) => admits(member, value));
  }
}
