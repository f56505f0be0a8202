import { nearestName } from '../../diagnostics/nearest-name.ts';
import { locate } from '../../json/pointer.ts';
import type { JsonObject } from '../../json/value.ts';
import type { AccountContext } from '../context.ts';

/** What an account sets for a shared automation fits the automation's settings. Gives them with the defaults put in. */
export function checkInstallSettings(context: AccountContext): JsonObject | undefined {
  const { checked, install } = context;
  const given = install?.settings ?? {};
  if (install === undefined) return undefined;
  if (checked.settings === undefined) {
    // Settings that cannot be used are told of the automation.
    if (checked.automation.value.settings === undefined && install.settings !== undefined) reportNone(context);
    return undefined;
  }
  const { defaults, check } = checked.settings;
  const settings = { ...defaults, ...given };
  for (const { pointer, message, keyword, property, known = [] } of check(settings)) {
    const inner = locate(settings, pointer);
    // What is wrong with a default is told of the automation.
    if (inner.length > 0 && !Object.hasOwn(given, String(inner[0]))) continue;
    const path = ['install', context.name, 'settings', ...inner];
    const extra = property !== undefined && keyword !== 'required';
    const place = extra ? [...path, property] : path;
    const near = extra ? nearestName(property, known) : undefined;
    const { document } = context.account;
    const range = document.rangeOf(place, extra || keyword === 'required' ? 'key' : 'value');
    const subject = ['settings', ...inner].join('.');
    const help = near === undefined ? undefined : `did you mean \`${near}\`?`;
    context.report(
      document.diagnostic('WB5007', place, `\`${context.name}\`: \`${subject}\` ${message}`, { help, range }),
    );
  }
  return settings;
}

function reportNone({ account, name, report }: AccountContext): void {
  const path = ['install', name, 'settings'];
  const range = account.document.rangeOf(path, 'key');
  report(account.document.diagnostic('WB5007', path, `\`${name}\` has no settings`, { help: 'leave them out', range }));
}
