import { wordsOf } from './normalise.js';
import type { Abbreviations } from './normalise.js';

/**
 * One kind of emergency as flows/words/emergency.yaml tells it. Words of a phrase stand in a row, but for a
 * "saya" or "sudah" between them; `a|b` is either word.
 * A set of `together` is heard where each of its parts is, in any order; ` / ` parts alternatives of a part. A phrase
 * of `except` takes back only the words that it covers.
 */
export interface EmergencyWords {
  phrases: string[];
  together: string[][];
  except: string[];
}

/** Finds the kind of emergency that a message tells of, or null. */
export type FindEmergency = (words: readonly string[]) => string | null;

/** Words once looked at are remembered: people use the same few thousand. */
const REMEMBERED = 20_000;
/** In words so long slips are forgiven. */
const SLIPS_FROM = 7;
/** Stands for what a phrase of `except` has taken back, and for words that no emergency knows. */
const NOTHING = '';

/** What people put between the words of a cry ("lebih baik *saya* mati", "perutnya *sudah mulai* robek"): it changes nothing. */
const BETWEEN = new Set(
  (
    'pak bu bapak ibu mas mbak om saya aku kami kita kulo isun kaule ku itu ini iki niku tadi barusan sudah wis wes ' +
    'mpun sekali banget sangat lagi sedang masih langsung juga sampai kok ya nih lho sih yang malah makin mulai pun'
  ).split(' '),
);
/** More than so many of them in a row tell of two things. */
const MOST_BETWEEN = 2;

/** What may stand at one place of a phrase: a word, or one of many. */
type Place = string | ReadonlySet<string>;
/** Phrases by their first word, and then by the second: a hundred of them may begin with "anak". */
type Phrases = ReadonlyMap<string, Begun>;
interface Begun {
  /** The word alone is a phrase. */
  isWhole: boolean;
  bySecond: ReadonlyMap<string, readonly (readonly Place[])[]>;
}

/** A phrase that stands for more than so many is held place by place; fewer are spelled out. */
const MOST_SPELLED = 3;

/**
 * Emergency words are heard before anything else, in all languages at once. Recall comes before precision: letters
 * left out, doubled or swapped are forgiven in long words.
 */
export function emergencyFinder(
  kinds: { [kind: string]: EmergencyWords },
  abbreviations: Abbreviations,
): FindEmergency {
  const meant = new Set<string>();
  // Each word is read once; of alternatives that mean the same, one is enough.
  const wordsOnce = new Map<string, readonly string[]>();
  const wordsFor = (text: string): readonly string[] => {
    let words = wordsOnce.get(text);
    if (!words) wordsOnce.set(text, (words = wordsOf(text, abbreviations)));
    return words;
  };
  const read = (written: readonly string[]): Phrases => {
    const phrases = new Map<string, { isWhole: boolean; bySecond: Map<string, (readonly Place[])[]> }>();
    const add = (first: string, phrase: readonly Place[]): void => {
      let begun = phrases.get(first);
      if (!begun) phrases.set(first, (begun = { isWhole: false, bySecond: new Map() }));
      const second = phrase[1];
      if (second === undefined) begun.isWhole = true;
      else
        for (const word of typeof second === 'string' ? [second] : second) {
          const others = begun.bySecond.get(word);
          if (others) others.push(phrase);
          else begun.bySecond.set(word, [phrase]);
        }
    };
    for (const phrase of written) {
      const places = placesOf(phrase, wordsFor);
      if (places) {
        for (const place of places) for (const word of place) meant.add(word);
        for (const first of places[0]!) add(first, places);
        continue;
      }
      for (const words of spelledOut(phrase, wordsFor)) {
        const [first] = words;
        if (first === undefined) continue;
        for (const word of words) meant.add(word);
        add(first, words);
      }
    }
    return phrases;
  };
  const known = Object.entries(kinds).map(([kind, words]) => ({
    kind,
    phrases: read(words.phrases),
    together: byStart(words.together.map((set) => set.map((part) => read(part.split(' / '))))),
    except: read(words.except),
  }));
  /** Which kinds begin with a word: most messages have none of them, and nearly all others those of one or two. */
  const starts = new Map<string, number>();
  for (const [n, { phrases, together }] of known.entries())
    for (const word of [...phrases.keys(), ...together.keys()])
      starts.set(word, (starts.get(word) ?? 0) | (1 << n));
  const wordFor = rememberedSlips(meant);
  const isTold = (words: readonly string[], { phrases, together }: (typeof known)[number]): boolean => {
    if (tells(words, phrases)) return true;
    for (const word of words) {
      const sets = word === NOTHING ? undefined : together.get(word);
      if (sets) for (const set of sets) if (tellsAll(words, set)) return true;
    }
    return false;
  };
  return (typed) => {
    // Plain loops: at the start this runs over all phrases there are.
    let begun = 0;
    const words: string[] = [];
    for (const word of typed) {
      const meantWord = wordFor(word);
      begun |= starts.get(meantWord) ?? 0;
      words.push(meantWord === NOTHING && BETWEEN.has(word) ? word : meantWord);
    }
    if (begun === 0) return null;
    // What is taken back tells nothing more: most messages need not be looked at for it.
    for (let n = 0; n < known.length; n++) {
      const each = known[n]!;
      if ((begun & (1 << n)) !== 0 && isTold(words, each) && isTold(without(words, each.except), each))
        return each.kind;
    }
    return null;
  };
}

/**
 * Sets of parts by the words with which one of their parts may begin: the one whose words the fewest sets begin with, so
 * that "anak" alone does not lead to a hundred of them.
 */
