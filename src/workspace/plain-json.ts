import { isExact } from '../json/parse.ts';
import type { Json } from '../json/value.ts';

/** Deeper nesting is a finding. */
export const MAX_DEPTH = 100;

/** Every key of JSON ends so. A text may hold the same, so there are at most as many keys as ends. */
const KEY_END = /"\s*:/g;
/** Where none of these is, a double holds every number: it has at most 15 digits and no exponent. */
const LONG_NUMBER = /\d[\d.]{15}|\d[eE][+-]?\d/;
/** Texts and numbers of JSON, in order: in valid JSON nothing else holds quotes or digits. */
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * The value of a text that is JSON without anything to say about it; `undefined` where there may be: then a parser that
 * knows places looks closely. Most files are plain, and `JSON.parse` is many times as fast.
 */
export function parsePlain(text: string): Json | undefined {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
  // Of a key that stands twice only one is left in the value.
  if (countKeys(value, 0) !== countMatches(text, KEY_END)) return undefined;
  return !LONG_NUMBER.test(text) || numbersAreExact(text) ? value : undefined;
}

/** Keys of the value and all within it; not a number where it is nested too deeply. */
function countKeys(value: Json, depth: number): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (depth > MAX_DEPTH) return Number.NaN;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) count += countKeys(item, depth + 1);
    return count;
  }
  for (const item of Object.values(value)) count += 1 + countKeys(item as Json, depth + 1);
  return count;
}

function countMatches(text: string, pattern: RegExp): number {
  let count = 0;
  pattern.lastIndex = 0;
  while (pattern.test(text)) count++;
  return count;
}

function numbersAreExact(text: string): boolean {
  return (text.match(TOKEN) ?? []).every((token) => token.startsWith('"') || isExact(token, Number(token)));
}
