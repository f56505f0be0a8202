import { Cron } from 'croner';

/** When something is due, as cron has it, in a time zone. All instants are milliseconds since 1970-01-01T00:00:00Z. */
export interface CronTimes {
  /** The first time after the instant; `undefined` where there is none. */
  next: (after: number) => number | undefined;
  /** The last times up to the instant, it included; at most so many, the oldest first. */
  last: (upTo: number, count: number) => number[];
}

/**
 * Reads five fields (minute, hour, day of the month, month, day of the week) and an IANA time zone. Throws `Error` with
 * the reason where the fields cannot be read. The zone must exist: see `isTimeZone`.
 *
 * A time that the zone skips comes at the end of the gap, once for all that meet there; of a time that it has twice, the
 * first counts. Where minutes or hours have `*` or a step, what is skipped is left out and what is there twice comes twice.
 */
export function readCron(cron: string, timezone: string): CronTimes {
  const pattern = new Cron(cron, { timezone, mode: '5-part', paused: true, fixedTimeRule: 'no-wildcard' });
  return {
    next: (after) => pattern.nextRun(new Date(after))?.getTime(),
    last: (upTo, count) =>
      pattern
        .previousRuns(count, new Date(upTo + 1))
        .map((date) => date.getTime())
        .toReversed(),
  };
}

/** The zones that need not be asked for: the first question costs Intl ten times as much as this list. */
let common: Set<string> | undefined;

/** Whether there is such a time zone in the IANA database. */
export function isTimeZone(name: string): boolean {
  common ??= new Set([...Intl.supportedValuesOf('timeZone'), 'UTC']);
  if (common.has(name)) return true;
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
