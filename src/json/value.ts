/**
 * A JSON value as Waybill carries it: what `JSON.parse` gives, except that a number which a double cannot hold stays an
 * `ExactNumber`, so that a 19-digit id is never silently changed.
 */
export type Json = null | boolean | number | string | ExactNumber | Json[] | JsonObject;

export interface JsonObject {
  [key: string]: Json;
}

/** A number kept as the text it was written in, because a double would change it. */
export class ExactNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }

  /** Lets `JSON.stringify` write the digits unchanged. */
  toJSON(): unknown {
    return rawJson(this.text);
  }
}

/** `JSON.rawJSON` (TC39 proposal-json-parse-with-source, in V8 since 11.4); TypeScript's library does not list it yet. */
function rawJson(text: string): unknown {
  return (JSON as unknown as { rawJSON(digits: string): unknown }).rawJSON(text);
}

/** True for a JSON object: not an array, not null, not an `ExactNumber`. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber);
}

/** The value of an own property, or `undefined`: inherited names such as `constructor` are never reached. */
export function ownProperty(value: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}
