import { emergencyFinder } from './emergency.js';
import type { EmergencyWords, FindEmergency } from './emergency.js';
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
export const ANSWER_WORDS = ['ya', 'tidak', 'lewati', 'selesai', 'kirim', 'ubah', 'nego'] as const;
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
}

/** What flows/words/ teaches the engine to understand. */
export interface Vocabulary {
  readonly abbreviations: Abbreviations;
  /** The usual word for another: "dalan" → "jalan". */
  readonly synonyms: ReadonlyMap<string, string>;
  readonly findEmergency: FindEmergency;
  readonly emergencyKinds: readonly string[];
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

export function createVocabulary(files: WordFiles): Vocabulary {
  const abbreviations = new Map(
    Object.entries(files.abbreviations).map(([short, long]) => [plain(short), plain(long).split(' ')]),
  );
  const synonyms = new Map(
    Object.entries(files.synonyms).flatMap(([word, others]) =>
      others.map((other) => [plain(other), plain(word)]),
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
  const polite = new Set(POLITE_WORDS.flatMap((word) => spellings(files.always[word])));
  return {
    abbreviations,
    synonyms,
    findEmergency: emergencyFinder(files.emergency, abbreviations),
    emergencyKinds: Object.keys(files.emergency),
    alwaysWord: (message) => always.get(message.plain) ?? always.get(message.full) ?? null,
    isAnswerWord: (message, word) =>
      message.plain === ''
        ? bare[word].has(message.text)
        : answers[word].has(message.plain) || answers[word].has(message.full),
    isPolite: (message) => polite.has(message.plain) || polite.has(message.full),
    read: (text) => {
      const small = plain(text);
      const words = wordsOfPlain(small, abbreviations);
      return { text: text.trim(), plain: small, words, full: words.join(' ') };
    },
  };
}
