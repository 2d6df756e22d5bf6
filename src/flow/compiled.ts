import type { FormFieldType } from '../core/formField.js';
import type { EffectKind, HandOverReason } from '../core/effect.js';
import type { LookUpName } from '../core/lookup.js';
import type { Service } from '../core/service.js';
import type { Words } from '../words/compile.js';
import type { SystemKey } from '../words/systemTexts.js';
import type { Expression } from './expression.js';
import type { AnswerSpec } from './schema.js';
import type { Vocabulary } from './understand/vocabulary.js';

/** All flows, ready to run: every text and condition was read once, every name resolved. Nothing in it changes. */
export interface Flows {
  readonly byId: ReadonlyMap<string, CompiledFlow>;
  readonly byIntent: ReadonlyMap<string, CompiledFlow>;
  readonly services: { readonly [id: string]: Service };
  readonly serviceWords: ReadonlyMap<string, ServiceWords>;
  /** Languages that may be offered: complete in every text. The default one is first. */
  readonly languages: readonly string[];
  readonly system: { readonly [K in SystemKey]: Localized };
  readonly vocabulary: Vocabulary;
  /** Step ids in order of older versions: flow → content hash → ids. See `withHistory`. */
  readonly history: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;
}

/** One text in every language that has it; the default language always does. */
export type Localized = { readonly [language: string]: Words };

export interface ServiceWords {
  title: Localized;
  promise: Localized;
  checklist: {
    id: string;
    text: Localized;
    by: 'chat' | 'counter';
    kind: 'photo' | 'document';
    optional: boolean;
    /** Needed only where this holds; null: always. */
    if: Expression | null;
  }[];
}

export interface CompiledFlow {
  id: string;
  /** Content hash, 8 characters: the version that sessions carry. */
  hash: string;
  file: string;
  intent: string | null;
  title: Localized;
  service: string | null;
  understands: readonly string[];
  /** Words of an officer that start it before the code of a case. */
  commands: readonly string[];
  isForOfficers: boolean;
  needs: 'nothing' | 'village' | 'active';
  interrupts: boolean;
  /** Said beside what waits. */
  beside: boolean;
  health: boolean;
  /** A link may open the chat with it: `/start f-<flow>`. */
  opensByLink: boolean;
  /** A button may start it, though no words do. */
  byButton: boolean;
  /** It makes one request: a draft id is handed in when it starts. */
  hasDraft: boolean;
  steps: readonly CompiledStep[];
  /** Step id → its place. */
  places: ReadonlyMap<string, number>;
  /** Questions by id, those of a checklist among them. */
  asks: ReadonlyMap<string, CompiledAsk>;
}

interface Base {
  id: string;
  /** Its place in the flow, from 0. */
  at: number;
  line: number;
  if: Expression | null;
}

export type CompiledStep =
  | CompiledSay
  | CompiledAsk
  | CompiledChoose
  | CompiledCollect
  | CompiledSecureForm
  | CompiledKeypad
  | CompiledConfirm
  | CompiledLookUp
  | CompiledDo
  | CompiledCall
  | CompiledGo
  | CompiledWhen
  | CompiledSet
  | CompiledHandOver
  | CompiledWait
  | CompiledRepeat
  | CompiledEnd;
export type CompiledOf<T extends CompiledStep['type']> = Extract<CompiledStep, { type: T }>;

export type CompiledValues = readonly (readonly [name: string, value: Expression])[];

export interface CompiledSay extends Base {
  type: 'say';
  text: Localized;
  choices: {
    label: Localized;
    word: string | null;
    flow: string | null;
    arg: Expression | null;
    if: Expression | null;
  }[];
  lines: { from: Expression; item: Localized } | null;
  slot: string | null;
  anew: Expression | null;
  silent: boolean;
  about: Expression | null;
  photos: Expression | null;
  document: { file: Expression; name: Expression } | null;
  topic: { subject: Expression; title: Localized; closes: boolean } | null;
}

export interface CompiledAsk extends Base {
  type: 'ask';
  text: Localized;
  label: Localized | null;
  hint: Localized | null;
  answer: CompiledAnswer;
  optional: boolean;
  /** Merges what comes until a short silence or "selesai". */
  gather: boolean;
  sensitive: boolean;
}

export type CompiledAnswer =
  Exclude<AnswerSpec, { type: 'choice' }> | { type: 'choice'; options: CompiledChoice[] };

export interface CompiledChoice {
  value: string;
  label: Localized;
  words: readonly string[];
  if: Expression | null;
}

export interface CompiledChoose extends Base {
  type: 'choose';
  text: Localized;
  options: {
    label: Localized;
    words: readonly string[];
    go: number | null;
    flow: string | null;
    arg: Expression | null;
    if: Expression | null;
  }[];
  from: Expression | null;
  item: Localized | null;
  into: string | null;
  go: number | null;
}

export interface CompiledCollect extends Base {
  type: 'collect';
  text: Localized | null;
  service: string;
}

export interface CompiledSecureForm extends Base {
  type: 'secure_form';
  text: Localized;
  fields: {
    id: string;
    type: FormFieldType;
    label: Localized;
    hint: Localized | null;
    optional: boolean;
  }[];
  optional: boolean;
  otherwise: number;
  into: string;
}

export interface CompiledKeypad extends Base {
  type: 'keypad';
  text: Localized;
  otherwise: number;
}

export interface CompiledConfirm extends Base {
  type: 'confirm';
  text: Localized;
  send: Localized | null;
  photos: Expression | null;
}

export interface CompiledLookUp extends Base {
  type: 'look_up';
  what: LookUpName;
  with: CompiledValues;
  into: string;
}

export interface CompiledDo extends Base {
  type: 'do';
  effect: EffectKind;
  with: CompiledValues;
  into: string | null;
}

export interface CompiledCall extends Base {
  type: 'call';
  flow: string;
  with: CompiledValues;
  into: string | null;
}

export interface CompiledGo extends Base {
  type: 'go';
  target: number;
}

export interface CompiledWhen extends Base {
  type: 'when';
  cases: { if: Expression; go: number }[];
  else: number | null;
}

export interface CompiledSet extends Base {
  type: 'set';
  name: string;
  to: Expression;
}

export interface CompiledHandOver extends Base {
  type: 'hand_over';
  reason: HandOverReason;
  text: Localized | null;
}

export interface CompiledWait extends Base {
  type: 'wait';
  /** How long; null where `until` tells it. */
  minutes: number | null;
  until: Expression | null;
  event: string | null;
  into: string | null;
  text: Localized | null;
}

export interface CompiledRepeat extends Base {
  type: 'repeat';
  text: Localized | null;
  service: string;
}

export interface CompiledEnd extends Base {
  type: 'end';
  text: Localized | null;
  menu: boolean;
  health: boolean;
  returns: Expression | null;
}
