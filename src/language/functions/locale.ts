/** The locale by its BCP 47 name, such as `de-DE`; fails where it is none. */
export function localeOf(name: string, fail: (message: string) => never): string {
  try {
    const [locale] = Intl.getCanonicalLocales(name);
    if (locale !== undefined) return locale;
  } catch {
    // Told below.
  }
  return fail('this is no locale, such as de-DE');
}
