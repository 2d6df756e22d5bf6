import type { Choice, Outgoing } from './outgoing.js';
import { KEYPAD_KEYS, spellPayload } from './payload.js';
import type { KeypadKey } from './payload.js';
import type { Sealer } from './ports.js';

/** How long a keypad takes taps, in milliseconds. */
export const KEYPAD_MS = 2 * 60 * 1000;

/** The place in a chat that the keypad takes (`Outgoing.slot`): its taps change it, and what follows takes it over. */
export const KEYPAD_SLOT = 'keypad';

/** A keypad as a row holds it: which one, and how many digits were entered. Never which digit stands where. */
export interface Keypad {
  id: string;
  filled: number;
}

/** What was tapped on a keypad: places, not digits. Only who has the installation's key knows what they mean. */
export interface KeypadEntry {
  id: string;
  positions: number[];
}

const DIGITS = 10;
/** The largest multiple of each number of choices under 256: above it a byte would favour some digits. */
const fairLimit = (choices: number): number => 256 - (256 % choices);

/**
 * Which digit stands at which place of a keypad: a permutation of 0 to 9 that follows from the installation's key and
 * the keypad's id, so that no row need hold it, and each keypad is shuffled anew (Fisher and Yates, with bytes of the
 * keyed digest, unfair ones passed over).
 */
export function keypadLayout(keys: Pick<Sealer, 'lookUpKey'>, id: string): number[] {
  const layout = Array.from({ length: DIGITS }, (_, digit) => digit);
  const next = bytesOf(keys, id);
  for (let last = DIGITS - 1; last > 0; last--) {
    let byte = next();
    while (byte >= fairLimit(last + 1)) byte = next();
    const other = byte % (last + 1);
    [layout[last], layout[other]] = [layout[other]!, layout[last]!];
  }
  return layout;
}

/** The digits that were meant. */
export function digitsOf(keys: Pick<Sealer, 'lookUpKey'>, { id, positions }: KeypadEntry): string {
  const layout = keypadLayout(keys, id);
  return positions.map((position) => layout[position] ?? '').join('');
}

/**
 * A message as it leaves: where it shows a keypad, its twelve buttons stand in front of its other choices, three in a
 * row: nine digits, then the key that takes one back, the tenth digit, and OK.
 */
export function withKeypad(message: Outgoing, keys: Pick<Sealer, 'lookUpKey'>): Outgoing {
  if (!message.keypad) return message;
  const { id } = message.keypad;
  const digits = keypadLayout(keys, id).map((digit, position): Choice => ({
    label: String(digit),
    payload: payload(id, position),
  }));
  const buttons = [
    ...digits.slice(0, 9),
    { label: '⌫', payload: payload(id, 'back') },
    digits[9]!,
    { label: 'OK', payload: payload(id, 'ok') },
  ];
  return { ...message, choices: [...buttons, ...(message.choices ?? [])] };
}

/** How many buttons of a message are a keypad's, three in a row. */
export const KEYPAD_BUTTONS = DIGITS + KEYPAD_KEYS.length;

function payload(id: string, key: KeypadKey): string {
  return spellPayload({ kind: 'keypad', id, key });
}

/** Bytes without end: one digest after the other. */
function bytesOf(keys: Pick<Sealer, 'lookUpKey'>, id: string): () => number {
  let block = 0;
  let bytes: Uint8Array = new Uint8Array();
  let at = 0;
  return () => {
    if (at >= bytes.length) {
      const digest = keys.lookUpKey(`keypad:${id}:${block}`);
      bytes = Buffer.from(digest.slice(digest.indexOf('.') + 1), 'base64url');
      block += 1;
      at = 0;
    }
    return bytes[at++]!;
  };
}
