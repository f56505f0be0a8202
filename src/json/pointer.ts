import { isJsonObject, ownProperty, type Json } from './value.ts';

/** One token of a JSON Pointer: an object's key or an array's index. */
export type PointerToken = string | number;

/** Writes tokens as a JSON Pointer (RFC 6901): `['steps', 0, 'a/b']` gives `/steps/0/a~1b`. */
export function formatPointer(tokens: readonly PointerToken[]): string {
  return tokens.map((token) => '/' + String(token).replaceAll('~', '~0').replaceAll('/', '~1')).join('');
}

/** Reads a JSON Pointer (RFC 6901) into its keys, array indexes as text. */
export function parsePointer(pointer: string): string[] {
  if (pointer === '') return [];
  return pointer
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Reads a JSON Pointer into the value that it points into: what stands for a place in a list comes as a number. */
export function locate(value: Json, pointer: string): PointerToken[] {
  let inner: Json | undefined = value;
  return parsePointer(pointer).map((token) => {
    if (Array.isArray(inner)) {
      inner = inner[Number(token)];
      return Number(token);
    }
    inner = isJsonObject(inner) ? ownProperty(inner, token) : undefined;
    return token;
  });
}
