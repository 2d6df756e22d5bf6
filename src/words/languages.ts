/** The language that flow files are written in, and that everybody gets who never chose another. */
export const DEFAULT_LANGUAGE = 'id';

/**
 * Languages that the machine's formatter does not know are written as Indonesian writes numbers and dates: Osing and
 * Madurese have no locale data anywhere, Javanese has ("Ahad", "a, b, lan c") where Node comes with all of ICU.
 */
const LOCALES: { [language: string]: string } = {
  en: 'en-GB',
  id: 'id-ID',
  jv: Intl.DateTimeFormat.supportedLocalesOf('jv-ID')[0] ?? 'id-ID',
};

export function localeOf(language: string): string {
  return LOCALES[language] ?? 'id-ID';
}

/** A clock's time reads with a point in all languages of the village: Javanese locale data would put a colon. */
export function clockLocaleOf(locale: string): string {
  return locale === LOCALES.en ? locale : 'id-ID';
}
