import { SendError } from '../../core/errors.js';
import type { Outgoing } from '../../core/outgoing.js';
import type { Log } from '../../core/ports.js';
import type { Slot, SlotBook } from '../channel.js';
import type { BotApi } from './api.js';
import { toSendError } from './errors.js';
import { messageOf } from './ids.js';
import { renderEdit } from './render.js';

/** Messages that later ones take the place of (`Outgoing.slot`). */
export interface Slots {
  /** The message that holds the slot of this chat; null: none, or one of a chat that has moved. */
  held(chatId: string, slot: string): Promise<Slot | null>;
  /** Edits it in place. False where it can no longer be edited: then the message goes anew. */
  edit(chatId: string, slot: string, held: Slot, message: Outgoing): Promise<boolean>;
  /** Notes which message holds the slot now. Never throws: at worst the next one goes anew. */
  keep(chatId: string, slot: string, now: Slot): Promise<void>;
  /** Whether a message holds a slot: what it shows is for the next one of that slot to change. Never throws. */
  isHeld(chatId: string, externalId: string): Promise<boolean>;
}

export function createSlots(deps: { api: BotApi; book: SlotBook; log: Log }): Slots {
  const { api, book, log } = deps;

  async function keep(chatId: string, slot: string, now: Slot): Promise<void> {
    try {
      await book.save(chatId, slot, now);
    } catch (cause) {
      log.warn({ err: cause, chat: chatId }, 'telegram: what holds a slot could not be noted');
    }
  }

  return {
    async held(chatId, slot) {
      try {
        const held = await book.load(chatId, slot);
        return held && messageOf(held.externalId)?.chat === chatId ? held : null;
      } catch (cause) {
        throw new SendError('retry', 'the slots cannot be read now', { cause });
      }
    },
    async edit(chatId, slot, held, message) {
      const request = renderEdit(chatId, message, messageOf(held.externalId)!.message);
      if (!request) return false;
      try {
        await api.call(request.method, request.params);
      } catch (cause) {
        const error = toSendError(cause, request.method);
        // An edit that is made twice looks like one that is made once.
        if (error.failure === 'unknown') throw new SendError('retry', error.message);
        if (error.failure !== 'permanent') throw error;
        // It was deleted, or holds no words: Telegram has many ways to say so, and the new one tells what else is amiss.
        if (!/message is not modified/iu.test(error.message)) {
          log.info({ chat: chatId, reason: error.message }, 'telegram: sent anew');
          return false;
        }
      }
      const hasButtons = (message.choices ?? []).length > 0;
      if (hasButtons !== held.hasButtons) await keep(chatId, slot, { ...held, hasButtons });
      return true;
    },
    keep,
    async isHeld(chatId, externalId) {
      try {
        return await book.isHeld(chatId, externalId);
      } catch (cause) {
        log.warn({ err: cause, chat: chatId }, 'telegram: the slots cannot be read now');
        return false;
      }
    },
  };
}
