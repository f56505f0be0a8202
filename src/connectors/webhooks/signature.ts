import { createHash, createHmac, createPublicKey, verify, type KeyObject } from 'node:crypto';
import type { WebhookKey, WebhookScheme, WebhookTimestamp } from '../../generated/connector.ts';
import { isSameSecret } from '../../secrets/same-secret.ts';
import { isForm } from './body.ts';
import { describePart, readPart, type WebhookRequest } from './request.ts';

/**
 * Proves that a request is genuine. Gives `undefined` where it is, otherwise the reason in words, which tell nothing of
 * the key or of the right signature. `key` is the connection's field; `now` is in milliseconds since 1970.
 */
export function refuseSignature(
  scheme: WebhookScheme,
  request: WebhookRequest,
  key: string,
  now: number,
): string | undefined {
  const bytes = keyBytes(scheme.key, key);
  if (bytes === undefined) return 'the key of the connection is not written as it should be';
  const signatures = readPart(scheme.signature, request);
  if (signatures.length === 0) return `${describePart(scheme.signature)} holds no signature`;
  const signed = signedBytes(scheme, request, bytes);
  if (typeof signed === 'string') return signed;
  const right = signatureCheck(scheme, bytes, signed);
  // All are looked at, so that the time does not tell which one was right.
  if (signatures.filter((signature) => right(signature)).length === 0) return 'the signature is wrong';
  return refuseDigest(scheme, request) ?? refuseTimestamp(scheme.timestamp, request, now);
}

/** The signature of a text under a key, as the scheme writes it; `undefined` where its algorithm is no HMAC or the key none. */
export function signText(
  { algorithm, encoding = 'hex', key: form }: WebhookScheme,
  key: string,
  text: string,
): string | undefined {
  const bytes = keyBytes(form, key);
  if (bytes === undefined || !algorithm.startsWith('hmac-')) return undefined;
  return createHmac(algorithm.slice('hmac-'.length), bytes).update(text).digest(encoding);
}

function keyBytes({ prefix = '', decode = 'utf8' }: WebhookKey, field: string): Buffer | undefined {
  const text = field.startsWith(prefix) ? field.slice(prefix.length) : field;
  return KEY_FORMS[decode].test(text) ? Buffer.from(text, decode) : undefined;
}

const KEY_FORMS = { utf8: /./, hex: /^([0-9a-f]{2})+$/i, base64: /^[A-Za-z0-9+/]+={0,2}$/ };

/** What was signed, or why that cannot be known. */
function signedBytes(scheme: WebhookScheme, request: WebhookRequest, key: Buffer): Buffer | string {
  const parts: Uint8Array[] = [];
  for (const part of (scheme.signed ?? '{body}').split(/(\{\w+\})/)) {
    const value = partBytes(part, scheme, request, key);
    if (typeof value === 'string') return value;
    parts.push(value);
  }
  return Buffer.concat(parts);
}

function partBytes(part: string, scheme: WebhookScheme, request: WebhookRequest, key: Buffer): Uint8Array | string {
  switch (part) {
    case '{body}':
      return request.body;
    case '{method}':
      return Buffer.from(request.method);
    case '{url}':
      return Buffer.from(request.url);
    case '{decoded_url}':
      return Buffer.from(request.url.replaceAll(DECODED, (code) => decodeURIComponent(code)));
    case '{form}':
      return Buffer.from(sortedForm(request));
    case '{timestamp}':
      return sentText(scheme.timestamp?.at, request);
    case '{id}':
      return sentText(scheme.delivery_id, request);
    case '{secret}':
      return key;
    default:
      return Buffer.from(part);
  }
}

/** `:/?@!$'()*,;`, the characters that HubSpot decodes, https://developers.hubspot.com/docs/guides/apps/authentication/validating-requests */
const DECODED = /%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi;

