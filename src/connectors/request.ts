import type { PlanAction, PlanConnector } from '../generated/plan.ts';
import { isJsonObject, type Json, type JsonObject } from '../json/value.ts';
import { compileTemplate } from '../language/evaluate.ts';

/** An HTTP request before the credential is put in. */
export interface BuiltRequest {
  method: string;
  url: URL;
  /** Names in small letters. */
  headers: { [name: string]: string };
  body?: string;
}

/** Makes the request of an action from its input. Throws `EvaluationError` or `TypeError` where a template gives none. */
export type RequestBuilder = (input: Json, fields: JsonObject) => BuiltRequest;

/** Compiles an action's request template once. */
export function compileRequest(connector: PlanConnector, action: PlanAction): RequestBuilder {
  const { request } = action;
  if (request === undefined) throw new TypeError('the action makes no HTTP request');
  const method = compileTemplate(request.method);
  const path = request.path === undefined ? undefined : compileTemplate(request.path);
  const whole = compileTemplate(request.url ?? connector.connection?.base_url ?? '');
  const query = compileTemplate(request.query ?? {});
  const headers = compileTemplate(request.headers ?? {});
  const common = compileTemplate(connector.connection?.headers ?? {});
  const body = compileTemplate(request.body ?? {});
  return (input, fields) => {
    const roots = { input, connection: fields };
    const base = new URL(textFrom(whole(roots)));
    const url = path === undefined ? base : new URL(joinPath(base, textFrom(path(roots))));
    for (const [name, value] of textEntries(query(roots))) url.searchParams.append(name, value);
    const all = {
      ...Object.fromEntries(textEntries(common(roots))),
      ...Object.fromEntries(textEntries(headers(roots))),
    };
    const named = Object.fromEntries(Object.entries(all).map(([name, value]) => [name.toLowerCase(), value]));
    return withBody({ method: textFrom(method(roots)), url, headers: named }, body(roots));
  };
}

/** Each segment is percent-encoded: no value can add a query, and `..` is no way up. */
function joinPath(base: URL, path: string): string {
  return base.origin + base.pathname.replace(/\/$/, '') + path.split('/').map(encodeSegment).join('/');
}

function encodeSegment(segment: string): string {
  if (segment === '..' || segment === '.') throw new TypeError('a value in the path is `..`');
  return encodeURIComponent(segment).replaceAll('%3A', ':').replaceAll('%40', '@');
}

function textFrom(value: Json | undefined): string {
  if (typeof value !== 'string') throw new TypeError('a part of the request is not a text');
  return value;
}

/** The entries of an object as texts; a list gives one entry an item. */
function textEntries(value: Json | undefined): [string, string][] {
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([name, item]) =>
    (Array.isArray(item) ? item : [item]).map((one): [string, string] => [
      name,
      typeof one === 'string' ? one : JSON.stringify(one),
    ]),
  );
}

function withBody(request: BuiltRequest, body: Json | undefined): BuiltRequest {
  const [form] = isJsonObject(body) ? Object.entries(body) : [];
  if (form === undefined) return request;
  const [kind, value] = form;
  if (kind === 'json') {
    return {
      ...request,
      headers: { 'content-type': 'application/json', ...request.headers },
      body: JSON.stringify(value),
    };
  }
  if (kind === 'form') {
    const headers = { 'content-type': 'application/x-www-form-urlencoded', ...request.headers };
    return { ...request, headers, body: new URLSearchParams(textEntries(value)).toString() };
  }
  return { ...request, body: textFrom(value) };
}
