import type { Flows } from '../compiled.js';
import { meantBy, tellsOfAlarm } from './intent.js';
import type { Message } from './vocabulary.js';

/** An emergency that a message tells of, and by what it was heard. */
export interface Alarm {
  /** Its intent: `darurat.medis`, … */
  kind: string;
  by: 'phrase' | 'likeness';
}

/** How near a message must come to a cry for help that is known. Recall comes before precision. */
const LIKE = 0.4;

/**
 * Hears an emergency, before anything else is understood: by a phrase of flows/words/emergency.yaml; or because the
 * message is nearer to what people cried (flows/words/phrases/, intents `darurat.…`) than to any errand.
 */
export function hearEmergency(flows: Flows, message: Message): Alarm | null {
  const kind = flows.vocabulary.findEmergency(message.words);
  if (kind !== null) return { kind, by: 'phrase' };
  if (!tellsOfAlarm(flows, message)) return null;
  const [first] = meantBy(flows, message);
  return first && first.score >= LIKE && isAlarm(first.of) ? { kind: first.of, by: 'likeness' } : null;
}

export function isAlarm(intent: string): boolean {
  return intent.startsWith('darurat.');
}
