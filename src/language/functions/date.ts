import { Temporal } from 'temporal-polyfill';
import type { Json } from '../../json/value.ts';
import { INTEGER, STRING } from '../types.ts';
import { DATE_PARTS, formatDate, parseDate, patternProblem } from './date-pattern.ts';
import { formatted, number, param, text, type Call, type LibraryFunction } from './function.ts';
import { localeOf, localeProblem } from './locale.ts';

const DATE_TIME = formatted('date-time');
const DATE = formatted('date');
const UNITS = ['years', 'months', 'weeks', 'days', 'hours', 'minutes', 'seconds'] as const;
type Unit = (typeof UNITS)[number];

const INSTANT = param('instant', STRING);
const NO_ZONE = 'this is no time zone, such as Europe/Madrid';
const ZONE = param('zone', STRING, {
  written: (value) => (zoneNamed(text(value)) === undefined ? NO_ZONE : undefined),
});
const UNIT = param('unit', STRING, { constant: (value) => (isUnit(value) ? undefined : `units: ${UNITS.join(', ')}`) });
const PATTERN = param('pattern', STRING, { constant: (value) => patternProblem(text(value)) });
const DAY_PATTERN = param('pattern', STRING, {
  constant: (value) => patternProblem(text(value)) ?? patternProblem(text(value), DATE_PARTS),
});
const LOCALE = param('locale', STRING, { optional: true, written: localeProblem });

/**
 * Dates, with the meaning of Temporal (TC39). A local time that a zone skips in spring is taken as one hour later, and of
 * one that it has twice in autumn the first is taken (`compatible`, as in RFC 5545).
 */
export const DATE_FUNCTIONS: readonly LibraryFunction[] = [
  {
    name: 'date.parse',
    params: [param('text', STRING), PATTERN, ZONE],
    gives: 'text (date-time)',
    doc: 'The instant that the text writes after the pattern, in the zone; what the pattern does not name is 0. With `XXX` in the pattern the text names its own offset.',
    examples: [
      ["date.parse('01/31/2026 9:05', 'MM/dd/yyyy H:mm', 'Europe/Madrid')", '2026-01-31T09:05:00+01:00'],
      ["date.parse('2026-03-29 02:30', 'yyyy-MM-dd HH:mm', 'Europe/Berlin')", '2026-03-29T03:30:00+02:00'],
      ["try(date.parse('31/31/2026', 'MM/dd/yyyy', 'UTC'), 'no date')", 'no date'],
    ],
    infer: () => DATE_TIME,
    evaluate: (call) => {
      const { args, fail } = call;
      const [written, pattern] = args;
      const zone = zoneOf(call, args[2]);
      const { local, offset } = parseDate(text(written), text(pattern), fail);
      const zoned =
        offset === undefined
          ? local.toZonedDateTime(zone, { disambiguation: 'compatible' })
          : local.toZonedDateTime(offset).withTimeZone(zone);
      return write(zoned);
    },
  },
  {
    name: 'date.parse_day',
    params: [param('text', STRING), DAY_PATTERN],
    gives: 'text (date)',
    doc: 'The day that the text writes after the pattern.',
    examples: [["date.parse_day('31.1.26', 'd.M.yy')", '2026-01-31']],
    infer: () => DATE,
    evaluate: ({ args: [written, pattern], fail }) =>
      parseDate(text(written), text(pattern), fail).local.toPlainDate().toString(),
  },
  {
    name: 'date.format',
    params: [INSTANT, PATTERN, ZONE, LOCALE],
    gives: 'text',
    doc: 'The instant as the pattern writes it in the zone; names of months and days are those of the locale (English without it).',
    examples: [
      ["date.format('2026-01-31T08:05:00Z', 'dd.MM.yyyy HH:mm', 'Europe/Madrid')", '31.01.2026 09:05'],
      ["date.format('2026-01-31T08:05:00Z', 'EEEE, d MMMM', 'UTC', 'es-ES')", 'sábado, 31 enero'],
    ],
    infer: () => STRING,
    evaluate: (call) => {
      const [instant, pattern, zone, locale] = call.args;
      const name = locale === undefined ? 'en' : localeOf(text(locale), (message) => call.fail(message));
      return formatDate(read(call, instant, zone), text(pattern), name);
    },
  },
  {
    name: 'date.add',
    params: [INSTANT, param('amount', INTEGER), UNIT, ZONE],
    gives: 'text (date-time)',
    doc: 'The instant so many units later, or earlier for a negative amount, by the calendar and the clocks of the zone: a day later has the same time of day.',
    examples: [
      ["date.add('2026-03-28T12:00:00+01:00', 1, 'days', 'Europe/Berlin')", '2026-03-29T12:00:00+02:00'],
      ["date.add('2026-01-31T00:00:00Z', 1, 'months', 'UTC')", '2026-02-28T00:00:00+00:00'],
    ],
    infer: () => DATE_TIME,
    evaluate: (call) => {
      const [instant, amount, unit, zone] = call.args;
      return outOfRange(call, () => write(read(call, instant, zone).add({ [unitOf(unit)]: number(amount) })));
    },
  },
  {
    name: 'date.difference',
    params: [INSTANT, param('until', STRING), UNIT, ZONE],
    gives: 'integer',
    doc: 'How many whole units lie between the instants, by the calendar of the zone; negative where `until` is earlier.',
    examples: [
      ["date.difference('2026-01-31T00:00:00Z', '2026-03-01T00:00:00Z', 'months', 'UTC')", 1],
      ["date.difference('2026-01-02T00:00:00Z', '2026-01-01T12:00:00Z', 'hours', 'UTC')", -12],
    ],
    infer: () => INTEGER,
    evaluate: (call) => {
      const [instant, until, unit, zone] = call.args;
      const largestUnit = unitOf(unit);
      return read(call, instant, zone).until(read(call, until, zone), { largestUnit })[largestUnit];
    },
  },
  {
    name: 'date.start_of',
    params: [INSTANT, UNIT, ZONE],
    gives: 'text (date-time)',
    doc: 'The beginning of the unit that the instant lies in; weeks begin on Monday.',
    examples: [
      ["date.start_of('2026-01-31T08:05:00Z', 'months', 'UTC')", '2026-01-01T00:00:00+00:00'],
      ["date.start_of('2026-01-31T08:05:00Z', 'weeks', 'UTC')", '2026-01-26T00:00:00+00:00'],
    ],
    infer: () => DATE_TIME,
    evaluate: (call) => {
      const [instant, unit, zone] = call.args;
      return write(startOf(read(call, instant, zone), unitOf(unit)));
    },
  },
  {
    name: 'date.in_zone',
    params: [INSTANT, ZONE],
    gives: 'text (date-time)',
    doc: 'The same instant, written with the offset that the zone has then.',
    examples: [["date.in_zone('2026-07-01T12:00:00Z', 'America/New_York')", '2026-07-01T08:00:00-04:00']],
    infer: () => DATE_TIME,
    evaluate: (call) => write(read(call, call.args[0], call.args[1])),
  },
  {
    name: 'date.day',
    params: [INSTANT, ZONE],
    gives: 'text (date)',
    doc: 'The day that the instant lies in, in the zone.',
    examples: [["date.day('2026-01-31T23:30:00Z', 'Europe/Madrid')", '2026-02-01']],
    infer: () => DATE,
    evaluate: (call) => read(call, call.args[0], call.args[1]).toPlainDate().toString(),
  },
];

