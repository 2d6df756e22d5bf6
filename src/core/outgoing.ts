import type { Keypad } from './keypad.js';

/** A message of ours, freed from the platform it goes to. `outbound_messages.body` holds it; channels render it. */
export interface Outgoing {
  /** Plain text, words already chosen and filled in. Bold and links are left to the platform: none is needed. */
  text: string;
  /** What may be answered. Buttons where the channel has them, numbered lines elsewhere. */
  choices?: Choice[];
  /** Attachments shown with it, in order; the text becomes the caption where it fits. */
  photos?: string[];
  /** An attachment to be sent as a file. */
  document?: { attachmentId: string; name: string };
  /** Offers the platform's own button for it, where it has one. */
  request?: 'location' | 'contact';
  /** What that button says; the channel's own words where it is not given. */
  requestLabel?: string;
  /** A place on the map, shown after the text. */
  location?: { latitude: number; longitude: number; label?: string };
  /** The external id of the person's message that this answers, quoted where the platform can. */
  quotes?: string;
  /**
   * In a group with topics: the topic of this subject (a case's id), made with this title where it is missing. Only its
   * newest message keeps buttons. `closes`: the topic is closed after it; what is said there later opens it again.
   */
  topic?: { subject: string; title: string; closes?: true };
  /** Takes the buttons off the message that an earlier tap came from (external id), where the platform can. */
  closes?: string;
  /**
   * A place in the conversation ('board', 'keypad:<id>'): the last message that took it is edited in place where the
   * platform can, without a sound; elsewhere, and where that one can no longer be edited, this one is sent anew.
   * Only what is one message of words is edited: one with files, or a request button, always goes anew.
   */
  slot?: string;
  /** With `slot`: goes anew in any case, to the bottom of the chat; the one before loses its buttons. */
  anew?: true;
  /** Shows a keypad in front of the choices. Which digit stands where is put in as the message leaves (core/keypad.ts). */
  keypad?: Keypad;
  /** Arrives without a sound, where the platform can. */
  silent?: true;
  /** The code of the case that it tells of: an officer who quotes it in an answer means that case. No platform sees it. */
  about?: string;
}

/** One possible answer. */
export interface Choice {
  label: string;
  /** What a tap sends back: at most 64 bytes of ASCII. See core/payload.ts. */
  payload: string;
}
