import type { Content } from '../core/content.js';

/**
 * Two robots that answer each other never stop. A chat that sends the same again and again, or the same two by turns,
 * is taken for one, and is left alone until it says something else. Numbers and punctuation do not count ("Pesan
 * otomatis 12:01"); short texts may repeat for a good reason (a "1" for each question of a menu), pictures and stickers
 * cannot be told apart, and all these are allowed many more.
 */
export interface RepeatMark {
  /** Digest of the last message, how often it came in a row, and when it came first (epoch seconds). */
  h: string;
  n: number;
  t: number;
  /** The other one of the last two that took turns; how many messages were one of the two, and since when. */
  x?: string;
  m?: number;
  u?: number;
}

const WINDOW_SECONDS = 120;
const REPEATS = 5;
const SHORT_TEXT = 12;
const SHORT_REPEATS = 20;
/** Stands before the digest of what may repeat often. */
const SHORT = '.';
/** For so long a silenced chat stays silent, unless it says something else. */
export const SILENCE_MS = 60 * 60 * 1000;

/** What of a message can be told again; null for what only a person's hand does, and for what nobody sent. */
export function repeatable(content: Content): string | null {
  switch (content.kind) {
    case 'text':
    case 'edit':
      return content.text;
    case 'photo':
    case 'document':
      return content.caption ?? `${SHORT}${content.kind}`;
    case 'voice':
      return `${SHORT}voice`;
    case 'unreadable':
      return `${SHORT}${content.what}`;
    default:
      return null;
  }
}

/** Takes a message into account. `isAutomatic`: such came so often within two minutes that no person is behind it. */
export function markRepeat(
  mark: RepeatMark | undefined,
  text: string,
  at: Date,
): { mark: RepeatMark; isSame: boolean; isAutomatic: boolean } {
  const h = digest(text);
  const t = Math.floor(at.getTime() / 1000);
  const isLast = mark?.h === h;
  const isSame = isLast || (mark !== undefined && mark.x === h);
  const run = isLast && t - mark.t <= WINDOW_SECONDS ? { n: mark.n + 1, t: mark.t } : { n: 1, t };
  const next: RepeatMark = { h, ...run, ...pairOf(mark, h, t) };
  const isPair = next.x !== undefined && (next.m ?? 0) >= limitOf(h) + limitOf(next.x);
  return { mark: next, isSame, isAutomatic: next.n >= limitOf(h) || isPair };
}

/** The two that take turns: a third one begins a new pair with the last. */
function pairOf(mark: RepeatMark | undefined, h: string, t: number): Pick<RepeatMark, 'x' | 'm' | 'u'> {
  if (!mark) return {};
  const other = mark.h === h ? mark.x : mark.h;
  if (other === undefined) return {};
  const goesOn = (mark.x === h || mark.h === h) && mark.u !== undefined && t - mark.u <= WINDOW_SECONDS;
  return goesOn ? { x: other, m: (mark.m ?? 0) + 1, u: mark.u! } : { x: other, m: 2, u: t };
}

function limitOf(h: string): number {
  return h.startsWith(SHORT) ? SHORT_REPEATS : REPEATS;
}

function digest(text: string): string {
  if (text.startsWith(SHORT)) return SHORT + hash(text);
  const words = text.toLowerCase().replaceAll(/[^\p{L}]+/gu, '');
  return (words.length < SHORT_TEXT ? SHORT : '') + hash(words === '' ? text : words);
}

/** FNV-1a: enough to tell one text from the next, and tells nothing of the text. */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (let n = 0; n < text.length; n++) value = Math.imul(value ^ text.charCodeAt(n), 0x01000193);
  return (value >>> 0).toString(36);
}
