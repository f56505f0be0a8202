import { ExactNumber, type Json } from './value.ts';

/**
 * Parses JSON text (RFC 8259) without changing any number: those that a double cannot hold become `ExactNumber`.
 * Throws `SyntaxError` where the text is not JSON.
 */
export function parseJson(text: string): Json {
  // The reviver costs several times the plain parse; only texts that could hold such a number pay for it.
  if (!MAY_HOLD_EXACT_NUMBER.test(text)) return JSON.parse(text) as Json;
  return (JSON.parse as ParseWithSource)(text, (_key, value, context) =>
    typeof value === 'number' && context.source !== undefined && !isExact(context.source, value)
      ? new ExactNumber(context.source)
      : value,
  );
}

/** True where the double says the same number as the text it was read from. */
export function isExact(source: string, value: number): boolean {
  if (!Number.isFinite(value)) return false;
  return normalForm(source) === normalForm(String(value));
}

/** Sixteen digits or more, with or without a point among them, or an exponent: a double holds every shorter number. */
const MAY_HOLD_EXACT_NUMBER = /\d{16}|\d[\d.]{15}\d|\d[eE][+-]?\d/;

type ParseWithSource = (
  text: string,
  reviver: (key: string, value: Json, context: { source?: string }) => Json,
) => Json;

/** Sign, digits without zeros at either end, and the power of ten of the last digit: equal for equal numbers. */
function normalForm(source: string): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(source);
  if (match === null) return source;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  const power = Number(exponent) - fraction.length + (digits.length - significant.length);
  return `${sign}${significant}e${power}`;
}
