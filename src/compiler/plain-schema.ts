import { isJsonObject, type Json } from '../json/value.ts';

const isText = (value: Json): boolean => typeof value === 'string';
const isNumber = (value: Json): boolean => typeof value === 'number';
const isCount = (value: Json): boolean => typeof value === 'number' && Number.isInteger(value) && value >= 0;
const isFlag = (value: Json): boolean => typeof value === 'boolean';
const isAnything = (): boolean => true;

const TYPES = new Set<Json>(['object', 'array', 'string', 'number', 'integer', 'boolean', 'null']);

/** Keywords of JSON Schema 2020-12, and the values that they are mostly given. */
const KEYWORDS = new Map<string, (value: Json) => boolean>([
  ['type', (value) => TYPES.has(value)],
  [
    'properties',
    (value) => isJsonObject(value) && !Object.hasOwn(value, '__proto__') && Object.values(value).every(isPlainSchema),
  ],
  ['required', (value) => Array.isArray(value) && value.every(isText) && new Set(value).size === value.length],
  ['additionalProperties', isPlainSchema],
  ['items', isPlainSchema],
  ['enum', (value) => Array.isArray(value) && value.length > 0],
  ['const', isAnything],
  ['title', isText],
  ['description', isText],
  ['default', isAnything],
  ['examples', Array.isArray],
  ['deprecated', isFlag],
  ['format', isText],
  ['minLength', isCount],
  ['maxLength', isCount],
  ['minItems', isCount],
  ['maxItems', isCount],
  ['minimum', isNumber],
  ['maximum', isNumber],
  ['exclusiveMinimum', isNumber],
  ['exclusiveMaximum', isNumber],
  ['x-sensitive', isAnything],
]);

/**
 * Whether this is surely a JSON Schema, because it says only what nearly all of them say. To validate it against the schema
 * of schemas takes ten times as long; that is for those of which this is not true.
 */
export function isPlainSchema(schema: Json): boolean {
  if (!isJsonObject(schema)) return typeof schema === 'boolean';
  for (const keyword of Object.keys(schema)) {
    if (KEYWORDS.get(keyword)?.(schema[keyword] ?? null) !== true) return false;
  }
  return true;
}
