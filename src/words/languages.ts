/** The language that flow files are written in, and that everybody gets who never chose another. */
export const DEFAULT_LANGUAGE = 'id';

/** Languages that the machine's formatter does not know are written as Indonesian writes numbers and dates. */
const LOCALES: { [language: string]: string } = { en: 'en-GB', id: 'id-ID' };

export function localeOf(language: string): string {
  return LOCALES[language] ?? 'id-ID';
}
