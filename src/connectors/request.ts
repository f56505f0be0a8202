import type { PlanConnector, Request } from '../generated/plan.ts';
import { isJsonObject, type Json, type JsonObject } from '../json/value.ts';
import { compileTemplate } from '../language/evaluate.ts';
import { bodyFrom, fieldsOf, type RequestBody } from './request-body.ts';

/** An HTTP request before the credential is put in. */
export interface BuiltRequest {
  method: string;
  url: URL;
  /** Names in small letters. */
  headers: { [name: string]: string };
  body?: RequestBody;
}

/**
 * Makes a request from what its templates see: `input`, `connection`, and what else the request stands for. Throws
 * `EvaluationError` or `TypeError` where a template gives none.
 */
export type RequestBuilder = (roots: JsonObject) => BuiltRequest;

/** Compiles a request's templates once. */
export function compileRequest({ connection }: PlanConnector, request: Request): RequestBuilder {
  const method = compileTemplate(request.method);
  const path = request.path === undefined ? undefined : compileTemplate(request.path);
  const whole = compileTemplate(request.url ?? connection?.base_url ?? '');
  const query = compileTemplate(request.query ?? {});
  const headers = compileTemplate(request.headers ?? {});
  const common = compileTemplate({ headers: connection?.headers ?? {}, query: connection?.query ?? {} });
  // The schema has proved it: JSON with a type of its own.
  const body = compileTemplate((request.body ?? {}) as JsonObject);
  const lists = request.lists ?? connection?.lists ?? 'repeat';
  return (roots) => {
    const base = new URL(textFrom(whole(roots)));
    const url = path === undefined ? base : new URL(joinPath(base, path(roots)));
    const shared = asObject(common({ connection: roots['connection'] ?? {} }));
    for (const [name, value] of fieldsOf({ ...asObject(shared['query']), ...asObject(query(roots)) }, lists))
      url.searchParams.append(name, value);
    const named = { ...headersFrom(shared['headers']), ...headersFrom(headers(roots)) };
    const made = { method: textFrom(method(roots)), url, headers: named };
    const content = bodyFrom(body(roots), lists);
    return content === undefined ? made : { ...made, body: content };
  };
}

/** Each segment is percent-encoded: no value can add a query, and `..` is no way up. */
function joinPath(base: URL, path: Json | undefined): string {
  const below = Array.isArray(path)
    ? `/${path.map(segmentFrom).join('/')}`
    : textFrom(path).split('/').map(encode).join('/');
  return base.origin + base.pathname.replace(/\/$/, '') + below;
}

/** One item of a path that is a list. */
function segmentFrom(value: Json): string {
  const text = typeof value === 'number' ? String(value) : textFrom(value);
  if (text === '') throw new TypeError('a segment of the path is empty');
  return encode(text);
}

function encode(segment: string): string {
  if (segment === '..' || segment === '.') throw new TypeError('a value in the path is `..`');
  return encodeURIComponent(segment).replaceAll('%3A', ':').replaceAll('%40', '@');
}

function textFrom(value: Json | undefined): string {
  if (typeof value !== 'string') throw new TypeError('a part of the request is not a text');
  return value;
}

function headersFrom(value: Json | undefined): { [name: string]: string } {
  const entries = Object.entries(asObject(value));
  return Object.fromEntries(
    entries.map(([name, item]) => [name.toLowerCase(), typeof item === 'string' ? item : JSON.stringify(item)]),
  );
}

function asObject(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
