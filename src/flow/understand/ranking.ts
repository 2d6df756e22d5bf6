import MiniSearch from 'minisearch';

/** A phrase that somebody may say, and what they then want: an intent, or the id of a flow that has none. */
export interface Phrase {
  of: string;
  /** As it was written. */
  text: string;
  /** Its words in their usual form. */
  words: readonly string[];
}

/** How well a message fits what an intent's phrases say. */
export interface Ranked {
  of: string;
  /** About 1 where a whole phrase was said and nothing else that tells; 0 where nothing was. */
  score: number;
  /** The phrase that is nearest. */
  phrase: string;
  /** Its words that were said. */
  hits: readonly string[];
  /** How much was said of what a phrase of the intent tells, of the one that was said most wholly, 0 to 1. */
  covered: number;
  /** How much of what the message tells is of the nearest phrase, 0 to 1. */
  share: number;
}

export interface Ranking {
  rank(words: readonly string[]): Ranked[];
  /** How much a word tells, 0 to 1: one that all intents use tells nothing. 0 for words of no phrase. */
  weightOf(word: string): number;
}

/** How the parts of a score are weighed; found by trying them on phrases left out of the index (measure.ts). */
export const TUNING = {
  /** How much of the phrase, against how much of the message, was matched. */
  phraseSide: 0.45,
  /** The nearest phrase, and what further ones of the same intent add. */
  second: 0.18,
  third: 0.1,
  /** The share of what each word tells by itself. */
  byWords: 0.3,
  /** What a word of no phrase takes away. */
  unknown: 0.12,
  sharpness: 1.2,
  /** Words that tell less than this are not searched for. */
  searched: 0.06,
  /** Phrases that are looked at. */
  most: 60,
  /** How much a word that is seldom used tells less: one seen once may have come by chance. */
  chance: 0.4,
  /** What it adds that words stand side by side in the phrase as in the message, and takes away where they do not. */
  side: 0.25,
};

interface Document {
  id: number;
  words: string;
}

/** What hundreds of phrases have ("surat") finds none of them: only where nothing else was said it is looked for. */
function searchedFor(telling: readonly string[], weightOf: (word: string) => number): string {
  const rare = telling.filter((word) => weightOf(word) >= TUNING.searched);
  return (rare.length > 0 ? rare : telling).join(' ');
}

interface Near {
  score: number;
  phrase: number;
  hits: string[];
  covered: number;
  share: number;
}

/**
 * MiniSearch finds the phrases that share words with a message, the likeliest first (BM25+, each word weighed by how
 * much it tells). A thin layer over it weighs how much of the phrase and of the message was matched, and adds up the
 * phrases of one intent.
 */
