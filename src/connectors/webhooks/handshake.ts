import type { Handshake, WebhookScheme } from '../../generated/connector.ts';
import type { Json, JsonObject } from '../../json/value.ts';
import { compileTemplate } from '../../language/evaluate.ts';
import { EvaluationError } from '../../language/evaluation-error.ts';
import { isSameSecret } from '../../secrets/same-secret.ts';
import { readPart, type WebhookRequest } from './request.ts';

/** What a service that tries the address is answered, with 200. */
export interface HandshakeReply {
  contentType: 'text/plain' | 'application/json';
  body: string;
}

/**
 * The answer to a request by which the service tries the address; `undefined` where it is none. `proved` says that its
 * signature was found right; without that, only handshakes that come unsigned are answered. `field` gives the
 * connection's fields.
 */
export function answerHandshake(
  { handshake = [] }: WebhookScheme,
  request: WebhookRequest,
  proved: boolean,
  field: (name: string) => string | undefined,
): HandshakeReply | undefined {
  const roots = rootsOf(request);
  const found = handshake.find(
    (one) =>
      one.method === request.method &&
      (proved || one.method === 'GET' || one.unsigned === true) &&
      evaluate(one.when, roots) === true &&
      tokenIsRight(one, request, field),
  );
  return found === undefined ? undefined : replyOf(found, roots);
}

/** The connection's fields that a scheme reads. */
export function fieldsOfScheme({ key, handshake = [] }: WebhookScheme): string[] {
  return [key.field, ...handshake.flatMap(({ token }) => (token === undefined ? [] : [token.field]))];
}

function rootsOf({ url, headers, value }: WebhookRequest): JsonObject {
  const named = Object.entries(headers).filter((entry): entry is [string, string | string[]] => entry[1] !== undefined);
  return {
    query: Object.fromEntries(new URL(url).searchParams),
    headers: Object.fromEntries(named),
    ...(value === undefined ? {} : { body: value }),
  };
}

function tokenIsRight(
  { token }: Handshake,
  request: WebhookRequest,
  field: (name: string) => string | undefined,
): boolean {
  if (token === undefined) return true;
  const [given = ''] = readPart(token.at, request);
  const expected = field(token.field) ?? '';
  return expected !== '' && isSameSecret(given, expected);
}

function replyOf({ answer: { text, json } }: Handshake, roots: JsonObject): HandshakeReply | undefined {
  const value = evaluate(text ?? json ?? null, roots);
  if (text === undefined)
    return value === undefined ? undefined : { contentType: 'application/json', body: JSON.stringify(value) };
  return typeof value === 'string' ? { contentType: 'text/plain', body: value } : undefined;
}

/** What does not fit this request has no value. */
function evaluate(template: Json, roots: JsonObject): Json | undefined {
  try {
    return compileTemplate(template)(roots);
  } catch (error) {
    if (error instanceof EvaluationError) return undefined;
    throw error;
  }
}
