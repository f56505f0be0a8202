import { nearestName } from '../diagnostics/nearest-name.ts';

/** The way out where there is no time zone of this name. */
export function timeZoneHelp(name: string): string {
  const near = nearestName(name, Intl.supportedValuesOf('timeZone'));
  return near === undefined ? 'use a name of the IANA database, such as Europe/Madrid' : `did you mean \`${near}\`?`;
}
