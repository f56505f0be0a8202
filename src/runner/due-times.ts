import type { ScheduleTrigger } from '../generated/plan.ts';
import type { CronTimes } from '../plan/cron.ts';
import type { Instant } from '../run/records.ts';

/** Later than this, in milliseconds, a time counts as missed: the runner was not up, or the machine slept. */
export const MISSED_AFTER_MS = 60_000;
/** How many missed times are made up for at most. */
export const MISSED_MAX = 100;

/** The times after `passedUntil` and up to now for which a run is started, the oldest first. */
export function dueTimes(
  times: CronTimes,
  missed: ScheduleTrigger['missed'],
  passedUntil: Instant,
  now: Instant,
): Instant[] {
  const first = times.next(passedUntil);
  if (first === undefined || first > now) return [];
  const open = times.last(now, MISSED_MAX).filter((time) => time > passedUntil);
  const [late, onTime] = [open.filter((time) => isLate(time, now)), open.filter((time) => !isLate(time, now))];
  switch (missed) {
    case 'all':
      return open;
    case 'once':
      return onTime.length > 0 ? onTime : late.slice(-1);
    case 'skip':
      return onTime;
  }
}

function isLate(time: Instant, now: Instant): boolean {
  return now - time > MISSED_AFTER_MS;
}
