import { FormData } from 'undici';
import type { Lists } from '../generated/plan.ts';
import { isJsonObject, type Json, type JsonObject } from '../json/value.ts';

/** A request's body and the content-type that goes with it where the request names none. */
export interface EncodedBody {
  content: string | Buffer | FormData;
  /** Absent where the content says it itself, as multipart does with its boundary. */
  type?: string;
}

/** A body before it is encoded: a credential may still go into it. */
export interface RequestBody {
  /** One of the forms of `body` in connector.schema.json. */
  kind: string;
  value: Json;
  lists: Lists;
}

/** The body that the request's template came to; `undefined` where there is none. */
export function bodyFrom(body: Json | undefined, lists: Lists): RequestBody | undefined {
  const [form] = isJsonObject(body) ? Object.entries(body) : [];
  return form === undefined ? undefined : { kind: form[0], value: form[1], lists };
}

/** Throws `TypeError` where the value is not of its form. */
export function encodeBody({ kind, value, lists }: RequestBody): EncodedBody {
  switch (kind) {
    case 'json':
      return { content: JSON.stringify(value), type: 'application/json' };
    case 'form': {
      const pairs = new URLSearchParams(fieldsOf(value, lists));
      return { content: pairs.toString(), type: 'application/x-www-form-urlencoded' };
    }
    case 'multipart':
      return { content: multipart(value) };
    case 'base64':
      return { content: Buffer.from(textOf(value), 'base64'), type: 'application/octet-stream' };
    default:
      return { content: textOf(value), type: 'text/plain; charset=utf-8' };
  }
}

/** An object as names and texts: objects within it as `a[b]`, lists in the service's way. `null` is an empty text. */
export function fieldsOf(value: Json | undefined, lists: Lists): [string, string][] {
  return isJsonObject(value) ? Object.entries(value).flatMap(([name, item]) => pairsOf(name, item, lists)) : [];
}

function pairsOf(name: string, value: Json, lists: Lists): [string, string][] {
  if (isJsonObject(value))
    return Object.entries(value).flatMap(([key, item]) => pairsOf(`${name}[${key}]`, item, lists));
  if (!Array.isArray(value)) return [[name, scalarText(value)]];
  if (lists === 'comma') return value.length === 0 ? [] : [[name, value.map(scalarText).join(',')]];
  return value.flatMap((item, index) => {
    const place = lists === 'indices' ? `${name}[${index}]` : lists === 'brackets' ? `${name}[]` : name;
    return pairsOf(place, item, lists);
  });
}

function multipart(value: Json): FormData {
  const form = new FormData();
  for (const [name, part] of isJsonObject(value) ? Object.entries(value) : [])
    for (const one of Array.isArray(part) ? part : [part]) appendPart(form, name, one);
  return form;
}

function appendPart(form: FormData, name: string, part: Json): void {
  if (!isJsonObject(part) || part['filename'] === undefined) {
    form.append(name, isJsonObject(part) ? JSON.stringify(part) : scalarText(part));
    return;
  }
  const type = part['type'] === undefined ? 'application/octet-stream' : textOf(part['type']);
  form.append(name, new Blob([bytesOf(part)], { type }), textOf(part['filename']));
}

function bytesOf({ text, base64 }: JsonObject): Uint8Array<ArrayBuffer> {
  return base64 === undefined
    ? Uint8Array.from(Buffer.from(textOf(text)))
    : Uint8Array.from(Buffer.from(textOf(base64), 'base64'));
}

function scalarText(value: Json): string {
  if (value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function textOf(value: Json | undefined): string {
  if (typeof value !== 'string') throw new TypeError('a part of the body is not a text');
  return value;
}
