import type { RetryAfterHeader } from '../generated/plan.ts';

export interface AnswerHeaders {
  readonly [name: string]: string | undefined;
}

/**
 * Milliseconds that an answer asks to wait, by the first of these that says so: `Retry-After` (RFC 9110 §10.2.3, seconds
 * or a date) and its forms in milliseconds; the headers that the connector names; `RateLimit` with `RateLimit-Policy`
 * (draft-ietf-httpapi-ratelimit-headers) and the older `RateLimit-Reset` with its relatives. `undefined` where it asks for
 * nothing, or for something that is no time.
 */
export function retryAfterMs(
  headers: AnswerHeaders,
  now: number,
  own: readonly RetryAfterHeader[] = [],
): number | undefined {
  const asked = [
    ...['retry-after-ms', 'x-ms-retry-after-ms'].map((name) => read(headers[name], 'milliseconds', now)),
    stretchOrInstant(headers['retry-after'], now),
    ...own.map(({ header, as }) => read(headers[header.toLowerCase()], as, now)),
    structuredReset(headers),
    ...RESET_HEADERS.map((name) => reset(headers, name, now)),
  ].find((wait) => wait !== undefined);
  return asked === undefined ? undefined : Math.max(0, Math.ceil(asked));
}

/** Each with the header that says how many requests are left. */
const RESET_HEADERS = ['ratelimit', 'x-ratelimit', 'x-rate-limit'];

/** Numbers above are no stretch of time but an instant: seconds since 1970, from 2001 on, and milliseconds. */
const EPOCH_SECONDS = 1e9;
const EPOCH_MILLISECONDS = 1e12;

function read(text: string | undefined, as: RetryAfterHeader['as'], now: number): number | undefined {
  const written = text?.trim() ?? '';
  if (as === 'date') return untilDate(written, now);
  if (as === 'duration') return durationMs(written);
  if (!/^\d+(\.\d+)?$/.test(written)) return undefined;
  const value = Number(written);
  switch (as) {
    case 'seconds':
      return value * 1000;
    case 'milliseconds':
      return value;
    case 'epoch_seconds':
      return value * 1000 - now;
    case 'epoch_milliseconds':
      return value - now;
  }
}

function untilDate(text: string, now: number): number | undefined {
  const date = /[a-z]|^\d{4}-/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : date - now;
}

const UNITS: { [unit: string]: number } = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A duration such as `6m0s` or `20ms`. */
function durationMs(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)];
  return parts.reduce((sum, [, count, unit = '']) => sum + Number(count) * (UNITS[unit] ?? 0), 0);
}

/** `RateLimit-Reset` and its relatives, where no request is left. */
function reset(headers: AnswerHeaders, family: string, now: number): number | undefined {
  const remaining = headers[`${family}-remaining`];
  if (remaining !== undefined && Number(remaining) > 0) return undefined;
  return stretchOrInstant(headers[`${family}-reset`] ?? headers[`${family}-reset-after`], now);
}

/** A stretch in seconds, an instant as seconds or milliseconds since 1970, or a date: services write each in the header of another. */
function stretchOrInstant(written: string | undefined, now: number): number | undefined {
  const value = Number(written);
  if (written === undefined || Number.isNaN(value)) return read(written, 'date', now);
  if (value >= EPOCH_MILLISECONDS) return value - now;
  return value >= EPOCH_SECONDS ? value * 1000 - now : read(written, 'seconds', now);
}

/**
 * The longest wait that a `RateLimit` header asks for: `"burst";r=0;t=30` (from draft 8 on; where `t` is not said, the
 * window of the policy) or `limit=100, remaining=0, reset=30` (draft 7).
 */
function structuredReset(headers: AnswerHeaders): number | undefined {
  const field = headers['ratelimit'];
  if (field === undefined) return undefined;
  const older = /(?:^|[\s,;])reset=(\d+)/.exec(field);
  if (older !== null) return /remaining=[1-9]/.test(field) ? undefined : Number(older[1]) * 1000;
  const windows = new Map(itemsOf(headers['ratelimit-policy']).map(({ name, parameters }) => [name, parameters['w']]));
  const waits = itemsOf(field).flatMap(({ name, parameters: { r = '0', t = windows.get(name) } }) =>
    Number(r) === 0 && t !== undefined ? [Number(t) * 1000] : [],
  );
  return waits.length === 0 ? undefined : Math.max(...waits);
}

/** The items of a structured list (RFC 9651) of names with numbers as parameters; what is not one is passed over. */
function itemsOf(field = ''): { name: string; parameters: { [key: string]: string } }[] {
  return [...field.matchAll(/(?:^|,)\s*("(?:[^"\\]|\\.)*"|[\w*.-]+)((?:\s*;\s*[a-z]+=(?:"[^"]*"|[^,;]*))*)/g)].map(
    ([, name = '', text = '']) => ({
      name,
      parameters: Object.fromEntries(
        [...text.matchAll(/;\s*([a-z]+)=(\d+)/g)].map(([, key = '', value = '']) => [key, value]),
      ),
    }),
  );
}
