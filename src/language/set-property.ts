import type { Json, JsonObject } from '../json/value.ts';

/** Sets an own property, also one named `__proto__`; an absent value is left out. */
export function setProperty(object: JsonObject, key: string, value: Json | undefined): void {
  if (value === undefined) return;
  if (key === '__proto__')
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  else object[key] = value;
}
