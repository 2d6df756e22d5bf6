import type { Channel } from '../channels/channel.js';
import type { Inbound } from '../core/content.js';
import { isOfPerson } from './hear.js';
import type { Receiver } from './receive.js';

/**
 * Shows who just wrote that an answer is coming: on a slow line it may take some seconds. Not in groups, and not where
 * nothing will be said. Nobody waits for it.
 */
export function showTyping(channel: Channel, inbound: Inbound, receiver: Pick<Receiver, 'isQuiet'>): void {
  if (!channel.showTyping || inbound.isGroup || !isOfPerson(inbound.content.kind)) return;
  if (receiver.isQuiet(channel.lineId, inbound.chatId)) return;
  channel.showTyping(inbound.chatId).catch(() => {});
}
