import { Temporal } from 'temporal-polyfill';
import type { WindowWait } from '../generated/plan.ts';
import type { Instant } from '../run/records.ts';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/**
 * The first instant, from this one on, that lies in the window. A window that ends no later than it begins goes over
 * midnight, and belongs to the day on which it begins. Times that a zone skips are taken as in `date.parse`.
 */
export function nextInWindow(now: Instant, { days, from, to, timezone }: Omit<WindowWait, 'kind'>): Instant {
  const [begin, end] = [Temporal.PlainTime.from(from), Temporal.PlainTime.from(to)];
  const overMidnight = Temporal.PlainTime.compare(end, begin) <= 0;
  const at = (day: Temporal.PlainDate, plainTime: Temporal.PlainTime): Instant =>
    day.toZonedDateTime({ timeZone: timezone, plainTime }).epochMilliseconds;
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timezone).toPlainDate();
  // Yesterday's may go on still; in a week every day has come.
  for (let offset = -1; offset <= DAYS.length; offset++) {
    const day = today.add({ days: offset });
    const name = DAYS[day.dayOfWeek - 1];
    if (name === undefined || !days.includes(name)) continue;
    if (now < at(overMidnight ? day.add({ days: 1 }) : day, end)) return Math.max(now, at(day, begin));
  }
  throw new TypeError('a window has at least one day');
}
