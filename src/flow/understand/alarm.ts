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
export const ALARM_FROM = -0.2;

/**
 * Hears an emergency, before anything else is understood: by a phrase of flows/words/emergency.yaml, or because the
 * message is more like what people cry in need (flows/words/phrases/, intents `darurat.…`) than like anything else.
 * Such a phrase counts much, but not all: "pingsan lihat harga beras" tells of prices.
 */
export function hearEmergency(flows: Flows, message: Message): Alarm | null {
  const kind = flows.vocabulary.findEmergency(message.words);
  if (kind === null && !tellsOfAlarm(flows, message)) return null;
  if (likenessOf(flows, message, kind) < ALARM_FROM) return null;
  if (kind !== null) return { kind, by: 'phrase' };
  const nearest = usualEmergency(flows, message) ?? meantBy(flows, message).find(({ of }) => isAlarm(of))?.of;
  return { kind: nearest ?? flows.vocabulary.emergencyKinds[0]!, by: 'likeness' };
}

export function isAlarm(intent: string): boolean {
  return intent.startsWith('darurat.');
}
