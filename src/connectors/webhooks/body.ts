import { parseJson } from '../../json/parse.ts';
import type { Json, JsonObject } from '../../json/value.ts';

/** What a body says, or why it cannot be read, with the HTTP status for that. */
export type ReadBody = { value: Json } | { status: number; reason: string };

/** Content codings that are in use (RFC 9110 §8.4.1, RFC 7932, RFC 8878). */
const PACKINGS = new Set(['br', 'compress', 'deflate', 'gzip', 'x-compress', 'x-gzip', 'zstd']);

const STRICT_UTF8 = new TextDecoder('utf-8', { fatal: true });

/** Reads a body of JSON (RFC 8259) or a form, in UTF-8. Without a content type, it is JSON. */
export function readBody(contentType: string | undefined, bytes: Uint8Array): ReadBody {
  const type = contentType?.split(';')[0]?.trim().toLowerCase() ?? 'application/json';
  const form = isForm(contentType);
  if (!form && type !== 'application/json' && !type.endsWith('+json')) {
    const taken = 'send application/json or application/x-www-form-urlencoded';
    return { status: 415, reason: `the content type ${type} is not taken: ${taken}` };
  }
  let text: string;
  try {
    text = STRICT_UTF8.decode(bytes);
  } catch {
    return { status: 400, reason: 'the body is not UTF-8' };
  }
  if (form && isJsonText(text))
    return {
      status: 415,
      reason: 'the body is JSON, and its content type says that it is a form: send application/json',
    };
  if (form) return { value: formFields(text) };
  try {
    return { value: parseJson(text) };
  } catch (error) {
    return { status: 400, reason: `the body is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** How the body is packed, if so. Some senders name a charset in this header, and pack nothing. */
export function packing(contentEncoding: string | string[] | undefined): string | undefined {
  const codings = [contentEncoding ?? []].flat().flatMap((line) => line.split(','));
  return codings.map((coding) => coding.trim().toLowerCase()).find((coding) => PACKINGS.has(coding));
}

/** Whether the content type is that of an HTML form (WHATWG URL §5). */
export function isForm(contentType: string | undefined): boolean {
  return contentType?.split(';')[0]?.trim().toLowerCase() === 'application/x-www-form-urlencoded';
}

/** As curl sends it, whose bodies are forms unless it is told otherwise. */
function isJsonText(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    parseJson(text);
    return true;
  } catch {
    return false;
  }
}

/** A name that comes several times gives a list. */
function formFields(text: string): JsonObject {
  const parameters = new URLSearchParams(text);
  return Object.fromEntries(
    [...new Set(parameters.keys())].map((name) => {
      const values = parameters.getAll(name);
      return [name, values.length === 1 ? (values[0] ?? '') : values];
    }),
  );
}
