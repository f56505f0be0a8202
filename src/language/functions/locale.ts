import type { Json } from '../../json/value.ts';

const NO_LOCALE = 'this is no locale, such as de-DE';

/** The locale by its BCP 47 name, such as `de-DE`; fails where it is none. */
export function localeOf(name: string, fail: (message: string) => never): string {
  return localeNamed(name) ?? fail(NO_LOCALE);
}

/** What is wrong with a locale that is written out. */
export function localeProblem(value: Json): string | undefined {
  return typeof value === 'string' && localeNamed(value) !== undefined ? undefined : NO_LOCALE;
}

function localeNamed(name: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(name)[0];
  } catch {
    return undefined;
  }
}
