import type { Channel, ChannelHealth, ChannelLimits, Intake, LineState } from '../../src/channels/channel.js';
import type { Platform } from '../../src/core/content.js';
import type { Outgoing } from '../../src/core/outgoing.js';

/** The other end of a line, recorded: what reached which chat, in order. */
export interface RecordingChannel extends Channel {
  readonly sent: { chatId: string; message: Outgoing; at: number }[];
  /** What reached one chat. */
  to(chatId: string): Outgoing[];
  /** The next sends (to one chat) meet this instead: an error, or a wait. */
  meets(what: () => Promise<void>, options?: { chatId?: string; times?: number }): void;
  /** The templates that told of news, with their ids. */
  readonly templates: { chatId: string; language: string; externalId: string }[];
  /** The line comes and goes. */
  goes(state: LineState, reason?: string): Promise<void>;
  /** Chats in which somebody was seen to write. */
  readonly typing: string[];
  intake: Intake | null;
}

export function recordingChannel(
  lineId = 'test:line',
  options: {
    platform?: Platform;
    limits?: Partial<ChannelLimits>;
    findSent?: NonNullable<Channel['findSent']>;
  } = {},
): RecordingChannel {
  const sent: RecordingChannel['sent'] = [];
  const met: { what: () => Promise<void>; chatId: string | undefined; times: number }[] = [];
  const sending = new Set<string>();
  const templates: RecordingChannel['templates'] = [];
  const typing: string[] = [];
  let health: ChannelHealth = { state: 'stopped' };
  return {
    lineId,
    platform: options.platform ?? 'telegram',
    limits: {
      text: 4096,
      caption: 1024,
      choices: 'buttons',
      choiceLabel: 40,
      perSecond: 100_000,
      perChatMs: 0,
      unknownOutcome: 'resend_flagged',
      ...options.limits,
    },
    sent,
    templates,
    typing,
    intake: null,
    ...(options.findSent ? { findSent: options.findSent } : {}),
    async showTyping(chatId) {
      typing.push(chatId);
    },
    async goes(state, reason) {
      health = { state };
      await this.intake!.stateChanged(state, reason);
    },
    to: (chatId) => sent.filter((one) => one.chatId === chatId).map((one) => one.message),
    meets: (what, { chatId, times = 1 } = {}) => void met.push({ what, chatId, times }),
    async start(intake) {
      this.intake = intake;
      health = { state: 'up' };
      await intake.stateChanged('up');
    },
    stopListening: () => Promise.resolve(),
    stop: () => Promise.resolve(),
    health: () => health,
    async send(chatId, message, _media, how) {
      if (sending.has(chatId)) throw new Error(`two sends at once to ${chatId}`);
      sending.add(chatId);
      try {
        const next = met.find((one) => one.times > 0 && (one.chatId ?? chatId) === chatId);
        if (next) {
          next.times -= 1;
          await next.what();
        }
        await new Promise((resolve) => setImmediate(resolve));
        if (how?.asTemplate) {
          const externalId = `template${templates.length + 1}`;
          templates.push({ chatId, language: how.asTemplate.language, externalId });
          return { externalIds: [externalId] };
        }
        sent.push({ chatId, message, at: performance.now() });
        return { externalIds: [`out${sent.length}`] };
      } finally {
        sending.delete(chatId);
      }
    },
    fetchMedia: () => Promise.reject(new Error('this line carries no files')),
  };
}
