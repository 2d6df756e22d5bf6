import type { CompiledFlow, Flows } from '../compiled.js';
import { createLexicon } from './lexicon.js';
import type { Lexicon } from './lexicon.js';
import { learnNeed } from './learnNeed.js';
import type { Lesson } from './learnNeed.js';
import type { Sample } from './measure.js';
import { needOf } from './need.js';
import type { Need, Told, Weights } from './need.js';
import { wordsOf } from './normalise.js';
import { createRanking } from './ranking.js';
import type { Phrase, Ranked, Ranking } from './ranking.js';
import type { AlwaysWord, Message } from './vocabulary.js';

/** A flow that a message may name, and how well: `CLEAR` and more is clearly meant, 1 and more a whole phrase of it. */
export interface Named {
  flow: CompiledFlow;
  score: number;
  /** A whole phrase of it was said, whatever else was. */
  isWhole: boolean;
  /** What follows a phrase that ends with `{arg}`: "cari jeruk" → "jeruk". */
  arg: string | null;
}

/** What an intent or flow may be of a message, whether or not a flow is there for it. */
export interface Meant extends Ranked {
  arg: string | null;
}

/** From here on it is meant clearly enough to be asked about in the middle of something else. */
export const SURE = 0.6;
/** From here on a flow is clearly meant, where no other comes near. */
export const CLEAR = 0.42;
/** The same where nothing else comes near at all. */
const ALONE = 0.33;
/** Below it nothing was named. */
const FAINT = 0.24;
/** How far ahead of the next one the one that is meant must be. */
const AHEAD = 1.25;
/** Those that are as near as this to the first may be meant as well. */
const NEAR = 0.62;
const MOST_OFFERED = 4;
/** A phrase that takes what follows names its flow at least so well: another flow's whole phrase goes before it. */
const WITH_ARG = 0.72;
const ARG = /\s*\{arg\}$/u;
/** A word that tells so much of need (logits) makes the message be looked at as a whole. */
const ALARMING = 0.15;
/** Short messages are few and come again and again: what they name is remembered. */
const REMEMBERED_WORDS = 6;
const REMEMBERED = 5000;

interface ArgPhrase {
  of: string;
  text: string;
  words: readonly string[];
}

interface Index {
  lexicon: Lexicon;
  ranking: Ranking;
  /** Phrases that take what follows them, by their first word. */
  withArg: Map<string, ArgPhrase[]>;
  /** Whole phrases, their words in the usual form. */
  whole: Map<string, string>;
  /** What short messages named. */
  meant: Map<string, Meant[]>;
  need: Need;
  /** Whether a typed word is mostly said in need. */
  alarming: (typed: string) => boolean;
  /** Whole phrases of flows that answer in between and let the question wait. */
  asides: Map<string, CompiledFlow>;
  /** Whole phrases of all errands, as typed. */
  errands: Map<string, CompiledFlow>;
}

/** What is said beside an errand as well. */
const TALK = new Set(['ya', 'tidak', 'salam', 'terima_kasih']);
/** What the engine does itself: no flow is there for it. */
const MEANT_WORDS: ReadonlyMap<string, AlwaysWord> = new Map([
  ['sistem.batal', 'batal'],
  ['sistem.kembali', 'kembali'],
]);

const indexes = new WeakMap<Flows, Index>();

/** Whether a flow is named clearly enough to leave a question for it: no mere word of one of its phrases does. */
export function isNamedClearly({ score, isWhole }: Named): boolean {
  return isWhole && score >= SURE;
}

/** Flows that a message names, the likeliest first. Officers' flows only for officers. */
export function namedFlows(flows: Flows, message: Message, isOfficer: boolean): Named[] {
  const named: Named[] = [];
  for (const { of, score, arg, covered } of meantBy(flows, message)) {
    const flow = flowOf(flows, of);
    if (flow && (!flow.isForOfficers || isOfficer)) named.push({ flow, score, arg, isWhole: covered > 0.97 });
  }
  return named;
}

/** The word without a flow of its own that a message says in other words ("tidak usah diproses"), or null. */
export function meantWord(flows: Flows, message: Message): AlwaysWord | null {
  const [first] = meantBy(flows, message);
  return first && first.score >= SURE ? (MEANT_WORDS.get(first.of) ?? null) : null;
}

