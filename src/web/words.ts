import { IntlMessageFormat } from 'intl-messageformat';
import en from './locales/en.json' with { type: 'json' };
import id from './locales/id.json' with { type: 'json' };

/** The console's own words: Indonesian first, English second. A key that is missing does not build. */
export type Key = keyof typeof id;
export type Language = 'id' | 'en';
export type Values = { [name: string]: string | number };
export type Words = (key: Key, values?: Values) => string;

/** Every file has every key of the Indonesian one: the compiler holds `en` to it. */
const TEXTS: { [L in Language]: { [K in Key]: string } } = { id, en };
const formats = new Map<string, IntlMessageFormat>();

export function wordsIn(language: Language): Words {
  return wordsFrom(TEXTS[language], language);
}

/** The same over a file of texts; `language` tells how numbers and plurals read. */
export function wordsFrom<K extends string>(
  texts: { [Name in K]: string },
  language: string,
): (key: K, values?: Values) => string {
  return (key, values) => {
    const text = texts[key];
    return values || text.includes('{') ? String(formatOf(language, text).format(values)) : text;
  };
}

export function isLanguage(text: string | undefined): text is Language {
  return text === 'id' || text === 'en';
}

/** Whether there are words of that name: for keys that are put together, as `role.bidan`. */
export function isKey(key: string): key is Key {
  return key in id;
}

function formatOf(language: string, text: string): IntlMessageFormat {
  const name = `${language}:${text}`;
  let format = formats.get(name);
  if (!format) {
    format = new IntlMessageFormat(text, language, undefined, { ignoreTag: true });
    formats.set(name, format);
  }
  return format;
}
