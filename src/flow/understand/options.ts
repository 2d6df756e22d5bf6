import { numeral } from '../answers/numerals.js';
import { isClose } from './closeness.js';
import { plain } from './normalise.js';
import type { AnswerWord, Message, Vocabulary } from './vocabulary.js';

/** What can be matched of an option: see `Option` of question.ts. */
interface Matchable {
  label: string;
  words?: readonly string[];
  means?: AnswerWord;
}

const NUMBER = /^(?:(?:no|nomor|nomer|nmr|pilih|pilihan|yang|ke|number|option)\s*)*(\d{1,2})$/u;
const NUMBER_WORD = /^(?:(?:nomor|pilih|pilihan|yang|number|option)\s+)*(\S+(?: belas)?)$/u;

/**
 * Finds the option that a message means, in this order: its number, its label or a word of it exactly, the one option
 * of which a whole phrase was said, the beginning of one label, a close spelling. Null where none or several fit.
 */
export function matchOption<T extends Matchable>(
  options: readonly T[],
  message: Message,
  vocabulary: Vocabulary,
  isNumbered: boolean,
): T | null {
  if (isNumbered) {
    const place = numberMeant(message);
    if (place !== null) return options[place - 1] ?? null;
  }
  for (const option of options) {
    const own = spellings(option);
    if (own.includes(message.plain) || own.includes(message.full)) return option;
    if (option.means && vocabulary.isAnswerWord(message, option.means)) return option;
  }
  if (message.plain.length < 2) return null;
  const said = ` ${message.full} `;
  const within = options.filter((option) =>
    spellings(option).some((s) => s.length > 2 && said.includes(` ${s} `)),
  );
  if (within.length === 1 && message.words.length <= 12) return within[0]!;
  if (within.length > 1) return longest(within, said);
  if (message.plain.length >= 3) {
    const begun = options.filter((option) => spellings(option).some((s) => s.startsWith(message.plain)));
    if (begun.length === 1) return begun[0]!;
    if (begun.length > 1) return null;
  }
  const close = options.filter((option) => spellings(option).some((s) => isClose(message.plain, s)));
  if (close.length === 1) return close[0]!;
  // One word of the message may be a slip of a single-word spelling: "dagangg kelontong".
  const slips = options.filter((option) =>
    spellings(option).some((s) => s.length >= 5 && message.words.some((word) => isClose(word, s))),
  );
  return slips.length === 1 && message.words.length <= 5 ? slips[0]! : null;
}

/** Whether a message is, as a whole, what one of the options is called: its label or a word of it, with no slip forgiven. */
export function isWhollyOption(options: readonly Matchable[], message: Message): boolean {
  return options.some((option) => {
    const own = spellings(option);
    return own.includes(message.plain) || own.includes(message.full);
  });
}

/** Which place a message names: "2", "no 2", "dua", "yang kedua"; null where it names none. */
export function numberMeant(message: Message): number | null {
  const figures = NUMBER.exec(message.plain);
  if (figures) return Number(figures[1]);
  const word = NUMBER_WORD.exec(message.plain);
  const value = word ? numeral(word[1]!) : null;
  return value !== null && Number.isInteger(value) && value > 0 ? value : null;
}

/**
 * Several options were named: the one by the longest phrase, if that holds the others' ("tidak setuju" and "setuju",
 * "warung kopi" and "warung"), or is so much longer that they are a part of what is told.
 */
function longest<T extends Matchable>(options: T[], said: string): T | null {
  const named = options.map((option) =>
    spellings(option).reduce((most, s) => (s.length > most.length && said.includes(` ${s} `) ? s : most), ''),
  );
  const most = Math.max(...named.map((s) => s.length));
  const best = options.filter((_, i) => named[i]!.length === most);
  if (best.length !== 1) return null;
  const phrase = ` ${named[options.indexOf(best[0]!)]!} `;
  const isWithin = named.every((s) => phrase.includes(` ${s} `));
  return isWithin || most >= 2 * Math.min(...named.map((s) => s.length)) ? best[0]! : null;
}

const known = new Map<string, string>();
const knownWords = new WeakMap<readonly string[], string[]>();

/** All spellings of an option in their plain form; texts of flows are few, so they are remembered. */
function spellings(option: Matchable): string[] {
  const label = spelled(option.label);
  if (!option.words || option.words.length === 0) return [label];
  let words = knownWords.get(option.words);
  if (!words) {
    words = option.words.map(spelled);
    knownWords.set(option.words, words);
  }
  return [label, ...words];
}

function spelled(text: string): string {
  let found = known.get(text);
  if (found === undefined) {
    found = plain(text);
    if (known.size > 20_000) known.clear();
    known.set(text, found);
  }
  return found;
}
