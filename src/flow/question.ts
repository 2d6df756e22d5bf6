import type { Content } from '../core/content.js';
import type { Json, JsonObject } from '../core/json.js';
import { KEYPAD_SLOT } from '../core/keypad.js';
import type { Choice, Outgoing } from '../core/outgoing.js';
import { spellPayload } from '../core/payload.js';
import type { CompiledStep } from './compiled.js';
import type { Run } from './run.js';
import { matchOption } from './understand/options.js';
import type { Message } from './understand/vocabulary.js';
import type { AnswerWord } from './understand/vocabulary.js';
import type { Ask } from './types.js';

/** What waits for an answer, as it is shown now. */
export interface Question {
  text: string;
  options: Option[];
  /** Numbers mean options. Not so beside a question that is itself answered by a number. */
  isNumbered: boolean;
  request?: 'location' | 'contact';
  photos?: string[];
  /** Shown with a keypad, whose message the next tap on it changes in place. */
  keypad?: Outgoing['keypad'];
}

/** One possible answer. `n` stays the same whatever else is shown. */
export interface Option {
  n: number;
  label: string;
  /** Further words that mean it. */
  words?: readonly string[];
  /** A list of flows/words/always.yaml that means it. */
  means?: AnswerWord;
}

/** What a person did about the question. */
export interface Reply {
  content: Content;
  /** What was typed, where it was text. */
  message: Message | null;
  /** The option that was tapped. */
  tapped: number | null;
}

/** What a step makes of a reply. */
export type Answered =
  /** Understood: the question is over. `confirms`: the text that did it, so that its repeat is known. */
  | { kind: 'go'; outcome: Outcome; confirms?: boolean }
  /** Not understood: what was expected. `isOwn` hints are a flow's and stand alone. */
  | { kind: 'miss'; hint: string; isOwn?: boolean; isMild?: boolean }
  /** Taken, and nothing to say yet. */
  | { kind: 'quiet' }
  /** Another question of the same step is to be shown; `say` before it. */
  | { kind: 'again'; say?: string }
  /** Another flow comes on top; the question is asked again after it. */
  | { kind: 'beside'; flow: string }
  /** Only a look-up can tell: its answer comes back to the step's `found`. */
  | { kind: 'look_up'; ask: Ask; about: JsonObject };

/** Where a flow goes from a step. */
export type Outcome =
  | { kind: 'next' }
  /** `again`: also where it was answered before (an answer that is changed). */
  | { kind: 'to'; at: number; again?: true }
  /** The step asked its question. */
  | { kind: 'wait' }
  /** The step asked the world: its result goes into the variable. */
  | { kind: 'suspend'; ask: Ask; into: string | null }
  | { kind: 'end'; returns: Json }
  | { kind: 'call'; flow: string; vars: JsonObject; into: string | null }
  | { kind: 'jump'; flow: string; vars: JsonObject }
  | { kind: 'cancel' };

export const NEXT: Outcome = { kind: 'next' };
export const WAIT: Outcome = { kind: 'wait' };

/** Options of every kind of question beside its own, numbered apart. */
export const SKIP = 90;
export const DONE = 91;
export const LATER = 92;

/** Asks the question of a step: from now on it waits. */
export function askQuestion(run: Run, step: CompiledStep, question: Question, before?: string): void {
  run.s.s = step.id;
  run.s.x = undefined;
  run.s.m = undefined;
  renewToken(run);
  showQuestion(run, question, before);
}

/** A fresh token: buttons of earlier questions are stale from now on. */
export function renewToken(run: Run): void {
  run.s.n = ((run.s.n ?? 0) + 1) % 1296;
  run.s.t = (run.nowSeconds % 1_679_616).toString(36) + run.s.n.toString(36);
}

/** Shows what waits, again or for the first time. `before` stands in front; alone where it says it all. */
export function showQuestion(run: Run, question: Question, before?: string, isAlone = false): void {
  const text = isAlone && before ? before : [before, question.text].filter(Boolean).join('\n\n');
  const more: Partial<Outgoing> = {};
  const choices = shownOptions(run, question).map((option): Choice => ({
    label: option.label,
    payload: spellPayload({ kind: 'answer', token: run.s.t!, option: option.n }),
  }));
  if (choices.length > 0) more.choices = choices;
  if (question.request) {
    more.request = question.request;
    more.requestLabel = run.text(question.request === 'location' ? 'send_location' : 'send_contact');
  }
  if (question.photos && question.photos.length > 0) more.photos = question.photos;
  if (question.keypad) {
    more.keypad = question.keypad;
    more.slot = KEYPAD_SLOT;
    // Beside its taps it comes to the bottom of the chat, where it is seen.
    if (!run.isOnKeypad) more.anew = true;
  }
  run.say(text, more, true);
  run.s.on = undefined;
}

/** On numbered chats only true choices are listed; "lewati" and "selesai" are told in words there. */
export function shownOptions(run: Run, question: Question): Option[] {
  return run.context.channel.choices === 'buttons' || question.isNumbered ? question.options : [];
}

/** The option that a reply means: by tap, number, label, word or close spelling. */
export function pickOption(run: Run, question: Question, reply: Reply): Option | null {
  if (reply.tapped !== null) return question.options.find((option) => option.n === reply.tapped) ?? null;
  if (!reply.message) return null;
  return matchOption(question.options, reply.message, run.flows.vocabulary, question.isNumbered);
}