/** Intents that a message names, the likeliest first, those without a flow among them. */
export function meantBy(flows: Flows, message: Message): Meant[] {
  // A number alone chose or answered something that is over: whatever phrase has it, it names nothing.
  if (!/\p{L}/u.test(message.full)) return [];
  const index = indexOf(flows);
  const key = message.words.length <= REMEMBERED_WORDS ? message.full : null;
  const remembered = key === null ? undefined : index.meant.get(key);
  if (remembered) return remembered;
  const found = find(flows, index, message);
  // What follows a phrase belongs to this message alone.
  if (key !== null && found.every(({ arg }) => arg === null)) {
    if (index.meant.size >= REMEMBERED) index.meant.clear();
    index.meant.set(key, found);
  }
  return found;
}

/** The words of a message as phrases are compared: in their usual form. */
export function meaningOf(flows: Flows, message: Message): readonly string[] {
  return indexOf(flows).lexicon.meaningOf(message.words);
}

/** How much a word, in its usual form, tells: 0 to 1. */
export function weightOf(flows: Flows, word: string): number {
  return indexOf(flows).ranking.weightOf(word);
}

/** Whether a word of the message is used in cries for help more than elsewhere: most messages have none. */
export function tellsOfAlarm(flows: Flows, message: Message): boolean {
  const { alarming } = indexOf(flows);
  return message.words.some((word) => alarming(word));
}

/** How much a message is like what is cried in need (logits, see `Need`); `phrase`: the kind of which one was heard. */
export function likenessOf(flows: Flows, message: Message, phrase: string | null): number {
  const { lexicon, need } = indexOf(flows);
  return need.of(toldIn(lexicon, message.words, phrase));
}

/** The kind of emergency that a message is most like. */
export function likestKind(flows: Flows, message: Message, phrase: string | null): string {
  const { lexicon, need } = indexOf(flows);
  return need.kindOf(toldIn(lexicon, message.words, phrase));
}

/** What speaks for need and what against it, the most telling first: how much less it would be without each word. */
export function likenessReasons(
  flows: Flows,
  message: Message,
  phrase: string | null,
): { words: string; weight: number }[] {
  const { lexicon, need } = indexOf(flows);
  const whole = need.of(toldIn(lexicon, message.words, phrase));
  const without = (word: string) => message.words.filter((other) => other !== word);
  return [
    ...[...new Set(message.words)].map((word) => ({
      words: word,
      weight: whole - need.of(toldIn(lexicon, without(word), phrase)),
    })),
    ...(phrase === null
      ? []
      : [{ words: '#phrase', weight: whole - need.of(toldIn(lexicon, message.words, null)) }]),
  ]
    .filter(({ weight }) => Math.abs(weight) > 0.05)
    .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
}

function toldIn(lexicon: Lexicon, typed: readonly string[], phrase: string | null): Told {
  return { typed, usual: lexicon.meaningOf(typed), phrase };
}

function find(flows: Flows, index: Index, message: Message): Meant[] {
  const words = index.lexicon.meaningOf(message.words);
  const found: Meant[] = index.ranking.rank(words).map((ranked) => ({
    ...ranked,
    // A thanks or a "no" beside something else is no errand: "surat sing wingi".
    score: TALK.has(ranked.of) ? ranked.score * ranked.share : ranked.score,
    arg: null,
  }));
  const whole = index.whole.get(wholeKey(words, flows.vocabulary.polite));
  if (whole !== undefined) {
    const meant = found.find(({ of }) => of === whole);
    if (meant) meant.score += 1;
    else
      found.push({ of: whole, score: 1, phrase: message.full, hits: words, covered: 1, share: 1, arg: null });
  }
  for (const phrase of index.withArg.get(words[0] ?? '') ?? []) {
    if (words.length <= phrase.words.length || !phrase.words.every((word, i) => words[i] === word)) continue;
    const arg = argumentOf(index, message, phrase, flows);
    const meant = found.find(({ of }) => of === phrase.of);
    if (!meant)
      found.push({
        of: phrase.of,
        score: WITH_ARG,
        phrase: phrase.text,
        hits: phrase.words,
        covered: 1,
        share: 1,
        arg,
      });
    else {
      meant.score = Math.max(meant.score, WITH_ARG);
      meant.covered = 1;
      meant.arg = arg;
    }
  }
  return found.sort((a, b) => b.score - a.score);
}

/** Whether a flow is an errand to go to from another, and no answer to a greeting, a thanks or a lone yes. */
export function isErrand(flow: CompiledFlow): boolean {
  return flow.intent === null || flow.intent.includes('.');
}

/**
 * The errand of which a message is one whole phrase, where it may come between a question and its answer. Kind words around
 * it are no part of it ("bayar berapa pak"), but "Pak Resmi" is a name: one word alone is not looked for within others.
 */
export function namedAside(flows: Flows, message: Message): CompiledFlow | null {
  const { asides } = indexOf(flows);
  const whole = asides.get(message.full);
  if (whole) return whole;
  const bare = withoutKindWords(flows, message.words);
  return bare.length < 2 ? null : (asides.get(bare.join(' ')) ?? null);
}

