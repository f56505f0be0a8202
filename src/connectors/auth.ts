import type { TokenUse } from '../generated/plan.ts';
import { isJsonObject, type Json, type JsonObject } from '../json/value.ts';
import { compileTemplate, type Evaluator } from '../language/evaluate.ts';
import type { RequestBody } from './request-body.ts';
import { EvaluationError } from '../language/evaluation-error.ts';

/** A request's parts that a credential can go to. */
export interface AuthTarget {
  headers: { [name: string]: string };
  url: URL;
  body?: RequestBody;
}

/**
 * Puts a credential into a request: `roots` are the connection's fields, secret ones too, and the token where there is
 * one. It is called after the request's host was found among those that the credential may be sent to. What needs a
 * field that the connection does not have is left out.
 */
export function applyAuth(auth: TokenUse, roots: JsonObject, target: AuthTarget): void {
  const { headers, url } = target;
  const text = (template: string | undefined): string | undefined => authText(template, roots);
  switch (auth.type) {
    case 'api_key': {
      const value = text(auth.value);
      if (value === undefined) return;
      if (auth.in === 'header') headers[auth.name.toLowerCase()] = value;
      else url.searchParams.set(auth.name, value);
      return;
    }
    case 'bearer': {
      const token = text(auth.token);
      if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
      return;
    }
    case 'basic': {
      const [username, password] = [text(auth.username), text(auth.password)];
      if (username === undefined && password === undefined) return;
      const pair = Buffer.from(`${username ?? ''}:${password ?? ''}`).toString('base64');
      headers['authorization'] = `Basic ${pair}`;
      return;
    }
    case 'custom': {
      for (const [name, value] of textsOf(auth.headers, text)) headers[name.toLowerCase()] = value;
      for (const [name, value] of textsOf(auth.query, text)) url.searchParams.set(name, value);
      const path = text(auth.path);
      if (path !== undefined) url.pathname = path.split('/').map(encodeURIComponent).join('/') + url.pathname;
      const fields = Object.fromEntries(textsOf(auth.body, text));
      if (auth.body !== undefined) target.body = bodyWith(target.body, fields);
    }
  }
}

/** The texts that have a value, by name. */
function textsOf(
  templates: { [name: string]: string } = {},
  text: (template: string) => string | undefined,
): [string, string][] {
  return Object.entries(templates).flatMap(([name, template]): [string, string][] => {
    const value = text(template);
    return value === undefined ? [] : [[name, value]];
  });
}

/** A request without a body gets a JSON one. Throws `TypeError` where the body has no fields. */
function bodyWith(body: RequestBody = { kind: 'json', value: {}, lists: 'repeat' }, fields: JsonObject): RequestBody {
  if (!isJsonObject(body.value)) throw new TypeError('the credential goes into the body, and the body has no fields');
  return { ...body, value: { ...body.value, ...fields } };
}

/** The text that a template of auth gives; `undefined` where it needs a field that the connection does not have. */
export function authText(template: string | undefined, roots: JsonObject): string | undefined {
  if (template === undefined) return undefined;
  const value = evaluate(template, roots);
  return value === undefined || typeof value === 'string' ? value : JSON.stringify(value);
}

/** Each is compiled once: the templates of all connectors are few, and requests many. */
const compiled = new Map<string, Evaluator>();

/** Errors of expressions hold no data, so none of them can hold a secret. */
function evaluate(template: string, roots: JsonObject): Json | undefined {
  let evaluator = compiled.get(template);
  if (evaluator === undefined) compiled.set(template, (evaluator = compileTemplate(template)));
  try {
    return evaluator(roots);
  } catch (error) {
    if (error instanceof EvaluationError && error.code === 'absent_value') return undefined;
    throw error;
  }
}
