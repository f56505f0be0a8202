import { Temporal } from 'temporal-polyfill';

/** What a date was written as: the local time, and the offset where the text names one. */
export interface ParsedDate {
  local: Temporal.PlainDateTime;
  offset: string | undefined;
}

interface Part {
  /** As a regular expression with one group. */
  reads: string;
  set(value: string, fields: Fields): void;
  write(date: Temporal.ZonedDateTime, locale: string): string;
}

interface Fields {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  millisecond: number;
  half?: 'AM' | 'PM';
  offset?: string;
}

type NumberField = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second' | 'millisecond';

const MONTHS = 'January February March April May June July August September October November December'.split(' ');

/** Letters of Unicode's date field symbols (UTS #35). */
const PARTS: { [letters: string]: Part } = {
  yyyy: numeric('year', 4),
  yy: {
    reads: '(\\d{2})',
    set: (value, fields) => (fields.year = 2000 + Number(value)),
    write: ({ year }) => pad(year % 100, 2),
  },
  MMMM: monthName((name) => name, 'long'),
  MMM: monthName((name) => name.slice(0, 3), 'short'),
  MM: numeric('month', 2),
  M: numeric('month', 1),
  dd: numeric('day', 2),
  d: numeric('day', 1),
  HH: numeric('hour', 2),
  H: numeric('hour', 1),
  hh: { ...numeric('hour', 2), write: ({ hour }) => pad(hour % 12 || 12, 2) },
  h: { ...numeric('hour', 1), write: ({ hour }) => pad(hour % 12 || 12, 1) },
  mm: numeric('minute', 2),
  ss: numeric('second', 2),
  SSS: numeric('millisecond', 3),
  a: {
    reads: '([AaPp][Mm])',
    set: (value, fields) => (fields.half = value.toUpperCase() === 'PM' ? 'PM' : 'AM'),
    write: ({ hour }) => (hour < 12 ? 'AM' : 'PM'),
  },
  XXX: {
    reads: '(Z|[+-]\\d{2}:\\d{2})',
    set: (value, fields) => (fields.offset = value === 'Z' ? '+00:00' : value),
    write: ({ offset }) => (offset === '+00:00' ? 'Z' : offset),
  },
  EEEE: weekday('long'),
  EEE: weekday('short'),
};

/** The letters that make a day. */
export const DATE_PARTS: ReadonlySet<string> = new Set([
  'yyyy',
  'yy',
  'MMMM',
  'MMM',
  'MM',
  'M',
  'dd',
  'd',
  'EEEE',
  'EEE',
]);

/** What is wrong with a pattern, if so. Letters that mean nothing stand in quotes: `yyyy'T'HH`. */
export function patternProblem(pattern: string, allowed?: ReadonlySet<string>): string | undefined {
  for (const { letters, text } of tokensOf(pattern)) {
    if (letters === undefined) continue;
    const known = Object.keys(PARTS).filter((one) => allowed?.has(one) ?? true);
    if (!known.includes(letters))
      return `\`${text}\` means nothing in a pattern; known: ${known.join(' ')}, and text in '…'`;
  }
  return undefined;
}

/** Reads a date strictly: nothing may stand before, between or behind but what the pattern says. */
export function parseDate(text: string, pattern: string, fail: (message: string) => never): ParsedDate {
  const tokens = tokensOf(pattern);
  const parts = tokens.flatMap(({ letters }) => (letters === undefined ? [] : [PARTS[letters]]));
  const reads = tokens.map((token) =>
    token.letters === undefined ? RegExp.escape(token.text) : (PARTS[token.letters]?.reads ?? ''),
  );
  // Each part has few digits or letters at most, so this ends soon whatever the text.
  const match = new RegExp(`^${reads.join('')}$`).exec(text);
  if (match === null) return fail(`the text is not written as ${pattern}`);
  const fields: Fields = { year: 1970, month: 1, day: 1, hour: 0, minute: 0, second: 0, millisecond: 0 };
  for (const [index, part] of parts.entries()) part?.set(match[index + 1] ?? '', fields);
  const { half, offset, ...time } = fields;
  if (half !== undefined && (time.hour < 1 || time.hour > 12)) return fail('an hour with AM or PM is from 1 to 12');
  const hour = half === undefined ? time.hour : (time.hour % 12) + (half === 'PM' ? 12 : 0);
  try {
    return { local: Temporal.PlainDateTime.from({ ...time, hour }, { overflow: 'reject' }), offset };
  } catch {
    return fail('there is no such date');
  }
}

export function formatDate(date: Temporal.ZonedDateTime, pattern: string, locale: string): string {
  return tokensOf(pattern)
    .map(({ letters, text }) => (letters === undefined ? text : (PARTS[letters]?.write(date, locale) ?? '')))
    .join('');
}

/** The pattern in pieces: letters that mean something, and texts as they stand. */
function tokensOf(pattern: string): { letters: string | undefined; text: string }[] {
  return [...pattern.matchAll(/([A-Za-z])\1*|'((?:[^']|'')*)'|[^A-Za-z']+|'/g)].map(([whole, letter, quoted]) => {
    if (letter !== undefined) return { letters: whole, text: whole };
    return {
      letters: undefined,
      text: quoted === undefined ? whole : quoted === '' ? "'" : quoted.replaceAll("''", "'"),
    };
  });
}

function numeric(field: NumberField, width: number): Part {
  return {
    reads: width === 1 ? '(\\d{1,2})' : `(\\d{${width}})`,
    set: (value, fields) => (fields[field] = Number(value)),
    write: (date) => pad(date[field], width),
  };
}

/** Months are read by their English names: a name of another language is not told from a slip. */
function monthName(shorten: (name: string) => string, width: 'long' | 'short'): Part {
  const names = MONTHS.map((name) => shorten(name));
  return {
    reads: `(${names.join('|')})`,
    set: (value, fields) => (fields.month = names.indexOf(value) + 1),
    write: (date, locale) => date.toPlainDate().toLocaleString(locale, { month: width }),
  };
}

function weekday(width: 'long' | 'short'): Part {
  return {
    reads: '([A-Za-z]{1,20})',
    set: () => undefined,
    write: (date, locale) => date.toPlainDate().toLocaleString(locale, { weekday: width }),
  };
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}