function byStart(sets: readonly (readonly Phrases[])[]): ReadonlyMap<string, (readonly Phrases[])[]> {
  const times = new Map<string, number>();
  for (const set of sets)
    for (const part of set) for (const word of part.keys()) times.set(word, (times.get(word) ?? 0) + 1);
  const commonness = (part: Phrases): number => {
    let sum = 0;
    for (const word of part.keys()) sum += times.get(word)!;
    return sum;
  };
  const found = new Map<string, (readonly Phrases[])[]>();
  for (const set of sets) {
    const sums = set.map(commonness);
    const rarest = set[sums.indexOf(Math.min(...sums))]!;
    for (const first of rarest.keys()) {
      const others = found.get(first);
      if (others) others.push(set);
      else found.set(first, [set]);
    }
  }
  return found;
}

/** What may stand at each place of a phrase that stands for very many; null for one that is better spelled out. */
function placesOf(
  phrase: string,
  wordsFor: (text: string) => readonly string[],
): ReadonlySet<string>[] | null {
  const parts = phrase.split(' ').map((part) => part.split('|'));
  if (parts.reduce((product, { length }) => product * length, 1) <= MOST_SPELLED) return null;
  const places = parts.map((part) => part.map((one) => wordsFor(one)));
  // Where a word is an abbreviation of several, those stand in a row.
  if (places.some((place) => place.some(({ length }) => length > 1))) return null;
  return places.map((place) => new Set(place.flat()));
}

/** "tidak|ora mau|gelem" is four phrases. */
function spelledOut(phrase: string, wordsFor: (text: string) => readonly string[]): (readonly string[])[] {
  let begun: (readonly string[])[] = [[]];
  for (const part of phrase.split(' ')) {
    const words = new Map(part.split('|').map((one) => [wordsFor(one).join(' '), wordsFor(one)]));
    begun = [...words.values()].flatMap((one) => begun.map((start) => [...start, ...one]));
  }
  return begun;
}

/**
 * The emergency word that a typed word is, but for a letter left out, doubled or swapped with its neighbour. One letter in
 * place of another is no such slip: "terbayar" (paid) must not be "terbakar" (on fire).
 */
function rememberedSlips(meant: ReadonlySet<string>): (typed: string) => string {
  const isLong = (word: string): boolean => word.length >= SLIPS_FROM && meant.has(word);
  /** Words with a letter left out: made when one is first looked for. */
  let shortened: Map<string, string> | null = null;
  const find = (typed: string): string => {
    if (meant.has(typed)) return typed;
    if (typed.length < SLIPS_FROM - 1) return NOTHING;
    for (let at = 0; at + 1 < typed.length; at++) {
      const swapped = typed.slice(0, at) + typed[at + 1]! + typed[at]! + typed.slice(at + 2);
      if (isLong(swapped)) return swapped;
    }
    shortened ??= withLetterLeftOut([...meant].filter(isLong));
    const whole = shortened.get(typed);
    if (whole !== undefined) return whole;
    for (let at = 0; at < typed.length; at++) {
      const less = typed.slice(0, at) + typed.slice(at + 1);
      if (isLong(less)) return less;
    }
    return NOTHING;
  };
  const seen = new Map<string, string>();
  return (typed) => {
    let found = seen.get(typed);
    if (found !== undefined) return found;
    found = find(typed);
    if (seen.size >= REMEMBERED) seen.clear();
    seen.set(typed, found);
    return found;
  };
}

function withLetterLeftOut(words: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const word of words)
    for (let at = 0; at < word.length; at++) {
      const less = word.slice(0, at) + word.slice(at + 1);
      if (!found.has(less)) found.set(less, word);
    }
  return found;
}

/** The words that are left once those of other things ("lampu mati") are taken back. */
function without(words: readonly string[], except: Phrases): readonly string[] {
  let left: string[] | null = null;
  for (let first = 0; first < words.length; first++)
    endsOf(words, first, except, (end) => {
      (left ??= [...words]).fill(NOTHING, first, end);
      return false;
    });
  return left ?? words;
}

function tellsAll(words: readonly string[], parts: readonly Phrases[]): boolean {
  for (const part of parts) if (!tells(words, part)) return false;
  return true;
}

function tells(words: readonly string[], phrases: Phrases): boolean {
  for (let first = 0; first < words.length; first++)
    if (endsOf(words, first, phrases, () => true)) return true;
  return false;
}

/** Hands out where each phrase that begins at `first` ends, until one is enough; whether one was. */
function endsOf(
  words: readonly string[],
  first: number,
  phrases: Phrases,
  isEnough: (end: number) => boolean,
): boolean {
  const begun = words[first] === NOTHING ? undefined : phrases.get(words[first]!);
  if (!begun) return false;
  if (begun.isWhole && isEnough(first + 1)) return true;
  // The second word comes next, or after words that change nothing.
  for (let at = first + 1; at < words.length; at++) {
    const further = begun.bySecond.get(words[at]!);
    if (further)
      for (const phrase of further) {
        const end = endOf(words, at, phrase);
        if (end >= 0 && isEnough(end)) return true;
      }
    if (at - first > MOST_BETWEEN || !BETWEEN.has(words[at]!)) break;
  }
  return false;
}

/** Where a phrase ends whose second word stands at `second`, words of `BETWEEN` passed over; -1 where it does not stand there. */
function endOf(words: readonly string[], second: number, phrase: readonly Place[]): number {
  let at = second + 1;
  for (let part = 2; part < phrase.length; part++) {
    const place = phrase[part]!;
    for (let passed = 0; !stands(words[at], place); passed++)
      if (passed === MOST_BETWEEN || !BETWEEN.has(words[at++] ?? NOTHING)) return -1;
    at++;
  }
  return at;
}

function stands(word: string | undefined, place: Place): boolean {
  return typeof place === 'string' ? word === place : word !== undefined && place.has(word);
}
