import type { TokenUse } from '../generated/plan.ts';
import type { Json, JsonObject } from '../json/value.ts';
import { compileTemplate } from '../language/evaluate.ts';
import { EvaluationError } from '../language/evaluation-error.ts';

/** A request's parts that a credential can go to. */
export interface AuthTarget {
  headers: { [name: string]: string };
  url: URL;
}

/**
 * Puts a credential into a request: `roots` are the connection's fields, secret ones too, and the token where there is
 * one. It is called after the request's host was found among those that the credential may be sent to. What needs a
 * field that the connection does not have is left out.
 */
export function applyAuth(auth: TokenUse, roots: JsonObject, { headers, url }: AuthTarget): void {
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
    case 'headers':
      for (const [name, template] of Object.entries(auth.headers)) {
        const value = text(template);
        if (value !== undefined) headers[name.toLowerCase()] = value;
      }
  }
}

function authText(template: string | undefined, roots: JsonObject): string | undefined {
  if (template === undefined) return undefined;
  const value = evaluate(template, roots);
  return value === undefined || typeof value === 'string' ? value : JSON.stringify(value);
}

/** Errors of expressions hold no data, so none of them can hold a secret. */
function evaluate(template: string, roots: JsonObject): Json | undefined {
  try {
    return compileTemplate(template)(roots);
  } catch (error) {
    if (error instanceof EvaluationError && error.code === 'absent_value') return undefined;
    throw error;
  }
}
