import type { Cursor } from '../../generated/plan.ts';
import type { Json } from '../../json/value.ts';

/** A cursor as something that can be compared with others of its kind. */
export type Comparable = number | bigint | string;

/** What can be compared of a cursor's value; `undefined` where it is not what the connector says. */
export function comparable({ as = 'iso8601' }: Cursor, value: Json | undefined): Comparable | undefined {
  if (value === undefined || value === null) return undefined;
  const text = textOf(value);
  if (as === 'text') return text;
  if (as === 'iso8601') return finite(Date.parse(text));
  // Ids may have more digits than a double holds.
  return /^-?\d+$/.test(text) ? BigInt(text) : finite(Number(text));
}

/** The cursor that the next request is given: earlier by the lookback. */
export function lookBack({ as = 'iso8601', lookback_s: lookback = 0 }: Cursor, value: Json): Json {
  if (lookback === 0) return value;
  switch (as) {
    case 'iso8601':
      return new Date(Date.parse(textOf(value)) - lookback * 1000).toISOString();
    case 'unix_s':
      return Number(value) - lookback;
    case 'unix_ms':
      return Number(value) - lookback * 1000;
    default:
      return value;
  }
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function finite(number: number): number | undefined {
  return Number.isFinite(number) ? number : undefined;
}
