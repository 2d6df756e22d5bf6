import type { OfficerIdentity } from '../core/asker.js';
import type { Content } from '../core/content.js';
import type { Effect } from '../core/effect.js';
import type { Json, JsonObject } from '../core/json.js';
import type { LookUpName } from '../core/lookup.js';
import type { Village, VillageService } from '../core/village.js';
import type { Helped } from './forWhom.js';

/** What happened to a conversation: one row of inbound_messages, or the answers to its asks. */
export type FlowEvent =
  | {
      kind: 'message';
      content: Content;
      /** When it was sent. */ at: Date;
      /** Its wait was long: an outage lay between. */ late?: boolean;
    }
  /**
   * Another part of the program wants a flow shown here: a notice of a case, a notification, a timer that is due.
   * Timers of the engine's own: `gather` tells that a burst of photos is over; `draft-reminder` and `draft-expired`
   * are left unsaid where no draft waits any more.
   */
  | { kind: 'start'; flow: string; vars: JsonObject }
  | { kind: 'answers'; results: { [ask: string]: Json } };

/** What the engine waits for: a look-up or an effect whose result the flow needs. Ids are unique within the turn. */
export type Ask = { id: string; look_up: LookUpName; args: JsonObject } | { id: string; effect: Effect };

export interface ResidentContext {
  id: string;
  name: string | null;
  isNew: boolean;
  phone: string | null;
  /** Why what was before is hidden from whoever writes; null or absent: it is not. */
  hiddenBy?: 'silence' | 'profiles' | null;
  /** How many people are told apart at this address. */
  profiles?: number;
  /** Another address belongs to the same person. */
  isLinked?: boolean;
}

/** What is known around a conversation. Everything that changes from turn to turn is handed in. */
export interface TurnContext {
  now: Date;
  newId: () => string;
  /** The conversation's language; the default one where it never chose. */
  language: string;
  channel: { platform: string; choices: 'buttons' | 'numbers'; group: boolean };
  /** Where public pages are reached from outside; null where they are not: then no link is offered. */
  publicUrl: string | null;
  /** Where forms for what must not be typed in a chat are reached (core/formLink.ts); absent: none is offered. */
  formUrl?: string | null;
  /** `isNew`: never answered before; gets the first-contact card with its first answer. */
  resident: ResidentContext;
  village: VillageContext | null;
  /** Where this address belongs to an officer. */
  officer: OfficerIdentity | null;
  /** A person has the word: the bot is silent but for emergencies and the words that always work. */
  handedOver: boolean;
}

/** The village with its office's hours, as they stand now. */
export interface VillageContext extends Village {
  officeHours: string;
  /** Today's; '' on a day off. */
  officeToday: string;
  isOpenNow: boolean;
  /** When a person will answer next: ISO. */
  opensNext: string | null;
  /** Services in which the village differs from the catalogue. */
  services?: { [service: string]: VillageService };
}

/**
 * Where a conversation stands, as it is stored: small, plain JSON. Short keys, since it is written on every turn
 * (at most about 500 bytes for a usual request). Only the engine reads or writes it; keep nothing of a suspended
 * session (`w`) beyond the transaction.
 */
export interface Session extends Frame {
  /** Frames beneath: flows that called or were interrupted, the oldest first. */
  k?: Frame[];
  /** Sensitive answers by `flow.question`: opened and sealed by the pipeline, apart from the row's clear session. */
  private?: JsonObject;
  /** When a question was last left waiting: minutes since 1970. */
  q?: number;
  /** Questions asked so far, from which tokens are made. */
  n?: number;
  /** What was consumed last: token or payload, the text that confirmed, seconds since 1970, the code it led to. */
  l?: [key: string, text: string, at: number, code?: string];
  /** Choices last offered beside a question: label and payload. `on`: nothing was asked since, so numbers mean them. */
  o?: [label: string, payload: string][];
  on?: 1;
  /** No reminders: "stop" was said. */
  nr?: 1;
  /** When the clock of a resting flow rings: minutes since 1970. */
  j?: number;
  /** For whom the person asks, where that is somebody else. */
  fw?: Helped;
  /** When the person who fills in a draft was heard last, in minutes since 1970: its clocks are set. */
  g?: number;
  /** When an apology for lateness was last said: minutes since 1970. */
  z?: number;
  /** Whose words were heard last, where that can change: the end of the resident's id, and `h` while hidden. */
  r?: string;
  /** Who said that the address is still theirs, though its history is hidden: the end of the resident's id. */
  rs?: string;
  /** Album of the photo taken last and the question it answered: the rest of it belongs there. */
  al?: [album: string, question: string];
  /** A suspended turn: what goes on with the answers, and the effects so far. */
  w?: JsonObject;
}

/** One flow that runs, waits or lies beneath another. */
export interface Frame {
  /** Flow, its version (content hash, 8 characters) and the step that waits. */
  f?: string;
  h?: string;
  s?: string;
  /** Answers and variables. */
  a?: JsonObject;
  v?: JsonObject;
  /** Draft id, of the request that is being made. */
  d?: string;
  /** Token of the question that waits, and how often its answer was not understood. */
  t?: string;
  m?: number;
  /** Questions answered, in order: the way back. */
  b?: string[];
  /** One answer is being changed: the rest is not asked again. 2: an earlier request is repeated. */
  e?: 1 | 2;
  /** A question of the engine's own that waits in place of the step's: which to change, which village, … */
  x?: JsonObject;
  /** For whom it is, where that was asked: the resident. */
  p?: string;
  /** It rests (`wait`) until then: minutes since 1970. */
  u?: number;
  /** How it came on top: called, or between a question and its answer; and where its result goes. */
  y?: 'c' | 'i';
  i?: string;
}

export interface Turn {
  session: Session;
  /** The message of this turn answered a sensitive question: its stored body is to be sealed once handled. */
  sealsInput?: boolean;
  /** With `sealsInput`: not even sealed, its words are let go (a PIN that was typed). */
  hidesInput?: boolean;
  /** Empty while the turn is suspended: all effects of the turn come with its last round, in order. */
  effects: Effect[];
  /**
   * Not empty: the turn is suspended; call again with the answers. The context may be the same; one read again after
   * `set_village` lets texts tell the office's address and hours at once.
   */
  asks: Ask[];
}
