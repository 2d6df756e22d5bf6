/** The language that flow files are written in, and that everybody gets who never chose another. */
export const DEFAULT_LANGUAGE = 'id';

/** How a language names itself, for the choice of languages. A language without a name here shows its code. */
export const LANGUAGE_NAMES: { [language: string]: string } = {
  id: 'Bahasa Indonesia',
  en: 'English',
  jv: 'Basa Jawa',
  osi: 'Basa Osing',
  mad: 'Bhâsa Madhurâ',
};

/** Languages that the machine's formatter does not know are written as Indonesian writes numbers and dates. */
const LOCALES: { [language: string]: string } = { en: 'en-GB', id: 'id-ID' };

export function localeOf(language: string): string {
  return LOCALES[language] ?? 'id-ID';
}
