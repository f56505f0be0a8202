import type { TokenEndpointResponse } from 'oauth4webapi';
import type { AuthorizationCodeAuth, ClientCredentialsAuth, TokenAnswer } from '../../generated/plan.ts';
import { isJsonObject, type Json, type JsonObject } from '../../json/value.ts';
import { compileTemplate } from '../../language/evaluate.ts';
import type { Answer } from '../failures.ts';

/** What a service gave. */
export interface GivenTokens {
  accessToken: string;
  refreshToken: string | undefined;
  /** For how long the access token is good; `undefined` where the service does not say. */
  lifetimeMs: number | undefined;
  /** `undefined` where the service does not say: those that were asked for (RFC 6749 §5.1). */
  scopes: string[] | undefined;
  /** The answer as templates see it. */
  response: JsonObject;
}

/**
 * An answer of a token endpoint in the standard's form, wherever the service puts things. What is said of an error is read
 * from the answer as it was `cleaned` of what was sent.
 */
export function standardResponse(places: TokenAnswer, answer: Answer, cleaned: Answer): Response {
  const value = (name: keyof TokenAnswer): Json | undefined => valueAt(places[name], name, answer);
  const token = value('access_token');
  if (answer.status < 300 && typeof token === 'string' && token !== '') {
    const scope = value('scope');
    return Response.json({
      access_token: token,
      token_type: 'bearer',
      ...present('refresh_token', value('refresh_token')),
      ...present('expires_in', value('expires_in')),
      ...present('scope', Array.isArray(scope) ? scope.filter((one) => typeof one === 'string').join(' ') : scope),
    });
  }
  const error = valueAt(places.error, 'error', cleaned);
  if (typeof error === 'string' && error !== '' && answer.status < 500) {
    const status = answer.status < 400 ? 400 : answer.status;
    return Response.json({ error }, { status });
  }
  // What gives a token back needs no body.
  return answer.status < 300 ? new Response('{}', JSON_CONTENT) : new Response(null, { status: answer.status });
}

/** What the answer of a token endpoint gave. */
export function givenTokens(
  auth: AuthorizationCodeAuth | ClientCredentialsAuth,
  { access_token, refresh_token, expires_in, scope }: TokenEndpointResponse,
  answer: Answer | undefined,
): GivenTokens {
  // Services separate by what they are asked with, or by a space.
  const separators = new Set([auth.scope_separator ?? ' ', ' ', ',']);
  const scopes = scope === undefined || scope === '' ? undefined : splitAt(scope, separators);
  return {
    accessToken: access_token,
    refreshToken: refresh_token,
    lifetimeMs: expires_in === undefined || expires_in <= 0 ? undefined : expires_in * 1000,
    scopes,
    response: { ...answer },
  };
}

const JSON_CONTENT = { headers: { 'content-type': 'application/json' } };

function valueAt(template: string | undefined, name: string, { status, headers, body }: Answer): Json | undefined {
  if (template === undefined) return isJsonObject(body) ? (body[name] ?? undefined) : undefined;
  try {
    return compileTemplate(template)({ response: { status, headers, body } }) ?? undefined;
  } catch {
    // Where the answer has nothing there.
    return undefined;
  }
}

function present(name: string, value: Json | undefined): JsonObject {
  return value === undefined || value === '' ? {} : { [name]: value };
}

function splitAt(text: string, separators: ReadonlySet<string>): string[] {
  let parts = [text];
  for (const separator of separators) parts = parts.flatMap((part) => part.split(separator));
  return [...new Set(parts.map((part) => part.trim()).filter((part) => part !== ''))].toSorted();
}