/** The words of a message without the kind ones before and after it; at least one stays. */
export function withoutKindWords({ vocabulary }: Flows, words: readonly string[]): readonly string[] {
  let first = 0;
  let last = words.length;
  while (last - first > 1 && vocabulary.polite.has(words[last - 1]!)) last--;
  while (last - first > 1 && vocabulary.polite.has(words[first]!)) first++;
  return words.slice(first, last);
}

/** The errand of which a message is one whole phrase. */
export function namedExactly(flows: Flows, message: Message, isOfficer: boolean): CompiledFlow | null {
  const flow = indexOf(flows).errands.get(message.full);
  return flow && (!flow.isForOfficers || isOfficer) ? flow : null;
}

/** The one that is clearly meant, or the few that may be. */
export function choose<T extends { score: number }>(named: readonly T[]): { one: T | null; several: T[] } {
  const [first, second] = named;
  if (!first || first.score < FAINT) return { one: null, several: [] };
  if (first.score >= CLEAR && (!second || first.score >= second.score * AHEAD))
    return { one: first, several: [] };
  const near = named
    .filter(({ score }) => score >= first.score * NEAR && score >= FAINT * 0.8)
    .slice(0, MOST_OFFERED);
  if (near.length > 1) return { one: null, several: near };
  return first.score >= ALONE ? { one: first, several: [] } : { one: null, several: near };
}

function flowOf(flows: Flows, of: string): CompiledFlow | undefined {
  return flows.byIntent.get(of) ?? flows.byId.get(of);
}

function wholeKey(words: readonly string[], polite: ReadonlySet<string>): string {
  const kept = words.filter((word) => !polite.has(word));
  return (kept.length > 0 ? kept : words).join(' ');
}

function argumentOf(index: Index, message: Message, phrase: ArgPhrase, flows: Flows): string | null {
  // The phrase's words may have been typed as abbreviations of another length: drop words from the text until they fit.
  const typed = message.text.split(/\s+/u);
  for (let first = 1; first < typed.length; first++) {
    const head = wordsOf(typed.slice(0, first).join(' '), flows.vocabulary.abbreviations);
    if (index.lexicon.meaningOf(head).join(' ') === phrase.words.join(' '))
      return typed.slice(first).join(' ').trim() || null;
  }
  return null;
}

/** Builds the index of some flows now, so that nobody's first message waits for it. */
export function prepareUnderstanding(flows: Flows): void {
  indexOf(flows);
}

function indexOf(flows: Flows): Index {
  const known = indexes.get(flows);
  if (known) return known;
  const made = buildIndex(flows);
  indexes.set(flows, made);
  return made;
}

/**
 * What each intent, or flow without one, is called by: its `understands`, its titles, and flows/words/phrases/. Those of
 * an intent that no flow answers are not meant: they only tell what is said without need.
 */
function writtenPhrases(flows: Flows): { of: string; text: string; isAnswered: boolean }[] {
  const written: { of: string; text: string; isAnswered: boolean }[] = [];
  for (const flow of flows.byId.values()) {
    const of = flow.intent !== null && flows.byIntent.get(flow.intent) === flow ? flow.intent : flow.id;
    for (const text of flow.understands) written.push({ of, text, isAnswered: true });
    // What nobody can ask for by words is not found by its title either.
    if (flow.understands.length === 0 && !flows.vocabulary.phrases.has(of)) continue;
    for (const title of Object.values(flow.title))
      if (title.constant !== null) written.push({ of, text: title.constant, isAnswered: true });
  }
  // What nothing answers is not understood: its words would only draw others' away.
  for (const [of, texts] of flows.vocabulary.phrases) {
    const isAnswered =
      flows.byIntent.has(of) || flows.vocabulary.emergencyKinds.includes(of) || MEANT_WORDS.has(of);
    for (const text of texts) written.push({ of, text, isAnswered });
  }
  return written;
}

/** Written phrases as they are compared. */
interface ReadPhrases {
  lexicon: Lexicon;
  /** Each once, without those that take what follows them. */
  phrases: (Phrase & { typed: readonly string[]; isAnswered: boolean })[];
  withArg: Map<string, ArgPhrase[]>;
  whole: Map<string, string>;
}

