import { isTimeZone } from '../../plan/cron.ts';
import type { CompileContext } from '../context.ts';
import { timeZoneHelp } from '../time-zone-help.ts';

/** The zone and the locale of an account exist: expressions and schedules count on them. */
export function checkAccountContext({ workspace, report }: CompileContext): void {
  for (const { value, document } of workspace.accounts.values()) {
    const { timezone, locale } = value;
    if (timezone !== undefined && !isTimeZone(timezone)) {
      const message = `there is no time zone \`${timezone}\``;
      report(document.diagnostic('WB5013', ['timezone'], message, { help: timeZoneHelp(timezone) }));
    }
    if (locale !== undefined && !isLocale(locale)) {
      const help = 'use a language and a region, such as es-ES';
      report(document.diagnostic('WB5013', ['locale'], `\`${locale}\` is no language tag (BCP 47)`, { help }));
    }
  }
}

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length > 0;
  } catch {
    return false;
  }
}
