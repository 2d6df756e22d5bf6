import type { Inbound, MediaRef, Platform } from '../core/content.js';
import type { SendError } from '../core/errors.js';
import type { ChannelLimits } from '../core/limits.js';
import type { Outgoing } from '../core/outgoing.js';

export type { ChannelLimits };

/**
 * One channel is one kind of platform client: it listens and sends, and knows nothing of flows or cases.
 * `toInbound` and `render` of each channel are pure functions beside it, tested from recorded updates.
 * One contract suite (tests/channels/contract.ts) runs against all channels.
 */
export interface Channel {
  readonly lineId: string;
  readonly platform: Platform;
  readonly limits: ChannelLimits;
  /**
   * Begins to listen. Each thing received goes to `receive`, which resolves once it is committed; only then
   * may the channel tell the platform that it has it. Rejects where the line cannot work at all (bad token).
   */
  start(intake: Intake): Promise<void>;
  /** Takes nothing more, lets what is being received finish; `send` goes on working. Resolves within some seconds. */
  stopListening(): Promise<void>;
  /** Stops listening and closes its connections, those of sends in hand too: the sender is stopped before. */
  stop(): Promise<void>;
  /**
   * The line was removed: where the platform keeps this program as a linked device, it is unlinked there, if that can be
   * done within some seconds. Never throws; `stop` follows.
   */
  forget?(): Promise<void>;
  health(): ChannelHealth;
  /**
   * Sends one message; resolves with the external ids of what went out (a long one is several).
   * Rejects with a SendError that says what should follow. Not called twice at once for one chat.
   */
  send(
    chatId: string,
    message: Outgoing,
    media: MediaSource,
    how?: SendOptions,
  ): Promise<{ externalIds: string[] }>;
  /**
   * Whether `message`, begun at `since` and cut off, is to be found in the chat: its external ids, [] where it surely
   * did not go out, null where that cannot be told. Only where `limits.unknownOutcome` is 'look'.
   */
  findSent?(chatId: string, message: Outgoing, since: Date): Promise<string[] | null>;
  /** Shows that an answer is being written; never throws. Only where a person would see it. */
  showTyping?(chatId: string): Promise<void>;
  /** Downloads a file that came in. Links never leave the channel. Rejects with a MediaError. */
  fetchMedia(ref: MediaRef): Promise<{ bytes: Uint8Array; mime: string }>;
  /**
   * Tells the platform that a tap was heard, where it wants to know; never throws. A channel does this by itself
   * after the commit; the road need not.
   */
  acknowledgeTap?(externalId: string): Promise<void>;
  /**
   * Takes an update that the platform delivered by HTTP: 200 only once it is stored. Only lines with a webhook
   * have it. `headers` with names in lower case, `rawBody` as it came.
   */
  handleWebhook?(
    headers: { [name: string]: string | undefined },
    rawBody: Uint8Array,
  ): Promise<{ status: number }>;
  /** A link that opens a chat here and hands in `payload` (at most 64 of A-Z a-z 0-9 _ -); null where there is none. */
  startLink?(payload: string): string | null;
  /** The same for a group: whoever opens it chooses the group, which then hands in `payload`. */
  groupLink?(payload: string): string | null;
}

/** Where a channel hands what it received. Resolves after the commit; rejects if nothing was stored. */
export interface Intake {
  receive(inbound: Inbound): Promise<void>;
  /** The last update confirmed, kept with the line, so that a restart goes on where it stopped. */
  loadOffset(): Promise<string | null>;
  saveOffset(offset: string): Promise<void>;
  /** The line went down or came back; `reason` for the operator, with the cure. */
  stateChanged(state: LineState, reason?: string): Promise<void>;
  /** What people call the line there ('@desa_bot'): kept as the line's name. */
  named?(name: string): Promise<void>;
  /** What became of messages that went out, as the platform tells: in any order, and more than once. */
  reported?(reports: SentReport[]): Promise<void>;
  /** The account waits to be linked: what its QR code says; null once it is linked, or the code is void. */
  linking?(qr: string | null): Promise<void>;
  /** Chats that the phone's owner keeps to themselves: nothing of them is handed over. */
  isPrivate?(chatId: string): boolean;
}

export interface SendOptions {
  /** Only the approved template that news wait here may go, in this language; not the message itself. */
  asTemplate?: { language: string };
}

/** One report on one message. A status only moves forward: a later 'sent' after 'read' says nothing. */
export interface SentReport {
  externalId: string;
  status: 'sent' | 'delivered' | 'read' | 'failed';
  at: Date;
  /** What should follow, where it failed. */
  error?: SendError;
}

export type LineState = 'starting' | 'up' | 'degraded' | 'down' | 'stopped';

export interface ChannelHealth {
  state: LineState;
  detail?: string;
}

/** Reads the bytes of an attachment for sending. */
export type MediaSource = (
  attachmentId: string,
) => Promise<{ bytes: Uint8Array; mime: string; name: string }>;

/** Where a subject (a case) stands in a group. */
export interface Topic {
  /** The platform's id of the topic; null: the group has none, and its messages stand among the others. */
  id: string | null;
  /** External id of the newest message of the subject that has buttons. */
  buttons: string | null;
  isClosed: boolean;
}

/** Keeps the topics of a line's groups, since they outlive the process. A topic that is gone is saved anew. */
export interface TopicBook {
  load(chatId: string, subject: string): Promise<Topic | null>;
  save(chatId: string, subject: string, topic: Topic): Promise<void>;
}

/** A slot of a chat (`Outgoing.slot`): which message holds it. */
export interface Slot {
  /** External id of the message. */
  externalId: string;
  /** It shows buttons. */
  hasButtons: boolean;
}

/** Keeps the slots of a line's chats, since they outlive the process. */
export interface SlotBook {
  load(chatId: string, slot: string): Promise<Slot | null>;
  save(chatId: string, slot: string, held: Slot): Promise<void>;
  /** Whether a message holds any slot of the chat. */
  isHeld(chatId: string, externalId: string): Promise<boolean>;
}
