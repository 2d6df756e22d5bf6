import type { Flows } from '../compiled.js';
import { likenessOf, likestKind, tellsOfAlarm } from './intent.js';
import type { Message } from './vocabulary.js';

/** An emergency that a message tells of, and by what it was heard. */
export interface Alarm {
  /** Its intent: `darurat.medis`, … */
  kind: string;
  by: 'phrase' | 'likeness';
  /**
   * `plain`: a cry for help. `faint`: heard by likeness alone, and not by much: as the answer of an open question it is more
   * likely just that. `maybe`: too little to be taken for a cry, too much to say nothing.
   */
  degree: 'plain' | 'faint' | 'maybe';
}

/** From here on a message is taken for a cry for help (logits). Recall comes before precision. */
const ALARM_FROM = -0.7;
/** Heard by likeness alone it is plain from here on. */
const PLAIN_FROM = 1;
/** So much less may still be one, where at least so many words tell it: fewer ("terserah") are mostly an answer. */
const MAYBE = 0.85;
const MAYBE_WORDS = 3;
/** The same where a phrase of emergency.yaml was heard: more must speak against it. */
const PHRASE_FROM = -1.3;
/** A long story is heard part by part as well: the greeting and who is writing speak against need, though they are none. */
const LONG_FROM = 14;
const PART = 10;
const STEP = 4;
/** A part tells less than the whole: it must be plainer. */
const PART_MORE = 2.5;
/** A cry that says nothing else: drawn out, called twice, or with an exclamation mark. */
const CRY = /^(?:to+l+o+n+g+|tu+l+u+n+g+|help)$/u;
const DRAWN_OUT_CRY = /\b(?:t+o+l+o+n+g+|t+u+l+u+n+g+|h+e+l+p+)\b/giu;
const PLAIN_CRIES = new Set(['tolong', 'tulung', 'help']);
const MOST_WORDS_OF_CRY = 5;

/**
 * Hears an emergency, before anything else is understood: by a phrase of flows/words/emergency.yaml, or because the
 * message is more like what people cry in need (flows/words/lessons/, intents `darurat.…`) than like anything else.
 * Such a phrase counts much, but not all: "pingsan lihat harga beras" tells of prices.
 */
export function hearEmergency(flows: Flows, message: Message): Alarm | null {
  const alarm = hearAny(flows, message);
  return alarm?.degree === 'maybe' ? null : alarm;
}

/** The same, with what only may be one: 112 is named beside the answer to it. */
export function hearAny(flows: Flows, message: Message): Alarm | null {
  if (message.words.length > REMEMBERED_WORDS || message.text.length > REMEMBERED_LENGTH)
    return listen(flows, message);
  const known = rememberedOf(flows);
  let alarm = known.get(message.text);
  if (alarm === undefined) {
    alarm = listen(flows, message);
    if (known.size >= REMEMBERED) known.clear();
    known.set(message.text, alarm);
  }
  return alarm;
}

/** What short messages told of, by their text: they are few, and come again and again. */
const remembered = new WeakMap<Flows, Map<string, Alarm | null>>();
const REMEMBERED_WORDS = 6;
const REMEMBERED_LENGTH = 60;
const REMEMBERED = 5000;

function rememberedOf(flows: Flows): Map<string, Alarm | null> {
  let known = remembered.get(flows);
  if (!known) remembered.set(flows, (known = new Map()));
  return known;
}

function listen(flows: Flows, message: Message): Alarm | null {
  if (isCryAlone(flows, message))
    return { kind: flows.vocabulary.emergencyKinds[0]!, by: 'phrase', degree: 'plain' };
  const alarm = hearIn(flows, message, 0);
  const { words } = message;
  if ((alarm && alarm.degree !== 'maybe') || words.length < LONG_FROM) return alarm;
  for (let first = 0; first < words.length - PART + STEP; first += STEP) {
    const part = words.slice(first, first + PART);
    const full = part.join(' ');
    const heard = hearIn(flows, { text: full, plain: full, words: part, full }, PART_MORE);
    if (heard && heard.degree !== 'maybe') return heard;
  }
  return alarm;
}

function hearIn(flows: Flows, message: Message, more: number): Alarm | null {
  const kind = flows.vocabulary.findEmergency(message.words);
  if (kind === null && !tellsOfAlarm(flows, message)) return null;
  const likeness = likenessOf(flows, message, kind) - more;
  const from = kind === null ? ALARM_FROM : PHRASE_FROM;
  if (likeness < (message.words.length < MAYBE_WORDS ? from : from - MAYBE)) return null;
  const isFaint = kind === null && likeness < PLAIN_FROM;
  return {
    kind: likestKind(flows, message, kind),
    by: kind === null ? 'likeness' : 'phrase',
    degree: likeness < from ? 'maybe' : isFaint ? 'faint' : 'plain',
  };
}

/** "tolooong", "tolong tolong", "TOLONG!": nobody asks for a letter so. A single "tolong" may go on in the next message. */
function isCryAlone({ vocabulary }: Flows, { text, words }: Message): boolean {
  if (words.length === 0 || words.length > MOST_WORDS_OF_CRY) return false;
  const cries = words.filter((word) => CRY.test(word)).length;
  if (cries === 0 || !words.every((word) => CRY.test(word) || vocabulary.polite.has(word))) return false;
  const isDrawnOut = text.match(DRAWN_OUT_CRY)?.some((cry) => !PLAIN_CRIES.has(cry.toLowerCase())) ?? false;
  return cries > 1 || isDrawnOut || text.includes('!');
}

export function isAlarm(intent: string): boolean {
  return intent.startsWith('darurat.');
}
