import type { Inbound } from '../../core/content.js';
import type { Log } from '../../core/ports.js';
import type { GraphApi } from './api.js';

const AT_ONCE = 8;
const REMEMBERED = 5_000;
/** These are answered within a moment: only then may the person see that we write. */
const ANSWERED = ['text', 'tap', 'start', 'location', 'contact'];

/** Tells a person that their message was read, and that an answer is being written. */
export interface ReadMarks {
  /** After the commit of a message. Never throws, holds nobody up; under load some are left out. */
  stored(inbound: Inbound): void;
  /** Shown until the answer is there, 25 seconds at most. */
  typing(chatId: string): Promise<void>;
  /** Resolves once none is under way. */
  settle(): Promise<void>;
}

/** Source: developers.facebook.com, "Typing indicators": shown by marking the person's last message as read. */
export function createReadMarks(deps: { api: GraphApi; lineId: string; log: Log }): ReadMarks {
  const underway = new Set<Promise<void>>();
  const last = new Map<string, string>();

  async function mark(messageId: string, isTyping: boolean): Promise<void> {
    const body = {
      messaging_product: 'whatsapp',
      status: 'read',
      message_id: messageId,
      ...(isTyping ? { typing_indicator: { type: 'text' } } : {}),
    };
    await deps.api.post('messages', body).catch((cause: unknown) => {
      deps.log.info(
        { line: deps.lineId, reason: (cause as Error).message },
        'whatsapp-cloud: not marked as read',
      );
    });
  }

  function start(messageId: string, isTyping: boolean): Promise<void> {
    const marking = mark(messageId, isTyping).finally(() => underway.delete(marking));
    underway.add(marking);
    return marking;
  }

  return {
    stored({ externalId, chatId, content }) {
      if (['owner_wrote', 'moved', 'edit'].includes(content.kind)) return;
      if (last.size >= REMEMBERED) last.delete(last.keys().next().value!);
      last.set(chatId, externalId);
      if (underway.size < AT_ONCE) void start(externalId, ANSWERED.includes(content.kind));
    },
    async typing(chatId) {
      const messageId = last.get(chatId);
      if (messageId !== undefined && underway.size < AT_ONCE) await start(messageId, true);
    },
    async settle() {
      await Promise.all(underway);
    },
  };
}