export function createRanking(phrases: readonly Phrase[], quiet: ReadonlySet<string>): Ranking {
  const { weights, shares } = tell(phrases, quiet);
  const weightOf = (word: string): number => weights.get(word) ?? 0;
  const search = new MiniSearch<Document>({
    fields: ['words'],
    tokenize: (text) => text.split(' '),
    processTerm: (term) => term,
    searchOptions: { boostTerm: (term) => weightOf(term) },
  });
  search.addAll(phrases.map(({ words }, id) => ({ id, words: words.join(' ') })));
  const wordsOf = phrases.map(({ words }) => new Set(words));
  // Few phrases are ever looked at: their pairs are made when they are.
  const made: (Set<string> | undefined)[] = [];
  const pairsOf = (place: number): Set<string> => (made[place] ??= pairs(phrases[place]!.words));
  const totals = wordsOf.map((words) => {
    let total = 0;
    for (const word of words) total += weightOf(word);
    return total;
  });

  return {
    weightOf,
    rank(words) {
      const said = [...new Set(words)];
      const telling = said.filter((word) => weightOf(word) > 0);
      if (telling.length === 0) return [];
      const total =
        sum(telling.map(weightOf)) +
        TUNING.unknown * said.filter((w) => !weights.has(w) && !quiet.has(w)).length;
      const beside = pairs(words);
      const near = new Map<string, Near[]>();
      let looked = 0;
      for (const { id, terms } of search.search(searchedFor(telling, weightOf))) {
        if (looked++ >= TUNING.most) break;
        const place = id as number;
        const matched = sum(telling.filter((word) => wordsOf[place]!.has(word)).map(weightOf));
        let score = matched / (TUNING.phraseSide * totals[place]! + (1 - TUNING.phraseSide) * total || 1);
        const own = pairsOf(place);
        if (own.size > 0) {
          let together = 0;
          for (const pair of own) if (beside.has(pair)) together++;
          score *= 1 + TUNING.side * (together / own.size - 0.5);
        }
        const { of } = phrases[place]!;
        const others = near.get(of);
        const found = {
          score,
          phrase: place,
          hits: terms,
          covered: matched / (totals[place]! || 1),
          share: matched / total,
        };
        if (others) others.push(found);
        else near.set(of, [found]);
      }
      const byWords = new Map<string, number>();
      for (const word of telling)
        for (const [of, share] of shares.get(word)!)
          byWords.set(of, (byWords.get(of) ?? 0) + (weightOf(word) * share) / total);
      const ranked: Ranked[] = [];
      for (const [of, found] of near) {
        found.sort((a, b) => b.score - a.score);
        const [first, second, third] = found;
        const nearest =
          first!.score + TUNING.second * (second?.score ?? 0) + TUNING.third * (third?.score ?? 0);
        const full = 1 + TUNING.second + TUNING.third;
        const score = (1 - TUNING.byWords) * (nearest / full) + TUNING.byWords * (byWords.get(of) ?? 0);
        ranked.push({
          of,
          score,
          phrase: phrases[first!.phrase]!.text,
          hits: first!.hits,
          // A whole phrase was said, though a longer one that was not comes nearer ("sku" beside "sku buat kur bri").
          covered: Math.max(...found.map(({ covered }) => covered)),
          share: first!.share,
        });
      }
      return ranked.sort((a, b) => b.score - a.score);
    },
  };
}

/**
 * How much each word tells: 1 where only one intent uses it, near 0 where all do alike (1 minus the entropy of its
 * uses). An intent with many phrases counts no more than one with few.
 */
function tell(
  phrases: readonly Phrase[],
  quiet: ReadonlySet<string>,
): { weights: Map<string, number>; shares: Map<string, Map<string, number>> } {
  const sizes = new Map<string, number>();
  for (const { of } of phrases) sizes.set(of, (sizes.get(of) ?? 0) + 1);
  const shares = new Map<string, Map<string, number>>();
  const counts = new Map<string, number>();
  for (const { of, words } of phrases)
    for (const word of new Set(words)) {
      const uses = shares.get(word) ?? new Map<string, number>();
      shares.set(word, uses);
      counts.set(word, (counts.get(word) ?? 0) + 1);
      uses.set(of, (uses.get(of) ?? 0) + 1 / (8 + sizes.get(of)!));
    }
  const weights = new Map<string, number>();
  const most = Math.log(Math.max(2, sizes.size));
  for (const [word, uses] of shares) {
    const all = sum([...uses.values()]);
    let entropy = 0;
    for (const [of, use] of uses) {
      const share = use / all;
      uses.set(of, share);
      entropy -= share * Math.log(share);
    }
    const told = Math.max(0.02, 1 - entropy / most) ** TUNING.sharpness;
    const seen = counts.get(word)!;
    const sure = (told * seen) / (seen + TUNING.chance);
    weights.set(word, quiet.has(word) ? sure * 0.1 : sure);
  }
  return { weights, shares };
}

/** Neighbouring words, two and two. */
function pairs(words: readonly string[]): Set<string> {
  const found = new Set<string>();
  for (let at = 1; at < words.length; at++) found.add(`${words[at - 1]} ${words[at]}`);
  return found;
}

function sum(values: readonly number[]): number {
  let all = 0;
  for (const value of values) all += value;
  return all;
}
