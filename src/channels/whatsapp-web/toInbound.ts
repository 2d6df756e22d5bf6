import type { Content, Inbound } from '../../core/content.js';
import { storable } from '../../core/identityNumbers.js';
import { cleanName } from '../clean.js';
import { idsOf, isPerson } from './address.js';
import { readContent } from './readContent.js';
import { Envelope, MessageRecord } from './record.js';

/** What a message is to us. `why` holds no words of a person. */
export type Reading = { kind: 'inbound'; inbound: Inbound } | { kind: 'ignored'; why: string };

export interface Line {
  lineId: string;
  /** Chats that the phone's owner keeps to themselves. */
  isPrivate?: (chatId: string) => boolean;
}

/**
 * Reads one message of WhatsApp Web. Pure; never throws. The phone may be somebody's own: groups, broadcasts, statuses,
 * channels and private chats are passed over unread. A message from our own account that we did not send (the caller
 * knows) is the owner's: their words are not kept, but we are silent in that chat.
 */
export function toInbound(raw: unknown, line: Line): Reading {
  const envelope = Envelope.safeParse(raw);
  if (!envelope.success) return ignored('a message without chat, id or time');
  const { id, chat, fromMe, isBroadcast } = envelope.data;
  if (!isPerson(chat)) return ignored(`not a person's chat: ${kindOfChat(chat)}`);
  if (isBroadcast) return ignored('sent to a list of many');
  const record = MessageRecord.safeParse(raw);
  const ids = idsOf(chat, envelope.data.lid, envelope.data.phone);
  const content: Content | null = fromMe
    ? readOwner(record.success ? record.data : { ...envelope.data })
    : record.success
      ? readContent(record.data, ids.phone)
      : { kind: 'unreadable', what: 'malformed' };
  if (!content) return ignored(`nothing that is answered: ${envelope.data.type.replace(/\W/gu, '_')}`);
  // Only the word that ends the privacy is heard.
  const isOver = content.kind === 'owner_wrote' && content.says === 'resume';
  if (!isOver && line.isPrivate?.(chat)) return ignored('a private chat');
  const displayName = fromMe ? undefined : cleanName(envelope.data.name);
  return {
    kind: 'inbound',
    inbound: {
      lineId: line.lineId,
      externalId: storable(id + suffixOf(raw as MessageRecord, content)),
      platform: 'whatsapp',
      ids,
      chatId: chat,
      ...(displayName === undefined ? {} : { displayName }),
      sentAt: new Date(envelope.data.at * 1000),
      content,
    },
  };
}

/** "bot lanjut", "bot privat", or anything else that the owner does by hand in a chat. */
function readOwner(record: MessageRecord): Content | null {
  const content = readContent(record, undefined);
  if (!content || content.kind === 'edit') return null;
  const words = (record.text ?? '')
    .toLowerCase()
    .replace(/[^\p{L}]+/gu, ' ')
    .trim();
  const says = words === 'bot lanjut' ? 'resume' : words === 'bot privat' ? 'private' : 'pause';
  return { kind: 'owner_wrote', says };
}

/** A change, and a message that could not be decrypted, come under the id of the message itself. */
function suffixOf({ edit }: MessageRecord, content: Content): string {
  if (content.kind === 'edit') return `:edit:${edit}`;
  return content.kind === 'unreadable' && content.what === 'ciphertext' ? ':ciphertext' : '';
}

function kindOfChat(chat: string): string {
  return /@([\w.]{1,30})$/u.exec(chat)?.[1] ?? 'unknown';
}

function ignored(why: string): Reading {
  return { kind: 'ignored', why };
}
