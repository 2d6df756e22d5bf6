import { isSlip } from './closeness.js';
import { wordsOf } from './normalise.js';
import type { Abbreviations } from './normalise.js';

/**
 * One kind of emergency as flows/words/emergency.yaml tells it. Words of a phrase stand in a row; `a|b` is either word.
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
/** Stands for what a phrase of `except` has taken back, and for words that no emergency knows. */
const NOTHING = '';

/** Phrases by their first word. */
type Phrases = ReadonlyMap<string, readonly (readonly string[])[]>;

/**
 * Emergency words are heard before anything else, in all languages at once. Recall comes before precision: letters
 * left out, doubled or swapped are forgiven in long words.
 */
export function emergencyFinder(
  kinds: { [kind: string]: EmergencyWords },
  abbreviations: Abbreviations,
): FindEmergency {
  const meant = new Set<string>();
  const read = (written: readonly string[]): Phrases => {
    const phrases = new Map<string, string[][]>();
    for (const phrase of written.flatMap(spelledOut)) {
      const words = wordsOf(phrase, abbreviations);
      const [first] = words;
      if (first === undefined) continue;
      for (const word of words) meant.add(word);
      phrases.set(first, [...(phrases.get(first) ?? []), words]);
    }
    return phrases;
  };
  const known = Object.entries(kinds).map(([kind, words]) => ({
    kind,
    phrases: read(words.phrases),
    together: words.together.map((set) => set.map((part) => read(part.split(' / ')))),
    except: read(words.except),
  }));
  const wordFor = rememberedSlips(meant);
  // Most messages have no word that an emergency begins with.
  const starts = new Set(
    known.flatMap(({ phrases, together }) =>
      [phrases, ...together.flat()].flatMap((each) => [...each.keys()]),
    ),
  );
  return (typed) => {
    if (!typed.some((word) => starts.has(wordFor(word)))) return null;
    const words = typed.map(wordFor);
    for (const { kind, phrases, together, except } of known) {
      const left = without(words, except);
      if (tells(left, phrases) || together.some((set) => set.every((part) => tells(left, part)))) return kind;
    }
    return null;
  };
}

/** "tidak|ora mau|gelem" is four phrases. */
function spelledOut(phrase: string): string[] {
  return phrase
    .split(' ')
    .reduce<string[]>(
      (begun, word) =>
        begun.flatMap((start) => word.split('|').map((one) => (start === '' ? one : `${start} ${one}`))),
      [''],
    );
}

/** The emergency word that a typed word is, but for a slip. */
function rememberedSlips(meant: ReadonlySet<string>): (typed: string) => string {
  const seen = new Map<string, string>();
  return (typed) => {
    const known = seen.get(typed);
    if (known !== undefined) return known;
    let found = meant.has(typed) ? typed : NOTHING;
    if (found === NOTHING && typed.length >= 6)
      for (const word of meant)
        if (isSlip(typed, word)) {
          found = word;
          break;
        }
    if (seen.size >= REMEMBERED) seen.clear();
    seen.set(typed, found);
    return found;
  };
}

/** The words that are left once those of other things ("lampu mati") are taken back. */
function without(words: readonly string[], except: Phrases): readonly string[] {
  let left: string[] | null = null;
  for (let first = 0; first < words.length; first++)
    for (const phrase of except.get(words[first]!) ?? [])
      if (stands(words, first, phrase)) (left ??= [...words]).fill(NOTHING, first, first + phrase.length);
  return left ?? words;
}

function tells(words: readonly string[], phrases: Phrases): boolean {
  for (let first = 0; first < words.length; first++)
    for (const phrase of phrases.get(words[first]!) ?? []) if (stands(words, first, phrase)) return true;
  return false;
}

function stands(words: readonly string[], first: number, phrase: readonly string[]): boolean {
  for (let at = 0; at < phrase.length; at++) if (words[first + at] !== phrase[at]) return false;
  return true;
}
