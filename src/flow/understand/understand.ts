import type { Flows } from '../compiled.js';
import { hearEmergency, isAlarm } from './alarm.js';
import { choose, likenessReasons, meaningOf, meantBy, tellsOfAlarm, weightOf } from './intent.js';
import type { AlwaysWord, Message } from './vocabulary.js';

/** What a message is taken for where nothing waits for an answer. */
export interface Understood {
  kind: 'flow' | 'word' | 'emergency' | 'none';
  /** The intent's stable name (`surat.usaha`), or the flow's id where it has none; `tidak_jelas` for `none`. */
  id: string;
  /** What else may be meant, the likeliest first. */
  alternatives: string[];
}

/** The same with its reasons, for people who mend the vocabulary. */
export interface Explained extends Understood {
  /** The words in their usual form, with how much each tells (0 to 1). */
  words: { word: string; weight: number }[];
  /** The intents that came nearest: their score, the phrase that was nearest, its words that were said. */
  ranked: { id: string; score: number; phrase: string; hits: string[] }[];
  /** Whether it would be begun, offered among a few, or answered with the menu. */
  outcome: 'begins' | 'is offered' | 'menu' | 'emergency';
  /** What told of an emergency: the vocabulary's own phrases, or likeness to what people cried before. */
  alarm: 'phrase' | 'likeness' | null;
  /** What speaks for need and against it, in logits; empty where no word of it was said. */
  need: { words: string; weight: number }[];
}

/** The intent of a word that always works. */
export const WORD_INTENTS: { [word in AlwaysWord]: string } = {
  menu: 'sistem.menu',
  batal: 'sistem.batal',
  kembali: 'sistem.kembali',
  ulangi: 'sistem.ulangi',
  status: 'status.cek',
  petugas: 'sistem.petugas',
  bahasa: 'sistem.bahasa',
  bantuan: 'sistem.menu',
  stop: 'sistem.stop',
  data_saya: 'sistem.data_saya',
  lanjut: 'sistem.lanjut',
  nanti: 'sistem.nanti',
};
/** What no flow does but the engine itself, and answers. */
const WORDS = new Set(['sistem.batal', 'sistem.kembali', 'sistem.ulangi', 'ya', 'tidak']);
const UNCLEAR = 'tidak_jelas';
const MOST_ALTERNATIVES = 3;
const MOST_REASONS = 6;
/** Nearer than this nothing was said that is known. */
const HEARD = 0.1;

/** What a message means: an emergency before all else, then the words that always work, then what comes nearest. */
export function understand(flows: Flows, text: string): Understood {
  const message = flows.vocabulary.read(text);
  const others = (id: string, isEmergency = false): string[] =>
    meantBy(flows, message)
      .filter((meant) => meant.of !== id && meant.of !== UNCLEAR && (isEmergency || !isAlarm(meant.of)))
      .slice(0, MOST_ALTERNATIVES)
      .map(({ of }) => of);
  const alarm = hearEmergency(flows, message);
  if (alarm) return { kind: 'emergency', id: alarm.kind, alternatives: others(alarm.kind, true) };
  const word = flows.vocabulary.alwaysWord(message);
  if (word) {
    const id = WORD_INTENTS[word];
    return { kind: 'word', id, alternatives: others(id) };
  }
  const first = nearest(flows, message);
  if (first === null || first === UNCLEAR)
    return { kind: 'none', id: UNCLEAR, alternatives: others(UNCLEAR) };
  return { kind: WORDS.has(first) ? 'word' : 'flow', id: first, alternatives: others(first) };
}

/** The same, with why. */
export function explain(flows: Flows, text: string): Explained {
  const message = flows.vocabulary.read(text);
  const understood = understand(flows, text);
  const ranked = meantBy(flows, message);
  const { one, several } = choose(ranked);
  const alarm = hearEmergency(flows, message);
  return {
    ...understood,
    words: meaningOf(flows, message).map((word) => ({ word, weight: weightOf(flows, word) })),
    ranked: ranked
      .slice(0, 5)
      .map(({ of, score, phrase, hits }) => ({ id: of, score, phrase, hits: [...hits] })),
    outcome: alarm
      ? 'emergency'
      : understood.kind === 'word' || one
        ? 'begins'
        : several.length > 0
          ? 'is offered'
          : 'menu',
    alarm: alarm?.by ?? null,
    need:
      alarm || tellsOfAlarm(flows, message)
        ? likenessReasons(flows, message, flows.vocabulary.findEmergency(message.words)).slice(
            0,
            MOST_REASONS,
          )
        : [],
  };
}

function nearest(flows: Flows, message: Message): string | null {
  const first = meantBy(flows, message).find(({ of }) => !isAlarm(of));
  return first && first.score >= HEARD ? first.of : null;
}
