import { bareSymbols, readCode } from './code.js';

/** The code that a text of an officer begins with: in full, or its first four letters ("K7QF besok jam 9 ya"). */
export interface LeadingCode {
  /** As shown where it is whole, else four symbols. */
  code: string;
  /** The words after it; '' where there are none. */
  rest: string;
}

/** First letters that are shown: enough among the open cases of a village. */
const SHORT = 4;

/**
 * What a text may begin with, read as a case code, the likeliest first; its first four letters may be any word: whoever
 * looks it up tells. "K7QF besok" is read both as a whole code, where its check character happens to be right, and as a
 * short one.
 */
export function leadingCodes(text: string): LeadingCode[] {
  const words = text.trim().split(/\s+/u);
  const readings: LeadingCode[] = [];
  for (let last = Math.min(words.length, 4); last > 0; last--) {
    const spaced = words
      .slice(0, last)
      .join(' ')
      .replace(/[:,;]+$/u, '');
    const code = readCode(spaced);
    if (code.kind === 'case') readings.push({ code: code.code, rest: restOf(text, last) });
  }
  const first = (words[0] ?? '').replace(/[:,;.]+$/u, '');
  const bare = bareSymbols(first);
  if (/^[0-9A-Z]+$/iu.test(first) && bare.length === SHORT)
    readings.push({ code: bare, rest: restOf(text, 1) });
  return readings;
}

/**
 * Whether a text plainly begins with a code, and not with a word of four letters or a number: "K7QF besok ya". After a
 * command letters alone will do, as they are shown: "ambil KQFX", but not "lihat data".
 */
export function beginsWithCode(text: string, isAfterCommand = false): boolean {
  const [leading] = leadingCodes(text);
  if (!leading) return false;
  const first = text.trim().split(/\s+/u)[0]!;
  if (leading.code.length > SHORT || (/\d/u.test(first) && /[A-Z]/iu.test(first))) return true;
  return isAfterCommand && first === first.toUpperCase();
}

/** All case codes that stand in a text, each once. */
export function codesIn(text: string): string[] {
  const found = [...text.matchAll(/\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]\b/gu)].flatMap(([typed]) => {
    const code = readCode(typed);
    return code.kind === 'case' ? [code.code] : [];
  });
  return [...new Set(found)];
}

/** The text after its first words, as it was written. */
function restOf(text: string, words: number): string {
  let rest = text.trim();
  for (let n = 0; n < words; n++) rest = rest.replace(/^\S+\s*/u, '');
  return rest.trim();
}
