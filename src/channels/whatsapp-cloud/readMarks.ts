import type { Inbound } from '../../core/content.js';
import type { Log } from '../../core/ports.js';
import type { GraphApi } from './api.js';

const AT_ONCE = 8;
const REMEMBERED = 5_000;
/** These are answered within a moment: only then may the person see that we write. */
const ANSWERED = ['text', 'tap', 'start', 'location', 'contact'];
/** These are no messages of the person. */
const UNSEEN = ['owner_wrote', 'moved', 'edit'];

/** Tells a person that their message was read, and that an answer is being written. */
export interface ReadMarks {
  /** Before a message is stored: whatever is shown in its chat from now on is shown on it. */
  came(inbound: Inbound): void;
  /** After the commit, where nobody else decides whether the chat is answered. Holds nobody up. */
  stored(inbound: Inbound): void;
  /** Marks the last message of a chat as read, and shows for 25 seconds at most that an answer is being written. */
  typing(chatId: string): Promise<void>;
  /** Resolves once none is under way. */
  settle(): Promise<void>;
}

/** Never throws. Source: developers.facebook.com, "Typing indicators": shown by marking the last message as read. */
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

  function came({ externalId, chatId, content }: Inbound): void {
    if (UNSEEN.includes(content.kind)) return;
    if (last.size >= REMEMBERED) last.delete(last.keys().next().value!);
    last.set(chatId, externalId);
  }

  return {
    came,
    stored(inbound) {
      const { externalId, content } = inbound;
      // Under load some are left out: the next one marks what came before it as well.
      if (!UNSEEN.includes(content.kind) && underway.size < AT_ONCE)
        void start(externalId, ANSWERED.includes(content.kind));
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