/** `known`: words beside those of the phrases that are spelled right. */
function readPhrases(flows: Flows, known: readonly string[]): ReadPhrases {
  const { abbreviations, synonyms, polite } = flows.vocabulary;
  const written = writtenPhrases(flows).map(({ of, text, isAnswered }) => ({
    of,
    text,
    isAnswered,
    takesArg: ARG.test(text),
    typed: wordsOf(text.replace(ARG, ''), abbreviations),
  }));
  const lexicon = createLexicon([...written.flatMap(({ typed }) => typed), ...known], synonyms);
  const phrases: ReadPhrases['phrases'] = [];
  const withArg = new Map<string, ArgPhrase[]>();
  const whole = new Map<string, string>();
  const said = new Set<string>();
  for (const { of, text, takesArg, typed, isAnswered } of written) {
    const words = lexicon.meaningOf(typed);
    if (words.length === 0) continue;
    if (takesArg) {
      if (!isAnswered) continue;
      const first = words[0]!;
      withArg.set(first, [...(withArg.get(first) ?? []), { of, text, words }]);
      continue;
    }
    const key = wholeKey(words, polite);
    // Said the same way in two languages, or with a "pak" more: once is enough.
    if (said.has(`${of} ${key}`)) continue;
    said.add(`${of} ${key}`);
    phrases.push({ of, text, words, typed, isAnswered });
    if (isAnswered && !whole.has(key)) whole.set(key, of);
  }
  return { lexicon, phrases, withArg, whole };
}

function buildIndex(flows: Flows): Index {
  const { vocabulary } = flows;
  const { lexicon, phrases, withArg, whole } = readPhrases(flows, vocabulary.need?.words ?? []);
  const errands = new Map<string, CompiledFlow>();
  for (const flow of flows.byId.values())
    if (isErrand(flow))
      for (const text of flow.understands)
        if (!ARG.test(text)) errands.set(wordsOf(text, vocabulary.abbreviations).join(' '), flow);
  // Few flows, much the same village: were only their phrases calm, a mere "tidak" would be more like need than like them.
  const need = vocabulary.need ?? needOf(learnNeed(lessonsOf(flows, phrases), vocabulary.emergencyKinds), []);
  const alarmed = new Map<string, boolean>();
  const nothing = need.of({ typed: [], usual: [], phrase: null });
  return {
    lexicon,
    ranking: createRanking(
      phrases.filter(({ isAnswered }) => isAnswered),
      vocabulary.quiet,
    ),
    need,
    alarming(typed) {
      let is = alarmed.get(typed);
      if (is === undefined) {
        is = need.of(toldIn(lexicon, [typed], null)) - nothing >= ALARMING;
        if (alarmed.size >= REMEMBERED) alarmed.clear();
        alarmed.set(typed, is);
      }
      return is;
    },
    withArg,
    whole,
    meant: new Map(),
    asides: new Map([...errands].filter(([, flow]) => flow.interrupts && !flow.isForOfficers)),
    errands,
  };
}

/** Phrases as lessons of need: those of the kinds of emergency, and all others, which tell of none. */
function lessonsOf(
  { vocabulary }: Flows,
  phrases: readonly { of: string; words: readonly string[]; typed: readonly string[] }[],
): Lesson[] {
  return phrases.map(({ of, words, typed }) => ({
    typed,
    usual: words,
    phrase: vocabulary.findEmergency(typed),
    kind: vocabulary.emergencyKinds.includes(of) ? of : null,
  }));
}

/** A word is spelled right where more than one lesson has it. */
const OFTEN = 2;

/**
 * What need sounds like: learned of lessons (what was said, and the kind of emergency or any other intent) and of the
 * phrases of all flows. The same lessons and flows always give the same.
 */
export function learnFrom(flows: Flows, lessons: readonly Sample[]): { weights: Weights; words: string[] } {
  const { abbreviations, emergencyKinds, polite } = flows.vocabulary;
  const told = lessons.map(({ phrase, intent }) => ({ of: intent, typed: wordsOf(phrase, abbreviations) }));
  const times = new Map<string, number>();
  for (const word of told.flatMap(({ typed }) => [...new Set(typed)]))
    if (/^\p{L}{2,}$/u.test(word)) times.set(word, (times.get(word) ?? 0) + 1);
  const words = [...times.keys()].filter((word) => times.get(word)! >= OFTEN).toSorted();
  const { lexicon, phrases } = readPhrases(flows, words);
  const said = new Set<string>();
  const all = [
    ...phrases,
    ...told.map(({ of, typed }) => ({ of, typed, words: lexicon.meaningOf(typed) })),
  ].filter((one) => {
    const key = `${emergencyKinds.includes(one.of) ? one.of : ''} ${wholeKey(one.words, polite)}`;
    const isNew = one.words.length > 0 && !said.has(key);
    said.add(key);
    return isNew;
  });
  return { weights: learnNeed(lessonsOf(flows, all), emergencyKinds), words };
}
