import SearchableMap from 'minisearch/SearchableMap';
import { rootsOf } from './affixes.js';

/** The usual words for a typed one; several where it says several ("suratku" → surat, saya). */
export type Meaning = readonly string[];

/** Says what typed words mean. Words that are not known stay as they are. */
export interface Lexicon {
  /** The words of a message in their usual form, those that belong together as one ("tidak_mampu"). */
  meaningOf(words: readonly string[]): readonly string[];
  /** The same for words that are spelled right: nothing is guessed. */
  formOf(words: readonly string[]): readonly string[];
  isKnown(word: string): boolean;
}

/** Words once looked at are remembered: people use the same few thousand. */
const REMEMBERED = 20_000;
/** Longest group of words that means one thing. */
const LONGEST_GROUP = 4;
const DIGIT_LETTERS: { [digit: string]: string } = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '6': 'g',
  '7': 't',
  '8': 'b',
  '9': 'g',
};
/** Words so long may have two slips. */
const TWO_SLIPS_FROM = 9;
const MIXED = /^(?=.*[a-z])(?=.*\d)[a-z\d]+$/u;
/** Of words that are written without most vowels, so great a part is other letters. */
const FEW_VOWELS = 0.7;
const VOWELS = /[aeiou]/gu;

/**
 * Known words are those of all phrases and synonyms. What is not known is tried, in this order, as a word with digits
 * for letters ("g4k"), with its affixes taken off, as two words run together, without its vowels, and misspelt.
 */
export function createLexicon(words: Iterable<string>, synonyms: ReadonlyMap<string, string>): Lexicon {
  // A word that others are synonyms of keeps its form: "bantuan" is not "bantu".
  const kept = new Set([...synonyms.values()].flatMap((usual) => usual.split(' ')));
  const known = new Map<string, number>();
  for (const word of words) if (!/^\d+$/u.test(word)) known.set(word, (known.get(word) ?? 0) + 1);
  for (const word of [...kept, ...synonyms.keys()])
    if (!word.includes(' ') && !word.includes('_')) known.set(word, (known.get(word) ?? 0) + 1);
  const single = new Map<string, Meaning>();
  for (const word of known.keys()) single.set(word, usualForm(word, known, synonyms, kept));

  const spellings = new SearchableMap<number>();
  const skeletons = new Map<string, string>();
  for (const [word, times] of known) {
    spellings.set(word, times);
    const bones = word.replace(VOWELS, '');
    const other = skeletons.get(bones);
    if (bones.length >= 3 && (other === undefined || times > known.get(other)!)) skeletons.set(bones, word);
  }

  const formOf = (word: string): Meaning | null => {
    for (const root of rootsOf(word)) if (single.has(root)) return single.get(root)!;
    return null;
  };
  const guess = (word: string): Meaning | null => {
    if (MIXED.test(word)) {
      const letters = word.replace(/\d/gu, (digit) => DIGIT_LETTERS[digit] ?? '');
      if (single.has(letters)) return single.get(letters)!;
    }
    const form = formOf(word);
    if (form) return form;
    if (word.length < 3 || /\d/u.test(word)) return null;
    const bones = word.replace(VOWELS, '');
    // "kbkaran": most of its vowels are left out.
    if (bones === word || (bones.length >= 4 && bones.length >= word.length * FEW_VOWELS)) {
      const meant = skeletons.get(bones);
      if (meant !== undefined && meant.length > word.length) return single.get(meant)!;
    }
    return runTogether(word, single) ?? misspelt(word, spellings, single);
  };
  const remembered = new Map<string, Meaning>();
  const meantBy = (word: string): Meaning => {
    const sure = single.get(word) ?? remembered.get(word);
    if (sure) return sure;
    const found = guess(word) ?? [word];
    if (remembered.size >= REMEMBERED) remembered.clear();
    remembered.set(word, found);
    return found;
  };

  const groups = new Map<string, Meaning>();
  /** First words of groups, and how long the longest group is that begins with each. */
  const starts = new Map<string, number>();
  const begin = (words: readonly string[]): void => {
    starts.set(words[0]!, Math.min(LONGEST_GROUP, Math.max(starts.get(words[0]!) ?? 0, words.length)));
  };
  for (const [written, usual] of synonyms) {
    if (!written.includes(' ')) continue;
    const meant = written.split(' ').flatMap((word) => single.get(word) ?? formOf(word) ?? [word]);
    begin(meant);
    groups.set(meant.join(' '), usual.split(' '));
    // The words as they are written count as well: one of them may mean something else by itself.
    begin(written.split(' '));
    groups.set(written, usual.split(' '));
  }
  const together = (typed: readonly string[]): readonly string[] => {
    // Most messages have no word that a group begins with.
    let mayBe = false;
    for (let at = 0; at + 1 < typed.length && !mayBe; at++) mayBe = starts.has(typed[at]!);
    if (!mayBe) return typed;
    const said: string[] = [];
    for (let at = 0; at < typed.length; at++) {
      let taken = 0;
      const longest = starts.get(typed[at]!) ?? 0;
      for (let length = Math.min(longest, typed.length - at); length > 1; length--) {
        const usual = groups.get(typed.slice(at, at + length).join(' '));
        if (!usual) continue;
        said.push(...usual);
        taken = length;
        break;
      }
      if (taken > 0) at += taken - 1;
      else said.push(typed[at]!);
    }
    return said;
  };
  const each = (words: readonly string[], meaning: (word: string) => Meaning): readonly string[] => {
    const said: string[] = [];
    for (const word of words)
      if (word.includes('_')) said.push(word);
      else for (const usual of meaning(word)) said.push(usual);
    return said;
  };
  const surely = (word: string): Meaning => single.get(word) ?? formOf(word) ?? [word];
  return {
    formOf: (typed) => together(each(together(typed), surely)),
    meaningOf: (typed) => together(each(together(typed), meantBy)),
    isKnown: (word) => single.has(word),
  };
}

