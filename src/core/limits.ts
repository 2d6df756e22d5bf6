/** What a platform carries and how fast. `check` holds the flows against these; channels render and pace by them. */
export interface ChannelLimits {
  /** Characters of one text; longer ones are split at paragraphs. */
  text: number;
  caption: number;
  /** `buttons`: taps; `numbers`: choices are numbered lines of text. */
  choices: 'buttons' | 'numbers';
  /** The longest label of a choice that is still shown whole. */
  choiceLabel: number;
  /** Messages per second for the whole line. */
  perSecond: number;
  /** Least milliseconds between two messages to one chat. */
  perChatMs: number;
  /** The same for a group, where the platform is stricter there. */
  perGroupMs?: number;
  /**
   * After a crash in the middle of a send: send once more, flagged; look into the chat's history (`Channel.findSent`)
   * and, where that does not tell, leave it and alert; or leave it and alert at once.
   */
  unknownOutcome: 'resend_flagged' | 'look' | 'leave';
  /** The platform reports what becomes of a message (delivered, read, failed). */
  reports?: boolean;
  /** A message that is there can be changed in place (`Outgoing.slot`). */
  edits?: true;
  /** Hours since a person's last message in which anything may be said; afterwards only a template. */
  windowHours?: number;
  /** Hours for which the platform keeps what we did not fetch: a longer outage may have cost messages. */
  keepsHours?: number;
}

/** The limits of each kind of line: the table of facts/channels.md §4. */
export const CHANNEL_LIMITS = {
  // A label is not cut by Telegram; a phone of 360 px shows about 40 characters on a button as wide as the chat.
  telegram: {
    text: 4096,
    caption: 1024,
    choices: 'buttons',
    choiceLabel: 40,
    perSecond: 30,
    perChatMs: 1000,
    // 20 a minute at most, also where one of them counts as two: a topic is made for it.
    perGroupMs: 3300,
    unknownOutcome: 'resend_flagged',
    edits: true,
    keepsHours: 24,
  },
  // An unofficial client on a phone's account: it only answers, and slowly.
  'whatsapp-web': {
    text: 4096,
    caption: 1024,
    choices: 'numbers',
    choiceLabel: 200,
    perSecond: 5,
    perChatMs: 3000,
    unknownOutcome: 'look',
    reports: true,
  },
  // Labels beyond a button's 20 or a list row's 24 characters are shown whole in the text, and cut in the list.
  'whatsapp-cloud': {
    text: 4096,
    caption: 1024,
    choices: 'buttons',
    choiceLabel: 24,
    perSecond: 80,
    // One in six seconds is the long run's pace; bursts are allowed, and 131056 says where they end.
    perChatMs: 0,
    unknownOutcome: 'resend_flagged',
    reports: true,
    windowHours: 24,
  },
  'simulator-numbers': {
    text: 4096,
    caption: 1024,
    choices: 'numbers',
    choiceLabel: 200,
    perSecond: 1000,
    perChatMs: 0,
    unknownOutcome: 'resend_flagged',
  },
  'simulator-buttons': {
    text: 4096,
    caption: 1024,
    choices: 'buttons',
    choiceLabel: 40,
    perSecond: 1000,
    perChatMs: 0,
    unknownOutcome: 'resend_flagged',
    edits: true,
  },
} as const satisfies { [kind: string]: ChannelLimits };
