/** Words that turn a sentence round, in all languages: most people mix them. */
const NOT =
  /\b(?:jangan|tanpa|tidak|tak|bukan|nggak|gak|usah|belum|never|without|don['’]?t|nobody|ampun|mboten)\b/iu;
/** Those that say no in one language, and something else in another: "sing" is "not" in Osing, "which" in Javanese. */
const NOT_IN: { [language: string]: RegExp } = {
  en: /\b(?:no|not)\b/iu,
  jv: /\b(?:sampun|aja|ojo|ora)\b/iu,
  osi: /\b(?:sing|using|aja|ojo)\b/iu,
  mad: /(?:^|\s)(?:jhâ|jha|ja|ta|bhunten|enten)['’]?(?=\s)/iu,
};

/** "Do not forget to send it" asks for it all the same. */
const REMINDS =
  /\b(?:jangan (?:sampai )?lupa|tidak boleh lupa|(?:don['’]?t|do not|never) forget|ampun (?:ngantos )?(?:supe|kesupen)|(?:aja|ojo) lali)\b/giu;

/** Whether a sentence says that something is not so, or not to be done. */
export function saysNot(sentence: string, language: string): boolean {
  const rest = sentence.replace(REMINDS, ' ');
  return NOT.test(rest) || (NOT_IN[language]?.test(rest) ?? false);
}
