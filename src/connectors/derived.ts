import { createHash, createHmac, randomBytes, randomUUID, sign } from 'node:crypto';
import type { Bytes, Derived, DerivedParameters, DerivedTime, WrittenBytes } from '../generated/plan.ts';
import { isJsonObject, type Json, type JsonObject } from '../json/value.ts';
import { compileTemplate } from '../language/evaluate.ts';
import { authText } from './auth.ts';
import { derivedInOrder, type DerivedValues } from './derived-order.ts';
import type { SecretTexts } from './echoed-secrets.ts';
import { privateKey, signedToken } from './jwt.ts';
import { encodeBody, fieldsOf } from './request-body.ts';
import type { BuiltRequest } from './request.ts';

/** What was derived for one request. */
export interface DerivedForRequest {
  /** What templates see as `derived`. */
  values: JsonObject;
  /** Those that prove who asks, which no answer may bring back. */
  secrets: SecretTexts;
}

const PROOFS = ['digest', 'hmac', 'signature', 'jwt'] as const;

/**
 * Makes the values that a text names as `derived`, and those that they need. `roots` are the connection's fields, secret ones
 * too; `request` is absent where there is none to sign. What needs something that is not there is left out. Throws
 * `EvaluationError`, or `TypeError` where a key cannot be used.
 */
export async function derive(
  values: DerivedValues,
  users: unknown,
  roots: JsonObject,
  now: number,
  request?: BuiltRequest,
): Promise<DerivedForRequest> {
  const made: JsonObject = {};
  const secrets: { [name: string]: string } = {};
  const seen = request === undefined ? {} : requestRoot(request);
  for (const [name, derived] of derivedInOrder(values, users)) {
    const value = await make(derived, { ...roots, request: seen, derived: made }, now, request);
    if (value === undefined) continue;
    made[name] = value;
    if (typeof value === 'string' && PROOFS.some((kind) => derived[kind] !== undefined)) secrets[name] = value;
  }
  return { values: made, secrets: { fields: secrets } };
}

/** The request as it will be sent, without the credential. */
function requestRoot({ method, url, body }: BuiltRequest): JsonObject {
  const content = body === undefined ? '' : encodeBody(body).content;
  const query = url.search.slice(1);
  return {
    method,
    url: url.href,
    host: url.host,
    path: url.pathname,
    query,
    target: url.pathname + url.search,
    // A file has no text.
    ...(typeof content === 'string' ? { body: content } : {}),
  };
}

async function make(
  { text, time, random, parameters, digest, hmac, signature, jwt }: Derived,
  roots: JsonObject,
  now: number,
  request: BuiltRequest | undefined,
): Promise<Json | undefined> {
  if (text !== undefined) return authText(text, roots);
  if (time !== undefined) return timeAs(time, now);
  if (random !== undefined) return random === 'uuid' ? randomUUID() : randomBytes(16).toString('hex');
  if (parameters !== undefined) return request && parametersOf(parameters, roots, request);
  if (digest !== undefined) {
    const of = bytesOf(digest.of, roots);
    return (
      of &&
      createHash(digest.algorithm)
        .update(of)
        .digest(digest.encoding ?? 'hex')
    );
  }
  if (hmac !== undefined) {
    const [key, of] = [bytesOf(hmac.key, roots), bytesOf(hmac.of, roots)];
    return (
      key &&
      of &&
      createHmac(hmac.algorithm, key)
        .update(of)
        .digest(hmac.encoding ?? 'hex')
    );
  }
  if (signature !== undefined) {
    const [key, of] = [authText(signature.key, roots), bytesOf(signature.of, roots)];
    const hash = signature.algorithm === 'ed25519' ? null : 'sha256';
    return key === undefined || of === undefined
      ? undefined
      : sign(hash, of, privateKey(key)).toString(signature.encoding ?? 'hex');
  }
  if (jwt === undefined) return undefined;
  const key = bytesOf(jwt.key, roots);
  const [header, claims] = [compileTemplate(jwt.header ?? {})(roots), compileTemplate(jwt.claims)(roots)];
  return key && signedToken(jwt, key, asObject(header), asObject(claims), now);
}

function timeAs({ as, later_s: later = 0 }: DerivedTime, now: number): Json {
  const time = now + later * 1000;
  switch (as) {
    case 'unix_s':
      return Math.floor(time / 1000);
    case 'unix_ms':
      return time;
    case 'iso8601':
      return new Date(time).toISOString();
    case 'basic':
      return new Date(time).toISOString().replaceAll(/[-:]|\.\d+/g, '');
    case 'http':
      return new Date(time).toUTCString();
  }
}

function parametersOf(spec: DerivedParameters, roots: JsonObject, { url, body }: BuiltRequest): string {
  const { of, add = {}, encoded = true, equals = '=', separator = '&' } = spec;
  const added = Object.entries(add).flatMap(([name, template]): [string, string][] => {
    const value = authText(template, roots);
    return value === undefined ? [] : [[name, value]];
  });
  const query = of.includes('query') ? [...url.searchParams] : [];
  const form = of.includes('form') && body?.kind === 'form' ? fieldsOf(body.value, body.lists) : [];
  const written = encoded ? percentEncoded : (text: string): string => text;
  return [...query, ...form, ...added]
    .map(([name, value]): [string, string] => [written(name), written(value)])
    .toSorted(([name, value], [otherName, otherValue]) => compare(name, otherName) || compare(value, otherValue))
    .map(([name, value]) => `${name}${equals}${value}`)
    .join(separator);
}

/** All but the unreserved characters of RFC 3986 §2.3. */
function percentEncoded(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** `undefined` where one of them needs what is not there. */
function bytesOf(bytes: Bytes, roots: JsonObject): Buffer | undefined {
  const parts = [bytes].flat().map((part) => partOf(part, roots));
  return parts.some((part) => part === undefined)
    ? undefined
    : Buffer.concat(parts.filter((part) => part !== undefined));
}

function partOf(part: WrittenBytes, roots: JsonObject): Buffer | undefined {
  if (typeof part === 'string') return bytesOfText(part, 'utf8', roots);
  return part.hex === undefined ? bytesOfText(part.base64, 'base64', roots) : bytesOfText(part.hex, 'hex', roots);
}

function bytesOfText(
  template: string | undefined,
  encoding: 'utf8' | 'base64' | 'hex',
  roots: JsonObject,
): Buffer | undefined {
  const text = authText(template, roots);
  return text === undefined ? undefined : Buffer.from(text, encoding);
}

function asObject(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
