import type { Flows } from '../compiled.js';
import { likenessOf, meantBy, tellsOfAlarm, usualEmergency } from './intent.js';
import type { Message } from './vocabulary.js';

/** An emergency that a message tells of, and by what it was heard. */
export interface Alarm {
  /** Its intent: `darurat.medis`, … */
  kind: string;
  by: 'phrase' | 'likeness';
}

/** From here on a message is taken for a cry for help (logits). Recall comes before precision. */
const ALARM_FROM = -0.2;
/** The same where a phrase of emergency.yaml was heard: more must speak against it. */
const PHRASE_FROM = -0.8;
/** A kind that comes so much nearer than the one whose phrase was heard is the one that is told of. */
const NEARER = 1.3;

/**
 * Hears an emergency, before anything else is understood: by a phrase of flows/words/emergency.yaml, or because the
 * message is more like what people cry in need (flows/words/phrases/, intents `darurat.…`) than like anything else.
 * Such a phrase counts much, but not all: "pingsan lihat harga beras" tells of prices.
 */
export function hearEmergency(flows: Flows, message: Message): Alarm | null {
  const kind = flows.vocabulary.findEmergency(message.words);
  if (kind === null && !tellsOfAlarm(flows, message)) return null;
  if (likenessOf(flows, message, kind) < (kind === null ? ALARM_FROM : PHRASE_FROM)) return null;
  const heard = kind ?? usualEmergency(flows, message);
  return { kind: nearestKind(flows, message, heard), by: kind === null ? 'likeness' : 'phrase' };
}

/** Several kinds may have a phrase in a message: the one that it is most like, where that is plain. */
function nearestKind(flows: Flows, message: Message, heard: string | null): string {
  const alarms = meantBy(flows, message).filter(({ of }) => isAlarm(of));
  const [nearest] = alarms;
  if (heard === null) return nearest?.of ?? flows.vocabulary.emergencyKinds[0]!;
  const own = alarms.find(({ of }) => of === heard)?.score ?? 0;
  return nearest && nearest.score > own * NEARER ? nearest.of : heard;
}

export function isAlarm(intent: string): boolean {
  return intent.startsWith('darurat.');
}
