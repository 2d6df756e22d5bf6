/**
 * Two robots that answer each other never stop. A chat that sends the same again and again is taken for one, and is
 * left alone until it says something else. Numbers and punctuation do not count ("Pesan otomatis 12:01"); short texts
 * may repeat for a good reason (a "1" for each question of a menu) and are allowed many more.
 */
export interface RepeatMark {
  /** Digest of the last text, how often it came in a row, and when it came first (epoch seconds). */
  h: string;
  n: number;
  t: number;
}

const WINDOW_SECONDS = 120;
const REPEATS = 5;
const SHORT_TEXT = 12;
const SHORT_REPEATS = 20;
/** For so long a silenced chat stays silent, unless it says something else. */
export const SILENCE_MS = 60 * 60 * 1000;

/** Takes a text into account. `isAutomatic`: it came so often within two minutes that no person is behind it. */
export function markRepeat(
  mark: RepeatMark | undefined,
  text: string,
  at: Date,
): { mark: RepeatMark; isSame: boolean; isAutomatic: boolean } {
  const words = text.toLowerCase().replaceAll(/[^\p{L}]+/gu, '');
  const h = digest(words === '' ? text : words);
  const t = Math.floor(at.getTime() / 1000);
  const isSame = mark?.h === h;
  if (!isSame || t - mark.t > WINDOW_SECONDS) return { mark: { h, n: 1, t }, isSame, isAutomatic: false };
  const next = { h, n: mark.n + 1, t: mark.t };
  return { mark: next, isSame, isAutomatic: next.n >= (words.length < SHORT_TEXT ? SHORT_REPEATS : REPEATS) };
}

/** FNV-1a: enough to tell one text from the next, and tells nothing of the text. */
function digest(text: string): string {
  let hash = 0x811c9dc5;
  for (let n = 0; n < text.length; n++) hash = Math.imul(hash ^ text.charCodeAt(n), 0x01000193);
  return (hash >>> 0).toString(36);
}
