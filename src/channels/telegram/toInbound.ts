import type { Content, Inbound } from '../../core/content.js';
import { storable } from '../../core/identityNumbers.js';
import { isKeypadTap } from '../../core/payload.js';
import { cleanName, cleanText } from '../clean.js';
import { messageId, tapId } from './ids.js';
import { readContent } from './readContent.js';
import { readInGroup } from './readInGroup.js';
import { CallbackQuery, EditedMessage, Envelope, MemberChange, Message, UpdateId } from './update.js';

/** What an update is to us. An ignored one is confirmed with a line in the log; `why` holds no words of a person. */
export type Reading =
  | { kind: 'inbound'; updateId: number; inbound: Inbound }
  | { kind: 'ignored'; updateId: number | null; why: string };

export interface Line {
  lineId: string;
  /** For what carries no time of its own: a tap. */
  now: Date;
}

/**
 * Reads one update of Telegram. Pure; never throws. A malformed one is `unreadable` where a person is behind it, so
 * that they are answered, else ignored. Groups are marked, and are an address of their own: what people say to each other
 * there is passed over, and a tap there is the tapper's own, in their own chat with us.
 */
export function toInbound(update: unknown, line: Line): Reading {
  const id = UpdateId.safeParse(update);
  if (!id.success) return { kind: 'ignored', updateId: null, why: 'not an update' };
  const updateId = id.data.update_id;
  const body = update as { [kind: string]: unknown };
  const read =
    body['message'] !== undefined
      ? readMessage(body['message'], line)
      : body['callback_query'] !== undefined
        ? readTap(body['callback_query'], line)
        : body['edited_message'] !== undefined
          ? readEdit(body['edited_message'], updateId, line)
          : body['my_chat_member'] !== undefined
            ? readMember(body['my_chat_member'], updateId, line)
            : `no kind that we asked for: ${kindOf(body)}`;
  return typeof read === 'string'
    ? { kind: 'ignored', updateId, why: read }
    : { kind: 'inbound', updateId, inbound: read };
}

/** Each reader answers with what is to be stored, or why there is nothing. */
type Read = Inbound | string;

function readMessage(raw: unknown, line: Line): Read {
  const envelope = Envelope.safeParse(raw);
  if (!envelope.success) return 'a message without chat, id or time';
  const silent = unaddressed(envelope.data);
  if (silent) return silent;
  const message = Message.safeParse(raw);
  const externalId = messageId(envelope.data.chat.id, envelope.data.message_id);
  const movedFrom = message.success ? message.data.migrate_from_chat_id : undefined;
  if (movedFrom !== undefined) {
    // Told of the group as it was: that is the one we know.
    const before = { ...envelope.data, chat: { ...envelope.data.chat, id: movedFrom } };
    return from(before, line, externalId, { kind: 'moved', to: String(envelope.data.chat.id) });
  }
  if (envelope.data.chat.type !== 'private') {
    const told = message.success ? readInGroup(message.data) : null;
    return told ? from(envelope.data, line, externalId, told) : 'what people say in a group';
  }
  const content: Content | null = message.success
    ? readContent(message.data, raw as { [field: string]: unknown })
    : { kind: 'unreadable', what: 'malformed' };
  if (!content) return 'a service message';
  return from(envelope.data, line, externalId, content);
}

function readTap(raw: unknown, line: Line): Read {
  const query = CallbackQuery.safeParse(raw);
  if (!query.success) return 'a malformed tap';
  const { id, data, message, from: person } = query.data;
  if (!message || data === undefined) return 'a tap on no message of ours';
  // What a keypad's button says is a digit of a PIN: only its place is taken down.
  const label = isKeypadTap(data)
    ? undefined
    : message.reply_markup?.inline_keyboard.flat().find((button) => button.callback_data === data)?.text;
  const inGroup = message.chat.type !== 'private';
  return from(
    {
      // Nobody acts as a group: it is heard in the tapper's own chat, whose id is the person's.
      chat: inGroup ? { id: person.id, type: 'private' } : message.chat,
      from: person,
      date: Math.floor(line.now.getTime() / 1000),
    },
    line,
    tapId(id, message.chat.id, message.message_id),
    {
      kind: 'tap',
      payload: storable(data.slice(0, 64)),
      ...(label === undefined ? {} : { label: cleanText(label, 200) }),
      ...(inGroup ? { inGroup } : {}),
    },
  );
}

function readEdit(raw: unknown, updateId: number, line: Line): Read {
  const edited = EditedMessage.safeParse(raw);
  if (!edited.success) return 'a malformed edit';
  const silent = unaddressed(edited.data);
  if (silent) return silent;
  if (edited.data.chat.type !== 'private') return 'what people say in a group';
  const text = edited.data.text ?? edited.data.caption;
  // A live location is "edited" every few seconds.
  if (text === undefined) return 'an edit without words';
  const externalId = messageId(edited.data.chat.id, edited.data.message_id);
  const at = { ...edited.data, date: edited.data.edit_date ?? edited.data.date };
  return from(at, line, `e:${updateId}`, { kind: 'edit', externalId, text: cleanText(text) });
}

function readMember(raw: unknown, updateId: number, line: Line): Read {
  const change = MemberChange.safeParse(raw);
  if (!change.success) return 'a malformed change of membership';
  const { status } = change.data.new_chat_member;
  // A group is heard of again by the link that brings it; from one that put us out, nothing is sent there any more.
  if (change.data.chat.type !== 'private' && status !== 'left' && status !== 'kicked')
    return 'our membership of a group changed';
  const kind = status === 'left' || status === 'kicked' ? 'blocked' : 'unblocked';
  return from(change.data, line, `b:${updateId}`, { kind });
}

/** Why nobody would read an answer; null where somebody would. */
function unaddressed(envelope: Pick<Envelope, 'chat' | 'from'>): string | null {
  if (envelope.chat.type === 'channel' || !envelope.from) return 'a post of a channel';
  return envelope.from.is_bot ? 'a message of another bot' : null;
}

function from(
  where: Pick<Envelope, 'chat' | 'from' | 'date'>,
  line: Line,
  externalId: string,
  content: Content,
): Inbound {
  const isGroup = where.chat.type !== 'private';
  const displayName = isGroup
    ? cleanName(where.chat.title)
    : cleanName(where.from?.first_name, where.from?.last_name);
  return {
    lineId: line.lineId,
    externalId,
    platform: 'telegram',
    ids: { telegram: String(isGroup ? where.chat.id : (where.from?.id ?? where.chat.id)) },
    chatId: String(where.chat.id),
    ...(isGroup ? { isGroup } : {}),
    ...(displayName === undefined ? {} : { displayName }),
    sentAt: new Date(where.date * 1000),
    content,
  };
}

function kindOf(body: { [kind: string]: unknown }): string {
  return (Object.keys(body).find((key) => key !== 'update_id') ?? 'none').slice(0, 40).replace(/\W/gu, '_');
}
