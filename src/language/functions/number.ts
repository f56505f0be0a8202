import type { Json } from '../../json/value.ts';
import { INTEGER, NUMBER, STRING, type Type } from '../types.ts';
import { number, param, text, type Call, type InferredArgument, type LibraryFunction } from './function.ts';
import { localeOf, localeProblem } from './locale.ts';

const DIGITS = param('digits', INTEGER, { optional: true, constant: badDigits });
const X = param('x', NUMBER);
const LOCALE = param('locale', STRING, { written: localeProblem });

/** Numbers: rounding, and texts by the habits of a locale. */
export const NUMBER_FUNCTIONS: readonly LibraryFunction[] = [
  {
    name: 'number.round',
    params: [X, DIGITS],
    gives: 'number',
    doc: 'The number with so many digits behind the point (0 without them); a half goes away from zero.',
    examples: [
      ['number.round(2.5)', 3],
      ['number.round(1.005, 2)', 1.01],
      ['number.round(-2.5)', -3],
    ],
    infer: (_self, [, digits]) => ({ kind: 'number', integer: digits === undefined || isZero(digits) }),
    evaluate: ({ args: [x, digits] }) => roundDecimal(number(x), number(digits)),
  },
  {
    name: 'number.floor',
    params: [X],
    gives: 'integer',
    doc: 'The greatest whole number that is not above it.',
    examples: [['number.floor(-1.5)', -2]],
    infer: () => INTEGER,
    evaluate: ({ args: [x] }) => Math.floor(number(x)),
  },
  {
    name: 'number.ceil',
    params: [X],
    gives: 'integer',
    doc: 'The smallest whole number that is not below it.',
    examples: [['number.ceil(1.2)', 2]],
    infer: () => INTEGER,
    evaluate: ({ args: [x] }) => Math.ceil(number(x)),
  },
  {
    name: 'number.abs',
    params: [X],
    gives: 'number',
    doc: 'The number without its sign.',
    examples: [['number.abs(-3)', 3]],
    infer: (_self, [x]) => ({ kind: 'number', integer: isWhole(x), minimum: 0 }),
    evaluate: ({ args: [x] }) => Math.abs(number(x)),
  },
  {
    name: 'number.min',
    params: [X, param('y', NUMBER)],
    gives: 'number',
    doc: 'The smaller one.',
    examples: [['number.min(3, 2)', 2]],
    infer: (_self, args) => ({ kind: 'number', integer: args.every(isWhole) }),
    evaluate: ({ args: [x, y] }) => Math.min(number(x), number(y)),
  },
  {
    name: 'number.max',
    params: [X, param('y', NUMBER)],
    gives: 'number',
    doc: 'The greater one.',
    examples: [['number.max(3, 2)', 3]],
    infer: (_self, args) => ({ kind: 'number', integer: args.every(isWhole) }),
    evaluate: ({ args: [x, y] }) => Math.max(number(x), number(y)),
  },
  {
    name: 'number.parse',
    params: [param('text', STRING), LOCALE],
    gives: 'number',
    doc: 'The number that the text writes with the separators of the locale. Groups must stand where the locale puts them.',
    examples: [
      ["number.parse('1.234,5', 'de-DE')", 1234.5],
      ["number.parse('-7', 'en-US')", -7],
      ["try(number.parse('1,23', 'en-US'), 0)", 0],
      ["number.parse('12,34,567', 'en-IN')", 1234567],
    ],
    infer: () => NUMBER,
    evaluate: (call) => parseNumber(call),
  },
  {
    name: 'number.format',
    params: [X, LOCALE, DIGITS],
    gives: 'text',
    doc: 'The number as the locale writes it, with so many digits behind the point, or as many as it needs up to three.',
    examples: [
      ["number.format(1234.5, 'de-DE', 2)", '1.234,50'],
      ["number.format(1234.5, 'en-US')", '1,234.5'],
    ],
    infer: () => STRING,
    evaluate({ args: [x, locale, digits], fail }) {
      const options =
        digits === undefined ? {} : { minimumFractionDigits: number(digits), maximumFractionDigits: number(digits) };
      return new Intl.NumberFormat(localeOf(text(locale), fail), options).format(number(x));
    },
  },
];

/** By the digits that the number is written with, so that 1.005 is not 1.00499…; a half goes away from zero. */
function roundDecimal(value: number, digits: number): number {
  const shifted = shift(Math.abs(value), digits);
  if (!Number.isFinite(shifted)) return value;
  return Math.sign(value) * shift(Math.round(shifted), -digits) || 0;
}

function shift(value: number, digits: number): number {
  const [mantissa, exponent = '0'] = String(value).split('e');
  return Number(`${mantissa}e${Number(exponent) + digits}`);
}

function parseNumber({ args: [written, locale], fail }: Call): number {
  const format = new Intl.NumberFormat(localeOf(text(locale), fail), {
    useGrouping: 'always',
    maximumFractionDigits: 1,
  });
  const parts = format.formatToParts(-1234567.5);
  const sign = (type: string): string => parts.find((part) => part.type === type)?.value ?? '';
  const [group, decimal, minus] = [plainSpaces(sign('group')), sign('decimal'), sign('minusSign')];
  const plain = plainSpaces(text(written).trim()).replace(minus, '-');
  const [, negative = '', whole = '', fraction = '0'] = partsOf(plain, decimal);
  const digits = whole.split(group).join('');
  if (!/^\d+$/.test(digits) || !/^\d+$/.test(fraction)) return fail('the text is no number as the locale writes it');
  // A comma where the locale groups is most likely meant as a point: 1,23 is not 123.
  if (whole !== digits && whole !== plainSpaces(format.format(BigInt(digits))))
    return fail('the groups of digits are not where the locale puts them');
  const result = Number(`${negative}${digits}.${fraction}`);
  return Number.isFinite(result) ? result : fail('the number is too large');
}

/** Sign, whole part and fraction; nothing where the point stands twice. */
function partsOf(written: string, decimal: string): RegExpExecArray | [] {
  const point = RegExp.escape(decimal);
  return new RegExp(`^(-?)([^${point}]*)(?:${point}([^${point}]*))?$`).exec(written) ?? [];
}

/** Spaces of several kinds stand for one another: people type what their keyboard has. */
function plainSpaces(written: string): string {
  return written.replaceAll(/[\u00a0\u202f]/g, ' ');
}

function badDigits(value: Json): string | undefined {
  return typeof value === 'number' && value >= 0 && value <= 15 ? undefined : 'the digits are from 0 to 15';
}

function isZero({ type }: InferredArgument): boolean {
  return type.kind === 'number' && type.values?.length === 1 && type.values[0] === 0;
}

function isWhole(argument: InferredArgument | undefined): boolean {
  const type: Type = argument?.type ?? NUMBER;
  return type.kind === 'number' && type.integer;
}
