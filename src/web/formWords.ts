import jv from './locales/form.jv.json' with { type: 'json' };
import { type Key, type Values, isLanguage, wordsFrom, wordsIn } from './words.js';

/** Words of the page that residents fill in: it speaks the conversation's language, which may be one the console has not. */
export type FormKey = Extract<Key, `form.${string}`>;
export type FormWords = (key: FormKey, values?: Values) => string;

/** Every file has every key: the compiler holds it to that. */
const MORE: { [language: string]: { [K in FormKey]: string } } = { jv };

/** The words, and the language that they are in. */
export function formWords(language: string): { t: FormWords; language: string } {
  if (isLanguage(language)) return { t: wordsIn(language), language };
  const texts = MORE[language];
  return texts ? { t: wordsFrom(texts, language), language } : { t: wordsIn('id'), language: 'id' };
}
