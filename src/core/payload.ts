/**
 * What a button of ours carries: at most 64 bytes, the least of all platforms.
 * - `a.<token>.<n>`: option n (from 0) of the question with that token; a stale token is answered with the present state.
 * - `w.<word>`: one of the words that always work.
 * - `f.<flow>.<arg>`: starts a flow with `vars.arg` (officers' acts on a case, "masih ada?", …).
 * - `k.<id>.<position|back|ok>`: a key of a keypad (core/keypad.ts): where it stands, not what it says.
 */
export type Payload =
  | { kind: 'answer'; token: string; option: number }
  | { kind: 'word'; word: string }
  | { kind: 'flow'; flow: string; arg: string }
  | { kind: 'keypad'; id: string; key: KeypadKey };

/** The keys of a keypad beside its ten places. */
export const KEYPAD_KEYS = ['back', 'ok'] as const;
export type KeypadKey = number | (typeof KEYPAD_KEYS)[number];

/** The longest payload that every platform carries, in bytes. */
export const PAYLOAD_BYTES = 64;

/** Reads a payload; null for what is not ours or has been tampered with. */
export function readPayload(text: string): Payload | null {
  const [kind, first, ...rest] = text.split('.');
  if (!first) return null;
  if (kind === 'a') {
    const option = Number(rest[0]);
    return rest.length === 1 && Number.isInteger(option) && option >= 0
      ? { kind: 'answer', token: first, option }
      : null;
  }
  if (kind === 'w') return rest.length === 0 ? { kind: 'word', word: first } : null;
  if (kind === 'k') {
    const key = readKey(rest.join('.'));
    return key === null ? null : { kind: 'keypad', id: first, key };
  }
  if (kind === 'f') return { kind: 'flow', flow: first, arg: rest.join('.') };
  return null;
}

/** Whether a tap was on a keypad: what the button said is not to be kept. */
export function isKeypadTap(text: string): boolean {
  return readPayload(text)?.kind === 'keypad';
}

/** Spells a payload. Throws where it would not fit a platform: a flow's fault that `check` finds first. */
export function spellPayload(payload: Payload): string {
  const text =
    payload.kind === 'answer'
      ? `a.${payload.token}.${payload.option}`
      : payload.kind === 'word'
        ? `w.${payload.word}`
        : payload.kind === 'keypad'
          ? `k.${payload.id}.${payload.key}`
          : `f.${payload.flow}.${payload.arg}`;
  // A character is at most three bytes: the short ones, which are nearly all, need not be measured.
  if (text.length * 3 > PAYLOAD_BYTES && Buffer.byteLength(text) > PAYLOAD_BYTES)
    throw new RangeError(`button payload over ${PAYLOAD_BYTES} bytes: ${text}`);
  return text;
}

function readKey(text: string): KeypadKey | null {
  return /^\d$/u.test(text) ? Number(text) : (KEYPAD_KEYS.find((key) => key === text) ?? null);
}
