import { createHash } from 'node:crypto';
import { parseJson } from '../../json/parse.ts';
import { isJsonObject, type Json } from '../../json/value.ts';

/** Characters of JSON from which on a value is kept by itself, once however often it is used. */
export const LARGE_VALUE = 32 * 1024;

/** A value as it is written: `text` stands in its row, and refers to `large` by their digests. */
export interface SplitValue {
  text: string;
  large: readonly LargeValue[];
}

export interface LargeValue {
  /** SHA-256 of what it is. */
  digest: Buffer;
  /** In the form of `text`: it may refer to further ones. */
  body: string;
}

/** Where a value was taken out, and the digest of what stood there, hex. */
type Reference = [path: (string | number)[], digest: string];

interface Shrunk {
  /** The value with `null` where something was taken out. */
  rest: Json;
  /** About how many characters of JSON the rest has. */
  size: number;
  references: Reference[];
}

/** No JSON begins with it. */
const WITH_REFERENCES = '&';
/** Characters that a reference adds. */
const REFERENCE_SIZE = 100;

/**
 * Takes large values out, from the inside outwards: what is large for one text in it keeps its other parts, so that the
 * same text is the same value in whatever object a step hands it on. `salt` keeps values apart that are not kept alike.
 */
export function splitLarge(value: unknown, salt: string): SplitValue {
  const text = JSON.stringify(value);
  if (text.length <= LARGE_VALUE) return { text, large: [] };
  const large = new Map<string, LargeValue>();
  const { rest, references } = takeOut(shrink(value as Json, large, salt), large, salt);
  return { text: textOf(rest, references), large: [...large.values()] };
}

/** Puts a value together again. `load` gives the text of the value with a digest. */
export function joinLarge(text: string, load: (digest: Buffer) => string): Json {
  if (!hasReferences(text)) return parseJson(text);
  const { rest, references } = JSON.parse(text.slice(WITH_REFERENCES.length)) as {
    rest: string;
    references: Reference[];
  };
  // An object around it gives the whole value a place too.
  const root: Json = { value: parseJson(rest) };
  for (const [path, digest] of references)
    put(root, ['value', ...path], joinLarge(load(Buffer.from(digest, 'hex')), load));
  return root['value'] ?? null;
}

export function hasReferences(text: string): boolean {
  return text.startsWith(WITH_REFERENCES);
}

function shrink(value: Json, large: Map<string, LargeValue>, salt: string): Shrunk {
  if (typeof value === 'string') return { rest: value, size: value.length + 2, references: [] };
  if (Array.isArray(value)) {
    const items = value.map((item) => takeOut(shrink(item, large, salt), large, salt));
    return { rest: items.map(({ rest }) => rest), ...sumOf(items.map((item, index) => [index, item])) };
  }
  if (!isJsonObject(value)) return { rest: value, size: String(value).length, references: [] };
  const entries = Object.entries(value)
    // As JSON.stringify has it.
    .filter(([, item]) => item !== undefined)
    .map(([key, item]): [string, Shrunk] => [key, takeOut(shrink(item, large, salt), large, salt)]);
  return { rest: Object.fromEntries(entries.map(([key, { rest }]) => [key, rest])), ...sumOf(entries) };
}

function takeOut(shrunk: Shrunk, large: Map<string, LargeValue>, salt: string): Shrunk {
  if (shrunk.size <= LARGE_VALUE) return shrunk;
  const body = textOf(shrunk.rest, shrunk.references);
  const digest = createHash('sha256').update(salt).update(body).digest();
  const name = digest.toString('hex');
  large.set(name, { digest, body });
  return { rest: null, size: REFERENCE_SIZE, references: [[[], name]] };
}

function sumOf(parts: readonly [string | number, Shrunk][]): Omit<Shrunk, 'rest'> {
  let size = 2;
  const references: Reference[] = [];
  for (const [key, part] of parts) {
    size += part.size + 1 + (typeof key === 'string' ? key.length + 3 : 0);
    for (const [path, digest] of part.references) references.push([[key, ...path], digest]);
  }
  return { size, references };
}

function textOf(rest: Json, references: readonly Reference[]): string {
  const text = JSON.stringify(rest);
  return references.length === 0 ? text : WITH_REFERENCES + JSON.stringify({ rest: text, references });
}

function put(within: Json, path: readonly (string | number)[], value: Json): void {
  const [key, ...further] = path;
  if (typeof within !== 'object' || within === null || key === undefined) throw damaged();
  // Not by assignment: a name such as __proto__ is one like any other.
  if (further.length === 0)
    Object.defineProperty(within, key, { value, enumerable: true, configurable: true, writable: true });
  else put(Object.getOwnPropertyDescriptor(within, key)?.value as Json, further, value);
}

function damaged(): TypeError {
  return new TypeError('The store holds a reference to a place that is not there. The data folder is damaged.');
}
