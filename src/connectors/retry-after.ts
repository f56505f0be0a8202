/**
 * Milliseconds that an answer asks to wait: `Retry-After` (RFC 9110 §10.2.3) as seconds or as a date, or
 * `retry-after-ms`. `undefined` where it asks for nothing, or for something that is no time.
 */
export function retryAfterMs(
  headers: { readonly [name: string]: string | undefined },
  now: number,
): number | undefined {
  const exact = Number(headers['retry-after-ms']);
  if (headers['retry-after-ms'] !== undefined && Number.isFinite(exact) && exact >= 0) return exact;
  const asked = headers['retry-after']?.trim();
  if (asked === undefined || asked === '') return undefined;
  if (/^\d+(\.\d+)?$/.test(asked)) return Number(asked) * 1000;
  const date = Date.parse(asked);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
