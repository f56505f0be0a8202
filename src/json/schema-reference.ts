import { parsePointer } from './pointer.ts';
import { isJsonObject, ownProperty, type Json, type JsonObject } from './value.ts';

/** What a `$ref` to a place of the schema itself names (`#`, `#/$defs/order`); `undefined` where it names nothing there. */
export function referenced(root: JsonObject, reference: string): Json | undefined {
  const pointer = pointerOf(reference);
  if (pointer === undefined) return undefined;
  let value: Json | undefined = root;
  for (const token of parsePointer(pointer))
    value = Array.isArray(value) ? value[Number(token)] : isJsonObject(value) ? ownProperty(value, token) : undefined;
  return value;
}

/** The JSON Pointer of a reference to a place of the schema itself. */
export function pointerOf(reference: string): string | undefined {
  if (reference !== '#' && !reference.startsWith('#/')) return undefined;
  try {
    // A fragment is percent-encoded (RFC 6901 §6).
    return decodeURIComponent(reference.slice(1));
  } catch {
    return undefined;
  }
}
