import { isSlip } from './closeness.js';
import { wordsOf } from './normalise.js';
import type { Abbreviations } from './normalise.js';

/** One kind of emergency as flows/words/emergency.yaml tells it. */
export interface EmergencyWords {
  phrases: string[];
  together: string[][];
  except: string[];
}

/** Finds the kind of emergency that a message tells of, or null. */
export type FindEmergency = (words: readonly string[]) => string | null;

/** Words once looked at are remembered: people use the same few thousand. */
const REMEMBERED = 20_000;

/**
 * Emergency words are heard before anything else, in all languages at once. Recall comes before precision: letters
 * left out, doubled or swapped are forgiven in long words.
 */
export function emergencyFinder(
  kinds: { [kind: string]: EmergencyWords },
  abbreviations: Abbreviations,
): FindEmergency {
  const meant = new Set<string>();
  const sequence = (phrase: string): string[] => {
    const words = wordsOf(phrase, abbreviations);
    for (const word of words) meant.add(word);
    return words;
  };
  const read = Object.entries(kinds).map(([kind, words]) => ({
    kind,
    phrases: words.phrases.map(sequence).filter((phrase) => phrase.length > 0),
    together: words.together.map((set) => set.flatMap(sequence)),
    except: words.except.map(sequence),
  }));
  const seen = new Map<string, string | null>();
  /** The emergency word that a typed word is, or null. */
  const wordFor = (typed: string): string | null => {
    const known = seen.get(typed);
    if (known !== undefined) return known;
    let found: string | null = meant.has(typed) ? typed : null;
    if (found === null && typed.length >= 6)
      for (const word of meant)
        if (isSlip(typed, word)) {
          found = word;
          break;
        }
    if (seen.size >= REMEMBERED) seen.clear();
    seen.set(typed, found);
    return found;
  };
  return (typed) => {
    if (!typed.some((word) => wordFor(word) !== null)) return null;
    const words = typed.map((word) => wordFor(word) ?? '');
    for (const { kind, phrases, together, except } of read) {
      const tells =
        phrases.some((phrase) => contains(words, phrase)) ||
        together.some((set) => set.length > 0 && set.every((word) => words.includes(word)));
      if (tells && !except.some((phrase) => contains(typed, phrase))) return kind;
    }
    return null;
  };
}

function contains(words: readonly string[], phrase: readonly string[]): boolean {
  const last = words.length - phrase.length;
  for (let first = 0; first <= last; first++) {
    let length = 0;
    while (length < phrase.length && words[first + length] === phrase[length]) length++;
    if (length === phrase.length) return true;
  }
  return false;
}
