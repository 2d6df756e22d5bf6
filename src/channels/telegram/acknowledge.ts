import type { Log } from '../../core/ports.js';
import type { BotApi } from './api.js';
import { toSendError } from './errors.js';
import { messageOf, queryOf } from './ids.js';

/**
 * Tells Telegram that a tap was heard, so that the button stops spinning; never throws. Who taps in a group reads where
 * the answer is: in their own chat with us, which a bot may not open by itself (403) where they never did.
 */
export function createAcknowledge(deps: {
  api: BotApi;
  log: Log;
  lineId: string;
  username: () => string | null;
}): (externalId: string) => Promise<void> {
  return async (externalId) => {
    const query = queryOf(externalId);
    if (!query) return;
    const isGroup = messageOf(externalId)?.chat.startsWith('-') ?? false;
    const text = isGroup ? { text: inGroup(deps.username()) } : {};
    // Too late, or twice, is refused, and harms nobody.
    await deps.api
      .call('answerCallbackQuery', { callback_query_id: query, ...text })
      .catch((cause: unknown) => {
        const reason = toSendError(cause, 'answerCallbackQuery').message;
        deps.log.info({ line: deps.lineId, reason }, 'telegram: tap not acknowledged');
      });
  };
}

/** At most 200 characters. Source: https://core.telegram.org/bots/api#answercallbackquery */
function inGroup(username: string | null): string {
  const bot = username === null ? 'bot ini' : `@${username}`;
  return `Jawabannya masuk ke chat pribadi dengan ${bot}. Belum pernah membukanya? Buka ${bot}, lalu tekan Mulai.`;
}
