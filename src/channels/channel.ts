import type { Inbound, MediaRef, Platform } from '../core/content.js';
import type { Outgoing } from '../core/outgoing.js';

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
  /** Stops listening, lets what is in hand finish, resolves within about ten seconds. */
  stop(): Promise<void>;
  health(): ChannelHealth;
  /**
   * Sends one message; resolves with the external ids of what went out (a long one is several).
   * Rejects with a SendError that says what should follow. Not called twice at once for one chat.
   */
  send(chatId: string, message: Outgoing, media: MediaSource): Promise<{ externalIds: string[] }>;
  /** Downloads a file that came in. Links never leave the channel. Rejects when it is too large or gone. */
  fetchMedia(ref: MediaRef): Promise<{ bytes: Uint8Array; mime: string }>;
  /** Tells the platform that a tap was heard, where it wants to know; never throws. */
  acknowledgeTap?(externalId: string): Promise<void>;
}

/** Where a channel hands what it received. Resolves after the commit; rejects if nothing was stored. */
export interface Intake {
  receive(inbound: Inbound): Promise<void>;
  /** The last update confirmed, kept with the line, so that a restart goes on where it stopped. */
  loadOffset(): Promise<string | null>;
  saveOffset(offset: string): Promise<void>;
  /** The line went down or came back; `reason` for the operator, with the cure. */
  stateChanged(state: LineState, reason?: string): Promise<void>;
}

export type LineState = 'starting' | 'up' | 'degraded' | 'down' | 'stopped';

export interface ChannelHealth {
  state: LineState;
  detail?: string;
}

/** Reads the bytes of an attachment for sending. */
export type MediaSource = (attachmentId: string) => Promise<{ bytes: Uint8Array; mime: string; name: string }>;

/** What a platform carries and how fast. `check` holds the flows against these. */
export interface ChannelLimits {
  /** Characters of one text; longer ones are split at paragraphs. */
  text: number;
  caption: number;
  /** `buttons`: taps; `numbers`: choices are numbered lines of text. */
  choices: 'buttons' | 'numbers';
  choiceLabel: number;
  /** Messages per second for the whole line. */
  perSecond: number;
  /** Least milliseconds between two messages to one chat. */
  perChatMs: number;
  /** After a crash in the middle of a send: send once more, flagged; or leave it and alert. */
  unknownOutcome: 'resend_flagged' | 'leave';
}