function isUnit(value: Json): value is Unit {
  return UNITS.some((unit) => unit === value);
}

/** A unit is a constant, so it was checked before. */
function unitOf(argument: Call['args'][number]): Unit {
  return UNITS.find((unit) => unit === argument) ?? 'days';
}

function read(call: Call, instant: Call['args'][number], zone: Call['args'][number]): Temporal.ZonedDateTime {
  const timeZone = zoneOf(call, zone);
  try {
    return Temporal.Instant.from(text(instant)).toZonedDateTimeISO(timeZone);
  } catch {
    return call.fail('this is no date-time (RFC 3339), such as 2026-01-31T09:00:00Z');
  }
}

function zoneOf(call: Call, argument: Call['args'][number]): string {
  return zoneNamed(text(argument)) ?? call.fail(NO_ZONE);
}

function zoneNamed(name: string): string | undefined {
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name).timeZoneId;
  } catch {
    return undefined;
  }
}

function write(zoned: Temporal.ZonedDateTime): string {
  return zoned.toString({ timeZoneName: 'never' });
}

function startOf(zoned: Temporal.ZonedDateTime, unit: Unit): Temporal.ZonedDateTime {
  switch (unit) {
    case 'years':
      return zoned.with({ month: 1, day: 1 }).startOfDay();
    case 'months':
      return zoned.with({ day: 1 }).startOfDay();
    case 'weeks':
      return zoned.subtract({ days: zoned.dayOfWeek - 1 }).startOfDay();
    case 'days':
      return zoned.startOfDay();
    default:
      return zoned.round({ smallestUnit: unit, roundingMode: 'floor' });
  }
}

/** Temporal's calendar ends in the year 275760. */
function outOfRange(call: Call, compute: () => string): string {
  try {
    return compute();
  } catch (error) {
    if (error instanceof RangeError) return call.fail('the date is out of range');
    throw error;
  }
}
