import type { CompiledFlow, Flows } from '../compiled.js';
import { isClose } from './closeness.js';
import { wordsOf } from './normalise.js';
import type { Message, Vocabulary } from './vocabulary.js';

/** A flow that a message may name, and how well: 1 and more is a whole phrase of it. */
export interface Named {
  flow: CompiledFlow;
  score: number;
  /** What follows a phrase that ends with `{arg}`: "cari jeruk" → "jeruk". */
  arg: string | null;
}

interface Phrase {
  flow: CompiledFlow;
  words: string[];
  weight: number;
  takesArg: boolean;
  /** Of words that name nothing by themselves ("gak"): meant only where nothing else was said. */
  isBare: boolean;
}

interface Index {
  /** Phrases that hold a word: only these are looked at. */
  byWord: Map<string, { phrase: Phrase; times: number }[]>;
  /** Phrases that take what follows them, by their first word. */
  withArg: Map<string, Phrase[]>;
  /** Which words of phrases a typed word may be: itself, or close to it. Remembered, since people repeat themselves. */
  meant: Map<string, readonly string[]>;
  /** What short messages named. */
  named: Map<string, Named[]>;
  /** Word → weight: a word of few phrases tells more. */
  weights: Map<string, number>;
  /** Whole phrases of flows that answer in between and let the question wait. */
  asides: Map<string, CompiledFlow>;
  /** Whole phrases of all errands. */
  whole: Map<string, CompiledFlow>;
}

/** Words that name nothing by themselves. */
const FILLERS = new Set(
  `saya aku anda bapak ibu pak bu mas mbak min admin kak tolong minta mau ingin bisa buat membuat urus mengurus ngurus
  yang untuk dari di ke dan atau dengan itu ini ya dong nih sih kok ada apa bagaimana cara dimana mana berapa kapan
  tidak belum sudah akan lagi juga saja sama kalau karena ku nya a the my i to want need how for please of is`.split(
    /\s+/u,
  ),
);
/** Short messages are few and come again and again: what they name is remembered. */
const REMEMBERED_WORDS = 3;
const REMEMBERED = 5000;
const ARG = /\s*\{arg\}$/u;
const indexes = new WeakMap<Flows, Index>();

/** Flows that a message names, the likeliest first. Officers' flows only for officers. */
export function namedFlows(flows: Flows, message: Message, isOfficer: boolean): Named[] {
  const index = indexOf(flows);
  const key = message.words.length <= REMEMBERED_WORDS ? `${isOfficer ? '!' : ''}${message.full}` : null;
  const remembered = key === null ? undefined : index.named.get(key);
  if (remembered) return remembered;
  const found = nameFlows(flows, index, message, isOfficer);
  // What follows a phrase belongs to this message alone.
  if (key !== null && found.every(({ arg }) => arg === null)) {
    if (index.named.size >= REMEMBERED) index.named.clear();
    index.named.set(key, found);
  }
  return found;
}

function nameFlows(flows: Flows, index: Index, message: Message, isOfficer: boolean): Named[] {
  const all = canonical(message.words, flows.vocabulary);
  const said = all.filter((word) => !FILLERS.has(word));
  const best = new Map<string, Named>();
  const note = (phrase: Phrase, found: number): void => {
    if (found <= 0 || (phrase.flow.isForOfficers && !isOfficer)) return;
    const known = best.get(phrase.flow.id);
    if (known && known.score >= found) return;
    const arg = phrase.takesArg ? argumentOf(message, phrase, flows.vocabulary) : null;
    best.set(phrase.flow.id, { flow: phrase.flow, score: found, arg });
  };
  for (const phrase of index.withArg.get(all[0] ?? '') ?? []) note(phrase, scoreWithArg(phrase, all));
  for (const [phrase, heard] of heardIn(index, all)) note(phrase, score(phrase, heard, said, all));
  return [...best.values()].sort((a, b) => b.score - a.score);
}

/** Whether a flow is an errand to go to from another, and no answer to a greeting, a thanks or a lone yes. */
export function isErrand(flow: CompiledFlow): boolean {
  return flow.intent === null || flow.intent.includes('.');
}

/** The errand of which a message is one whole phrase, where it may come between a question and its answer. */
export function namedAside(flows: Flows, message: Message): CompiledFlow | null {
  return indexOf(flows).asides.get(message.full) ?? null;
}

/** The errand of which a message is one whole phrase. */
export function namedExactly(flows: Flows, message: Message, isOfficer: boolean): CompiledFlow | null {
  const flow = indexOf(flows).whole.get(message.full);
  return flow && (!flow.isForOfficers || isOfficer) ? flow : null;
}

/** The one that is clearly meant, or the few that may be. */
export function choose(named: Named[]): { one: Named | null; several: Named[] } {
  const [first, second] = named;
  if (!first || first.score < 0.55) return { one: null, several: [] };
  if (first.score >= 1 && (!second || first.score >= second.score * 1.15)) return { one: first, several: [] };
  const near = named.filter((other) => other.score >= first.score * 0.8 && other.score >= 0.55).slice(0, 4);
  return near.length === 1 ? { one: near[0]!, several: [] } : { one: null, several: near };
}

interface Heard {
  weight: number;
  count: number;
}

