import { emergencyFinder } from './emergency.js';
import type { EmergencyWords, FindEmergency } from './emergency.js';
import type { Need } from './need.js';
import { plain, wordsOf, wordsOfPlain } from './normalise.js';
import type { Abbreviations } from './normalise.js';

/** Words that work at every step. The flows that some of them start are told by `ALWAYS_FLOWS`. */
export const ALWAYS_WORDS = [
  'menu',
  'batal',
  'kembali',
  'ulangi',
  'status',
  'petugas',
  'bahasa',
  'bantuan',
  'stop',
  'data_saya',
  'nanti',
  'lanjut',
] as const;
/** Words that a question may offer as its answer: only where it does not, they mean the draft as a whole. */
export const SOFT_WORDS: readonly AlwaysWord[] = ['nanti', 'lanjut'];
export type AlwaysWord = (typeof ALWAYS_WORDS)[number];

/** Words that answer a question which offers them. */
export const ANSWER_WORDS = [
  'ya',
  'tidak',
  'lewati',
  'selesai',
  'kirim',
  'ubah',
  'nego',
  'tanpa_foto',
  'berapa_lama',
] as const;
export type AnswerWord = (typeof ANSWER_WORDS)[number];

/** Said out of politeness: never the answer of a question. */
export const POLITE_WORDS = ['salam', 'terima_kasih'] as const;

/** What flows/words/always.yaml must hold. */
export const WORD_LISTS = [...ALWAYS_WORDS, ...ANSWER_WORDS, ...POLITE_WORDS] as const;
export type WordList = (typeof WORD_LISTS)[number];

export interface WordFiles {
  always: { [K in WordList]: string[] };
  abbreviations: { [short: string]: string };
  synonyms: { [word: string]: string[] };
  emergency: { [kind: string]: EmergencyWords };
  /** Further phrases of an intent, from other mouths than its flow's own: flows/words/phrases/. */
  phrases?: { [intent: string]: string[] };
  fillers?: Fillers;
  /** What was learned of need from flows/words/lessons/; null: where nothing was, it is learned of the phrases themselves. */
  need?: Need | null;
}

/** Words that carry no errand. */
export interface Fillers {
  /** Said to be kind, before or after anything: "pak", "dong". */
  polite: string[];
  /** Told in every request: "minta", "mau". They still count a little. */
  quiet: string[];
}

/** What flows/words/ teaches the engine to understand. */
export interface Vocabulary {
  readonly abbreviations: Abbreviations;
  /** The usual word for another: "dalan" → "jalan". */
  readonly synonyms: ReadonlyMap<string, string>;
  readonly findEmergency: FindEmergency;
  readonly emergencyKinds: readonly string[];
  readonly emergencyWords: { readonly [kind: string]: EmergencyWords };
  readonly phrases: ReadonlyMap<string, readonly string[]>;
  readonly need: Need | null;
  readonly polite: ReadonlySet<string>;
  readonly quiet: ReadonlySet<string>;
  /** The always-word that a whole message is, or null. */
  alwaysWord(message: Message): AlwaysWord | null;
  isAnswerWord(message: Message, word: AnswerWord): boolean;
  isPolite(message: Message): boolean;
  read(text: string): Message;
}

/** A text as understanding sees it. */
export interface Message {
  /** As typed, without space around it. */
  text: string;
  /** Small letters, no signs. */
  plain: string;
  /** Its words, abbreviations spelled out. */
  words: readonly string[];
  /** Those words with one space between. */
  full: string;
}

/** A usual word: `_` holds the words of one notion together ("tidak_mampu"), where `plain` would part them. */
function usualWord(written: string): string {
  return written.split('_').map(plain).join('_');
}

export function createVocabulary(files: WordFiles): Vocabulary {
  const abbreviations = new Map(
    Object.entries(files.abbreviations).map(([short, long]) => [plain(short), plain(long).split(' ')]),
  );
  const synonyms = new Map(
    Object.entries(files.synonyms).flatMap(([word, others]) =>
      others.map((other) => [plain(other), usualWord(word)]),
    ),
  );
  const spellings = (words: string[]): string[] =>
    words.flatMap((word) => [plain(word), wordsOf(word, abbreviations).join(' ')]).filter((w) => w !== '');
  const always = new Map(
    ALWAYS_WORDS.flatMap((word) => spellings(files.always[word]).map((text) => [text, word] as const)),
  );
  const answers = Object.fromEntries(
    ANSWER_WORDS.map((word) => [word, new Set([...spellings(files.always[word]), word])]),
  ) as { [K in AnswerWord]: Set<string> };
  // "-" and the like are answers that `plain` leaves nothing of.
  const bare = Object.fromEntries(ANSWER_WORDS.map((word) => [word, new Set(files.always[word])])) as {
    [K in AnswerWord]: Set<string>;
  };
  const greetings = new Set(POLITE_WORDS.flatMap((word) => spellings(files.always[word])));
  const polite = new Set((files.fillers?.polite ?? []).map(plain));
  const quiet = new Set([...polite, ...(files.fillers?.quiet ?? []).map(usualWord)]);
  /** "batal saja pak" is "batal": kind words before and after are no part of it. Null where there are none. */
  const bareOf = ({ words }: Message): string | null => {
    let first = 0;
    let last = words.length;
    while (last - first > 1 && polite.has(words[last - 1]!)) last--;
    while (last - first > 1 && polite.has(words[first]!)) first++;
    return last - first === words.length ? null : words.slice(first, last).join(' ');
  };
  return {
    abbreviations,
    synonyms,
    findEmergency: emergencyFinder(files.emergency, abbreviations),
    emergencyKinds: Object.keys(files.emergency),
    emergencyWords: files.emergency,
    phrases: new Map(Object.entries(files.phrases ?? {})),
    need: files.need ?? null,
    polite,
    quiet,
    alwaysWord(message) {
      const whole = always.get(message.plain) ?? always.get(message.full);
      if (whole !== undefined) return whole;
      const own = bareOf(message);
      return own === null ? null : (always.get(own) ?? null);
    },
    isAnswerWord(message, word) {
      if (message.plain === '') return bare[word].has(message.text);
      if (answers[word].has(message.plain) || answers[word].has(message.full)) return true;
      const own = bareOf(message);
      return own !== null && answers[word].has(own);
    },
    isPolite(message) {
      if (greetings.has(message.plain) || greetings.has(message.full)) return true;
      const own = bareOf(message);
      return own !== null && greetings.has(own);
    },
    read: (text) => {
      const small = plain(text);
      const words = wordsOfPlain(small, abbreviations);
      return { text: text.trim(), plain: small, words, full: words.join(' ') };
    },
  };
}