function sentText(part: WebhookScheme['delivery_id'], request: WebhookRequest): Uint8Array | string {
  const [text] = part === undefined ? [] : readPart(part, request);
  if (text !== undefined) return Buffer.from(text);
  return part === undefined
    ? 'the scheme signs what it does not say where to find'
    : `${describePart(part)} is missing`;
}

/** Names and values in order of name, as Twilio signs them, https://www.twilio.com/docs/usage/security */
function sortedForm({ headers, body }: WebhookRequest): string {
  if (!isForm(singleHeader(headers['content-type']))) return '';
  const fields = new URLSearchParams(Buffer.from(body).toString());
  const names = [...new Set(fields.keys())].toSorted();
  return names
    .map((name) =>
      [...new Set(fields.getAll(name))]
        .toSorted()
        .map((value) => name + value)
        .join(''),
    )
    .join('');
}

function signatureCheck(
  { algorithm, encoding = 'hex' }: WebhookScheme,
  key: Buffer,
  signed: Buffer,
): (signature: string) => boolean {
  if (algorithm === 'token') return (token) => isSameSecret(token, key.toString());
  if (algorithm === 'ed25519') {
    const publicKey = ed25519Key(key);
    return (signature) => {
      const bytes = Buffer.from(signature, encoding);
      // Only the one way to write the bytes is taken.
      return (
        publicKey !== undefined && bytes.toString(encoding) === signature && verify(null, signed, publicKey, bytes)
      );
    };
  }
  const digest = algorithm === 'sha256' ? createHash('sha256') : createHmac(algorithm.slice('hmac-'.length), key);
  const expected = digest.update(signed).digest(encoding);
  return (signature) => isSameSecret(signature, expected);
}

/** A raw key of 32 bytes in the form that Node reads: the fixed beginning is that of RFC 8410. */
function ed25519Key(raw: Buffer): KeyObject | undefined {
  if (raw.length !== 32) return undefined;
  const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw]);
  return createPublicKey({ key: der, format: 'der', type: 'spki' });
}

/** A body that the signature leaves out is proved by its digest in the address, which is signed. */
function refuseDigest({ body_digest: part }: WebhookScheme, request: WebhookRequest): string | undefined {
  if (part === undefined || request.body.length === 0 || isForm(singleHeader(request.headers['content-type'])))
    return undefined;
  const [digest] = readPart(part, request);
  if (digest === undefined) return `${describePart(part)} is missing, so nothing proves the body`;
  const expected = createHash('sha256').update(request.body).digest('hex');
  return isSameSecret(digest, expected) ? undefined : `${describePart(part)} is not the digest of the body`;
}

function refuseTimestamp(
  timestamp: WebhookTimestamp | undefined,
  request: WebhookRequest,
  now: number,
): string | undefined {
  if (timestamp === undefined) return undefined;
  const { at, unit = 'seconds', tolerance_s: tolerance = 300 } = timestamp;
  const [text] = readPart(at, request);
  if (text === undefined) return `${describePart(at)} holds no time`;
  const sent = instantOf(text, unit);
  if (sent === undefined) return `${describePart(at)} is no time in ${unit}`;
  const apart = Math.round((now - sent) / 1000);
  if (Math.abs(apart) <= tolerance) return undefined;
  const words = apart > 0 ? `${apart} seconds ago` : `${-apart} seconds from now`;
  return `it was signed ${words}; ${tolerance} are allowed: send it anew, or set the clock right`;
}

/** Milliseconds since 1970. */
function instantOf(text: string, unit: NonNullable<WebhookTimestamp['unit']>): number | undefined {
  if (unit === 'iso8601') {
    const instant = /(Z|[+-]\d\d:?\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
    return Number.isNaN(instant) ? undefined : instant;
  }
  if (!/^\d{1,15}$/.test(text)) return undefined;
  return Number(text) * (unit === 'seconds' ? 1000 : 1);
}

function singleHeader(value: string | string[] | undefined): string | undefined {
  return [value].flat()[0];
}
