import { isTimeZone, readCron, type CronTimes } from '../../plan/cron.ts';
import type { AutomationContext } from '../context.ts';
import { ACCOUNT_DEFAULTS } from '../scope.ts';
import { timeZoneHelp } from '../time-zone-help.ts';

/** A schedule can be read, its zone exists, and there is a time at which it is due. */
export function checkSchedule({ automation, report }: AutomationContext): void {
  const { schedule } = automation.value.trigger;
  if (schedule === undefined) return;
  const place = ['trigger', 'schedule'];
  const { cron, timezone } = schedule;
  const known = timezone === undefined || isTimeZone(timezone);
  if (!known) {
    const message = `there is no time zone \`${timezone}\``;
    report(automation.document.diagnostic('WB6008', [...place, 'timezone'], message, { help: timeZoneHelp(timezone) }));
  }
  let times: CronTimes;
  try {
    // Whether it is ever due is the same in the zone of every account.
    times = readCron(cron, (known ? timezone : undefined) ?? ACCOUNT_DEFAULTS.timezone);
  } catch (error) {
    const parts = cron.trim().split(/\s+/).length;
    const said = (error instanceof Error ? error.message : String(error)).replace(/^Cron(Pattern)?: /, '');
    const reason = parts === FIELDS ? said : `\`${cron}\` has ${parts} fields and not ${FIELDS}`;
    report(automation.document.diagnostic('WB6006', [...place, 'cron'], reason, { help: CRON_HELP }));
    return;
  }
  if (times.next(ANY_INSTANT) === undefined) {
    const help = 'no such day is in any of these months: look at the third and the fourth field';
    report(automation.document.diagnostic('WB6007', [...place, 'cron'], `\`${cron}\` is never due`, { help }));
  }
}

/** croner's own sentence speaks of up to seven. */
const FIELDS = 5;

const CRON_HELP = 'minute, hour, day of the month, month, day of the week: `0 9 * * MON-FRI` is nine on weekdays';

/** 2000-01-01, so that the answer is the same whenever the check is made: every day of the calendar comes after it. */
const ANY_INSTANT = 946_684_800_000;