/** A known word in its usual form: its synonym, or what it is a form of, if that is known too. */
function usualForm(
  word: string,
  known: ReadonlyMap<string, number>,
  synonyms: ReadonlyMap<string, string>,
  kept: ReadonlySet<string>,
): Meaning {
  const synonym = synonyms.get(word);
  if (synonym !== undefined) return synonym.split(' ');
  if (kept.has(word)) return [word];
  for (const root of rootsOf(word)) {
    if (root.length < 4) continue;
    const usual = synonyms.get(root);
    if (usual !== undefined) return usual.split(' ');
    if (known.has(root)) return root.length < word.length ? usualForm(root, known, synonyms, kept) : [root];
  }
  return [word];
}

/** "suratusaha": two known words with the space left out. */
function runTogether(word: string, single: ReadonlyMap<string, Meaning>): Meaning | null {
  if (word.length < 7) return null;
  for (let cut = word.length - 3; cut >= 3; cut--) {
    const first = single.get(word.slice(0, cut));
    const second = first && single.get(word.slice(cut));
    if (first && second) return [...first, ...second];
  }
  return null;
}

/** The known word that a word is but for a slip or two. */
function misspelt(
  word: string,
  spellings: SearchableMap<number>,
  single: ReadonlyMap<string, Meaning>,
): Meaning | null {
  if (word.length < 4) return null;
  let best: { word: string; slips: number; times: number } | null = null;
  // Two slips are looked for only where one does not explain it: that takes longer.
  for (const most of word.length < TWO_SLIPS_FROM ? [1] : [1, 2]) {
    for (const [meant, [times, slips]] of spellings.fuzzyGet(word, most)) {
      if (meant.length < (word.length < 5 ? 5 : 4)) continue;
      if (slips === 2 && meant.length < TWO_SLIPS_FROM - 1) continue;
      // The first letter is seldom wrong.
      if (meant[0] !== word[0] && word.length < 6) continue;
      if (!best || slips < best.slips || (slips === best.slips && times > best.times))
        best = { word: meant, slips, times };
    }
    if (best) break;
  }
  return best ? single.get(best.word)! : null;
}
