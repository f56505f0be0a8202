import { ExactNumber } from '../../json/value.ts';
import { INTEGER, NUMBER, STRING, unionOf } from '../types.ts';
import { formatted, number, param, text, type Call, type LibraryFunction } from './function.ts';
import { localeOf, localeProblem } from './locale.ts';

const NO_CURRENCY = 'this is no currency (ISO 4217), such as EUR';
const CURRENCY = param('currency', STRING, {
  written: (value) => (CURRENCIES.has(text(value)) ? undefined : NO_CURRENCY),
});
const MINOR = param('minor', INTEGER);

/** Amounts of money. In minor units (cents) they are whole, so that nothing is lost; ISO 4217 says how many digits. */
export const MONEY_FUNCTIONS: readonly LibraryFunction[] = [
  {
    name: 'money.minor',
    params: [param('amount', unionOf([STRING, NUMBER])), CURRENCY],
    gives: 'integer',
    doc: 'The amount in minor units, exactly. An amount with more digits than the currency has is an error, not rounded.',
    examples: [
      ["money.minor('19.99', 'EUR')", 1999],
      ["money.minor(0.29, 'EUR')", 29],
      ["money.minor('500', 'JPY')", 500],
      ["money.minor('1.234', 'KWD')", 1234],
      ["try(money.minor('0.005', 'EUR'), -1)", -1],
    ],
    infer: () => INTEGER,
    evaluate: (call) => toMinor(call),
  },
  {
    name: 'money.decimal',
    params: [MINOR, CURRENCY],
    gives: 'text (decimal)',
    doc: 'The amount in minor units as a decimal text.',
    examples: [
      ["money.decimal(1999, 'EUR')", '19.99'],
      ["money.decimal(-5, 'USD')", '-0.05'],
      ["money.decimal(500, 'JPY')", '500'],
    ],
    infer: () => formatted('decimal'),
    evaluate: (call) => toDecimal(number(call.args[0]), digitsOf(call, call.args[1])),
  },
  {
    name: 'money.format',
    params: [MINOR, CURRENCY, param('locale', STRING, { written: localeProblem })],
    gives: 'text',
    doc: 'The amount in minor units as the locale writes it, with the sign of the currency.',
    examples: [["money.format(199900, 'USD', 'en-US')", '$1,999.00']],
    infer: () => STRING,
    evaluate: (call) => {
      const { args, fail } = call;
      const digits = digitsOf(call, args[1]);
      const options = { style: 'currency', currency: text(args[1]) } as const;
      // A decimal text keeps every digit (ECMA-402, since 2023).
      const amount = toDecimal(number(args[0]), digits) as Intl.StringNumericLiteral;
      return new Intl.NumberFormat(localeOf(text(args[2]), fail), options).format(amount);
    },
  },
];

function toMinor(call: Call): number {
  const { args, fail } = call;
  const [amount] = args;
  const written =
    amount instanceof ExactNumber ? amount.text : typeof amount === 'number' ? String(amount) : text(amount);
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(written.trim());
  if (match === null) return fail('the amount is no decimal number, such as 19.99');
  const [, sign = '', whole = '', fraction = ''] = match;
  const digits = digitsOf(call, args[1]);
  const kept = fraction.replace(/0+$/, '');
  if (kept.length > digits) return fail('the amount has more digits than the currency');
  const minor = Number(`${sign}${whole}${kept.padEnd(digits, '0')}`);
  return Number.isSafeInteger(minor) ? minor || 0 : fail('the amount is too large');
}

function toDecimal(minor: number, digits: number): string {
  const padded = String(Math.abs(minor)).padStart(digits + 1, '0');
  const sign = minor < 0 ? '-' : '';
  return digits === 0 ? `${sign}${padded}` : `${sign}${padded.slice(0, -digits)}.${padded.slice(-digits)}`;
}

function digitsOf({ fail }: Call, currency: Call['args'][number]): number {
  const code = text(currency);
  if (!CURRENCIES.has(code)) return fail(NO_CURRENCY);
  const { maximumFractionDigits } = new Intl.NumberFormat('en', {
    style: 'currency',
    currency: code,
  }).resolvedOptions();
  return maximumFractionDigits ?? 2;
}

const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));