/** Which phrases have words that were said, and how much of each. */
function heardIn(index: Index, all: string[]): Map<Phrase, Heard> {
  const words = new Set<string>();
  for (const typed of all) for (const word of meantBy(index, typed)) words.add(word);
  const heard = new Map<Phrase, Heard>();
  for (const word of words) {
    const weight = index.weights.get(word) ?? 1;
    for (const { phrase, times } of index.byWord.get(word) ?? []) {
      const known = heard.get(phrase);
      if (known) {
        known.weight += weight * times;
        known.count += times;
      } else heard.set(phrase, { weight: weight * times, count: times });
    }
  }
  return heard;
}

function meantBy(index: Index, typed: string): readonly string[] {
  const known = index.meant.get(typed);
  if (known) return known;
  const found = [...index.byWord.keys()].filter((word) => word === typed || isMisspelt(typed, word));
  if (index.meant.size > 20_000) index.meant.clear();
  index.meant.set(typed, found);
  return found;
}

function scoreWithArg(phrase: Phrase, all: string[]): number {
  const starts = phrase.words.every((word, i) => all[i] === word);
  return starts && all.length > phrase.words.length ? 3 + phrase.words.length : 0;
}

/**
 * A phrase of which every word was said counts 1, more where it is long, telling and most of what was said; a part
 * of it counts by the weight of what was said.
 */
function score(phrase: Phrase, heard: Heard, said: string[], all: string[]): number {
  if (phrase.isBare && all.length > phrase.words.length) return 0;
  const share = heard.weight / phrase.weight;
  const covered = said.length === 0 ? 1 : Math.min(1, heard.count / said.length);
  if (heard.count < phrase.words.length) return share * 0.75 * (0.6 + 0.4 * covered);
  return 1 + Math.log2(1 + phrase.weight) * (0.4 + 0.6 * covered);
}

/** A slip in a word long enough to be told from others: "siapa" is not "siap". */
function isMisspelt(typed: string, word: string): boolean {
  return typed.length >= 5 && word.length >= 5 && typed[0] === word[0] && isClose(typed, word);
}

function argumentOf(message: Message, phrase: Phrase, vocabulary: Vocabulary): string | null {
  // The phrase's words may have been typed as abbreviations of another length: drop words from the text until they fit.
  const typed = message.text.split(/\s+/u);
  for (let first = 1; first < typed.length; first++) {
    const head = canonical(wordsOf(typed.slice(0, first).join(' '), vocabulary.abbreviations), vocabulary);
    if (head.length >= phrase.words.length) return typed.slice(first).join(' ').trim() || null;
  }
  return null;
}

function indexOf(flows: Flows): Index {
  const known = indexes.get(flows);
  if (known) return known;
  const phrases = [...flows.byId.values()].flatMap((flow) =>
    flow.understands.map((text): Phrase => {
      const takesArg = ARG.test(text);
      const words = canonical(
        wordsOf(text.replace(ARG, ''), flows.vocabulary.abbreviations),
        flows.vocabulary,
      );
      const telling = words.filter((word) => !FILLERS.has(word));
      const isBare = !takesArg && telling.length === 0;
      return { flow, words: takesArg || isBare ? words : telling, weight: 1, takesArg, isBare };
    }),
  );
  const counts = new Map<string, Set<string>>();
  for (const { flow, words } of phrases)
    for (const word of words) counts.set(word, (counts.get(word) ?? new Set()).add(flow.id));
  const weights = new Map(
    [...counts].map(([word, inFlows]) => [word, Math.log2(1 + flows.byId.size / inFlows.size)]),
  );
  for (const phrase of phrases)
    phrase.weight = phrase.words.reduce((sum, word) => sum + (weights.get(word) ?? 1), 0);
  const whole = new Map(
    [...flows.byId.values()]
      .filter(isErrand)
      .flatMap((flow) =>
        flow.understands
          .filter((text) => !ARG.test(text))
          .map((text) => [wordsOf(text, flows.vocabulary.abbreviations).join(' '), flow] as const),
      ),
  );
  const asides = new Map([...whole].filter(([, flow]) => flow.interrupts && !flow.isForOfficers));
  const byWord: Index['byWord'] = new Map();
  const withArg: Index['withArg'] = new Map();
  for (const phrase of phrases) {
    if (phrase.takesArg) {
      const first = phrase.words[0] ?? '';
      withArg.set(first, [...(withArg.get(first) ?? []), phrase]);
      continue;
    }
    for (const word of new Set(phrase.words)) {
      const times = phrase.words.filter((own) => own === word).length;
      byWord.set(word, [...(byWord.get(word) ?? []), { phrase, times }]);
    }
  }
  const made = {
    byWord,
    withArg,
    meant: new Map<string, readonly string[]>(),
    named: new Map<string, Named[]>(),
    weights,
    asides,
    whole,
  };
  indexes.set(flows, made);
  return made;
}

/** Words in their usual form: synonyms of one word, and of two ("ora mampu"). */
function canonical(words: readonly string[], { synonyms }: Vocabulary): string[] {
  const usual: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const pair = i + 1 < words.length ? synonyms.get(`${words[i]} ${words[i + 1]}`) : undefined;
    if (pair) {
      usual.push(...pair.split(' '));
      i += 1;
      continue;
    }
    const one = synonyms.get(words[i]!);
    if (one) usual.push(...one.split(' '));
    else usual.push(words[i]!);
  }
  return usual;
}
