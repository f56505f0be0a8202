import { isExact } from '../json/parse.ts';
import type { Json } from '../json/value.ts';

/** Deeper nesting is a finding. */
export const MAX_DEPTH = 100;

/** Texts and numbers of JSON, in order: in valid JSON nothing else holds quotes or digits. */
const TOKEN = /"(?:[^"\\]|\\.)*"(\s*:)?|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
/** A double holds every number of so many characters, as long as it has no exponent. */
const SAFE_LENGTH = 15;

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
  let keys = 0;
  for (const { 0: token, 1: colon } of text.matchAll(TOKEN)) {
    if (colon !== undefined) keys++;
    else if (!token.startsWith('"') && !isPlainNumber(token)) return undefined;
  }
  // Of a key that stands twice only one is left in the value.
  return countKeys(value, 0) === keys ? value : undefined;
}

function isPlainNumber(token: string): boolean {
  return token.length <= SAFE_LENGTH && !/[eE]/.test(token) ? true : isExact(token, Number(token));
}

/** Keys of the value and all within it; not a number where it is nested too deeply. */
function countKeys(value: Json, depth: number): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (depth > MAX_DEPTH) return Number.NaN;
  if (Array.isArray(value)) {
    let count = 0;
    for (const item of value) count += countKeys(item, depth + 1);
    return count;
  }
  let count = 0;
  for (const item of Object.values(value)) count += 1 + countKeys(item as Json, depth + 1);
  return count;
}
