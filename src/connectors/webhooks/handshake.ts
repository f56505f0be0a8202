import { keyFields } from '../connection-fields.ts';
import type { Handshake, WebhookScheme } from '../../generated/connector.ts';
import { isJsonObject, type Json, type JsonObject } from '../../json/value.ts';
import { compileTemplate } from '../../language/evaluate.ts';
import { EvaluationError } from '../../language/evaluation-error.ts';
import { isSameSecret } from '../../secrets/same-secret.ts';
import { readPart, requestRoots, type WebhookRequest } from './request.ts';
import { signText } from './signature.ts';

/** What a service that tries the address is answered, with 200. */
export interface HandshakeReply {
  contentType: 'text/plain' | 'application/json';
  body: string;
  headers: { [name: string]: string };
}

export interface AnsweredHandshake {
  reply: HandshakeReply;
  /** The key that the service gave by it, to be kept before it is answered. */
  keep?: string;
}

/** What is known of who sends. */
export interface Sender {
  /** The request's signature was found right; without that, only handshakes that come unsigned are answered. */
  proved: boolean;
  /** The key, where there is one. */
  key: string | undefined;
  /** The connection's fields. */
  field: (name: string) => string | undefined;
}

/** The answer to a request by which the service tries the address; `undefined` where it is none. */
export function answerHandshake(
  scheme: WebhookScheme,
  request: WebhookRequest,
  { proved, key, field }: Sender,
): AnsweredHandshake | undefined {
  const roots = requestRoots(request);
  const found = scheme.handshake?.find(
    (one) =>
      one.method === request.method &&
      (proved || one.method === 'GET' || one.unsigned === true) &&
      evaluate(one.when, roots) === true &&
      tokenIsRight(one, request, field),
  );
  if (found === undefined) return undefined;
  const { sign, keep } = found;
  const text = sign === undefined ? undefined : evaluate(sign.text, roots);
  const signature = typeof text === 'string' && key !== undefined ? signText(scheme, key, text) : undefined;
  const reply = replyOf(found, { ...roots, ...(signature === undefined ? {} : { signature }) });
  const [given] = keep === undefined ? [] : readPart(keep, request);
  return reply && { reply, ...(given === undefined ? {} : { keep: given }) };
}

/** The connection's fields that a scheme reads. */
export function fieldsOfScheme({ key, handshake = [] }: WebhookScheme): string[] {
  const tokens = handshake.flatMap(({ token }) => token?.field ?? []);
  return [...keyFields(key), ...tokens];
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

function replyOf({ answer }: Handshake, roots: JsonObject): HandshakeReply | undefined {
  const { text, json } = answer;
  const value = evaluate(text ?? json ?? '', roots);
  const named = evaluate(answer.headers ?? {}, roots);
  if (value === undefined || !isJsonObject(named)) return undefined;
  const headers = Object.fromEntries(
    Object.entries(named).map(([name, one]) => [name, typeof one === 'string' ? one : JSON.stringify(one)]),
  );
  if (json !== undefined) return { contentType: 'application/json', body: JSON.stringify(value), headers };
  return typeof value === 'string' ? { contentType: 'text/plain', body: value, headers } : undefined;
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
