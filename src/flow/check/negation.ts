/** Words that turn a sentence round, in all languages: most people mix them. */
const NOT =
  /\b(?:jangan|tanpa|tidak|tak|bukan|nggak|gak|usah|belum|never|without|don['’]?t|nobody|gratis|ampun|mboten)\b/iu;
/** Those that say no in one language, and something else in another: "sing" is "not" in Osing, "which" in Javanese. */
const NOT_IN: { [language: string]: RegExp } = {
  en: /\b(?:no|not|free)\b/iu,
  jv: /\b(?:sampun|aja|ojo|ora)\b/iu,
  osi: /\b(?:sing|using|aja|ojo)\b/iu,
  mad: /(?:^|\s)(?:jhâ|jha|ja|ta|bhunten|enten)['’]?(?=\s)/iu,
};

/** Whether a sentence says that something is not so, or not to be done. */
export function saysNot(sentence: string, language: string): boolean {
  return NOT.test(sentence) || (NOT_IN[language]?.test(sentence) ?? false);
}
