import { isTimeZone } from '../../plan/cron.ts';
import type { AutomationContext } from '../context.ts';
import { timeZoneHelp } from '../time-zone-help.ts';

/** The zone in which a step waits for a time of day exists. */
export function checkWindowZones({ automation, allSteps, report }: AutomationContext): void {
  for (const { step, path } of allSteps) {
    const zone = step.wait?.window?.timezone;
    if (zone === undefined || isTimeZone(zone)) continue;
    const place = [...path, 'wait', 'window', 'timezone'];
    const message = `there is no time zone \`${zone}\``;
    report(automation.document.diagnostic('WB6004', place, message, { help: timeZoneHelp(zone) }));
  }
}
