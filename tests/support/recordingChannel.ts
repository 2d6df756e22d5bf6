import type { Channel, ChannelLimits, Intake } from '../../src/channels/channel.js';
import type { Platform } from '../../src/core/content.js';
import type { Outgoing } from '../../src/core/outgoing.js';

/** The other end of a line, recorded: what reached which chat, in order. */
export interface RecordingChannel extends Channel {
  readonly sent: { chatId: string; message: Outgoing; at: number }[];
  /** What reached one chat. */
  to(chatId: string): Outgoing[];
  /** The next sends (to one chat) meet this instead: an error, or a wait. */
  meets(what: () => Promise<void>, options?: { chatId?: string; times?: number }): void;
  intake: Intake | null;
}

export function recordingChannel(
  lineId = 'test:line',
  options: { platform?: Platform; limits?: Partial<ChannelLimits> } = {},
): RecordingChannel {
  const sent: RecordingChannel['sent'] = [];
  const met: { what: () => Promise<void>; chatId: string | undefined; times: number }[] = [];
  const sending = new Set<string>();
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
    intake: null,
    to: (chatId) => sent.filter((one) => one.chatId === chatId).map((one) => one.message),
    meets: (what, { chatId, times = 1 } = {}) => void met.push({ what, chatId, times }),
    async start(intake) {
      this.intake = intake;
      await intake.stateChanged('up');
    },
    stopListening: () => Promise.resolve(),
    stop: () => Promise.resolve(),
    health: () => ({ state: 'up' }),
    async send(chatId, message) {
      if (sending.has(chatId)) throw new Error(`two sends at once to ${chatId}`);
      sending.add(chatId);
      try {
        const next = met.find((one) => one.times > 0 && (one.chatId ?? chatId) === chatId);
        if (next) {
          next.times -= 1;
          await next.what();
        }
        await new Promise((resolve) => setImmediate(resolve));
        sent.push({ chatId, message, at: performance.now() });
        return { externalIds: [`out${sent.length}`] };
      } finally {
        sending.delete(chatId);
      }
    },
    fetchMedia: () => Promise.reject(new Error('this line carries no files')),
  };
}
