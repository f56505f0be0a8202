import { FormData } from 'undici';
import { parseJson } from '../json/parse.ts';
import type { Json, JsonObject } from '../json/value.ts';

/** A body of undici's, as a case sees it: JSON as its value, fields and files of a form by name, anything else as a text. */
export async function readSentBody(body: unknown, contentType = ''): Promise<Json | undefined> {
  if (typeof body === 'string') return readText(body, contentType);
  if (body instanceof Uint8Array) return readText(Buffer.from(body).toString(), contentType);
  return body instanceof FormData ? readParts(body) : undefined;
}

function readText(text: string, contentType: string): Json {
  if (/[/+]json\b/i.test(contentType)) {
    try {
      return parseJson(text);
    } catch {
      return text;
    }
  }
  return contentType.startsWith('application/x-www-form-urlencoded') ? byName(new URLSearchParams(text)) : text;
}

async function readParts(form: FormData): Promise<JsonObject> {
  const parts = [...form].map(async ([name, part]): Promise<[string, Json]> => {
    return [name, typeof part === 'string' ? part : await readFile(part)];
  });
  return byName(await Promise.all(parts));
}

async function readFile(file: File): Promise<JsonObject> {
  const bytes = Buffer.from(await file.arrayBuffer());
  const text = bytes.toString('utf8');
  const isText = Buffer.from(text).equals(bytes);
  return {
    filename: file.name,
    type: file.type,
    ...(isText ? { text } : { base64: bytes.toString('base64') }),
  };
}

/** Several of a name are a list. */
function byName(parts: Iterable<[string, Json]>): JsonObject {
  const values = new Map<string, Json[]>();
  for (const [name, value] of parts) values.set(name, [...(values.get(name) ?? []), value]);
  return Object.fromEntries([...values].map(([name, all]) => [name, all.length === 1 ? (all[0] ?? '') : all]));
}
