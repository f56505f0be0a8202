import { isDeepStrictEqual } from 'node:util';
import type { PointerToken } from '../json/pointer.ts';
import { isJsonObject, ownProperty, type Json } from '../json/value.ts';

/** One place where two values are not the same; absent where one of them has nothing there. */
export interface Difference {
  path: PointerToken[];
  expected: Json | undefined;
  actual: Json | undefined;
}

/** The places where a value is not the expected one. A list of constants is one place. */
export function differencesOf(
  expected: Json | undefined,
  actual: Json | undefined,
  path: readonly PointerToken[] = [],
): Difference[] {
  if (isDeepStrictEqual(expected, actual)) return [];
  if (isJsonObject(expected) && isJsonObject(actual)) {
    const keys = new Set([...Object.keys(expected), ...Object.keys(actual)]);
    return [...keys].flatMap((key) =>
      differencesOf(ownProperty(expected, key), ownProperty(actual, key), [...path, key]),
    );
  }
  if (Array.isArray(expected) && Array.isArray(actual) && [...expected, ...actual].some(isNested)) {
    const indexes = Array.from({ length: Math.max(expected.length, actual.length) }, (_none, index) => index);
    return indexes.flatMap((index) => differencesOf(expected[index], actual[index], [...path, index]));
  }
  return [{ path: [...path], expected, actual }];
}

function isNested(value: Json): boolean {
  return typeof value === 'object' && value !== null;
}
