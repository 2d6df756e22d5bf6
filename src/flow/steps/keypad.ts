import { KEYPAD_MS } from '../../core/keypad.js';
import { readPayload } from '../../core/payload.js';
import { PIN_DIGITS } from '../../core/pin.js';
import type { JsonObject } from '../../core/json.js';
import type { CompiledKeypad } from '../compiled.js';
import { askQuestion, NEXT, pickOption, WAIT } from '../question.js';
import type { Answered, Outcome, Question } from '../question.js';
import type { Run } from '../run.js';
import type { StepKind } from './step.js';

/** Options beside the keypad. */
const CANCEL = 0;
const NEW_PAD = 1;
/** So many digits in a row may be a PIN. */
const LIKE_A_PIN = /(?:\d[\s.-]?){4,}/u;

/**
 * Asks an officer for their PIN by a keypad of buttons, shuffled each time: six digits, then OK. What was tapped is kept as
 * places, sealed, as `answers.<id>`, for the effect that verifies it; nobody can read the digits from it. It takes taps for
 * two minutes. Where the channel has no keypad (WhatsApp, a group) nothing is asked, and the flow goes to `otherwise`.
 *
 * ```yaml
 * - keypad: pin
 *   text: Untuk menandatangani 3 surat, tekan enam angka Bapak/Ibu, lalu OK.
 *   otherwise: at_counter
 * ```
 */
export const keypad: StepKind<'keypad'> = {
  compile: (raw, c) => ({
    text: c.words(['text'], raw.text),
    otherwise: c.target(['otherwise'], raw.otherwise),
  }),
  run: (step, run): Outcome => {
    const { platform, choices, group } = run.context.channel;
    // WhatsApp's buttons are three at most.
    if (group || choices !== 'buttons' || platform === 'whatsapp') return { kind: 'to', at: step.otherwise };
    open(step, run);
    askQuestion(run, step, question(step, run));
    return WAIT;
  },
  question,
  answer: (step, run, reply): Answered => {
    const entry = entryOf(step, run);
    const payload = reply.content.kind === 'tap' ? readPayload(reply.content.payload) : null;
    if (payload?.kind === 'keypad' && entry) return tapped(step, run, entry, payload.key);
    const picked = pickOption(run, question(step, run), reply);
    if (picked?.n === CANCEL) return { kind: 'go', outcome: { kind: 'cancel' } };
    if (picked?.n === NEW_PAD) {
      open(step, run);
      return { kind: 'again' };
    }
    if (reply.message && LIKE_A_PIN.test(reply.message.text)) {
      // Not read, and not kept: neither in clear nor sealed.
      run.hidesInput = true;
      return { kind: 'miss', hint: run.text('keypad_typed'), isMild: true };
    }
    return { kind: 'miss', hint: run.text('keypad_hint') };
  },
};

/** A keypad that is open, as the sealed bag holds it. */
interface Entry {
  id: string;
  positions: number[];
  /** ISO: it takes taps until then. */
  until: string;
}

function entryOf(step: CompiledKeypad, run: Run): Entry | null {
  const held = run.answers[step.id];
  return held !== null && typeof held === 'object' && !Array.isArray(held) && 'until' in held
    ? (held as unknown as Entry)
    : null;
}

/** Whether the step that waits shows this keypad. */
export function isKeypadOf(step: CompiledKeypad, run: Run, id: string): boolean {
  return entryOf(step, run)?.id === id;
}

/** A fresh keypad, nothing entered. */
function open(step: CompiledKeypad, run: Run): void {
  const until = new Date(run.context.now.getTime() + KEYPAD_MS).toISOString();
  keep(step, run, { id: run.context.newId(), positions: [], until });
}

function keep(step: CompiledKeypad, run: Run, value: Entry | Omit<Entry, 'until'>): void {
  run.keep({ id: step.id, sensitive: true }, value as unknown as JsonObject);
}

function isOver(entry: Entry, run: Run): boolean {
  return new Date(entry.until) <= run.context.now;
}

function tapped(step: CompiledKeypad, run: Run, entry: Entry, key: number | 'back' | 'ok'): Answered {
  if (isOver(entry, run)) {
    open(step, run);
    return { kind: 'again', say: run.text('keypad_expired') };
  }
  const { positions } = entry;
  if (key === 'ok') {
    if (positions.length < PIN_DIGITS)
      return { kind: 'again', say: run.text('keypad_count', { count: positions.length }) };
    keep(step, run, { id: entry.id, positions });
    return { kind: 'go', outcome: NEXT };
  }
  const entered = key === 'back' ? positions.slice(0, -1) : [...positions, key].slice(0, PIN_DIGITS);
  keep(step, run, { ...entry, positions: entered });
  return { kind: 'again' };
}

function question(step: CompiledKeypad, run: Run): Question {
  const entry = entryOf(step, run);
  const cancel = { n: CANCEL, label: run.text('cancel'), words: ['batal', 'cancel'] };
  if (!entry || isOver(entry, run))
    return {
      text: run.text('keypad_expired'),
      options: [
        { n: NEW_PAD, label: run.text('keypad_new'), words: ['papan baru', 'lagi', 'baru', 'new', 'anyar'] },
        cancel,
      ],
      isNumbered: true,
    };
  const filled = entry.positions.length;
  return {
    text: `${run.words(step.text)}\n\n${'●'.repeat(filled)}${'○'.repeat(PIN_DIGITS - filled)}`,
    options: [cancel],
    isNumbered: false,
    keypad: { id: entry.id, filled },
  };
}
