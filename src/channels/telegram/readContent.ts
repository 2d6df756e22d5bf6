import type { Content, MediaRef } from '../../core/content.js';
import { withoutToken } from '../../core/inviteToken.js';
import { storable } from '../../core/identityNumbers.js';
import { cleanName, cleanPhone, cleanText } from '../clean.js';
import type { Message } from './update.js';

/** What the platform tells of a chat itself; nobody waits for an answer to it. */
const SERVICE = [
  'new_chat_members', 'left_chat_member', 'new_chat_title', 'new_chat_photo', 'delete_chat_photo',
  'group_chat_created', 'supergroup_chat_created', 'channel_chat_created', 'message_auto_delete_timer_changed',
  'migrate_to_chat_id', 'migrate_from_chat_id', 'pinned_message', 'users_shared', 'chat_shared', 'connected_website',
  'write_access_allowed', 'proximity_alert_triggered', 'boost_added', 'chat_background_set', 'forum_topic_created',
  'forum_topic_edited', 'forum_topic_closed', 'forum_topic_reopened', 'general_forum_topic_hidden',
  'general_forum_topic_unhidden', 'giveaway_created', 'giveaway', 'giveaway_winners', 'giveaway_completed',
  'video_chat_scheduled', 'video_chat_started', 'video_chat_ended', 'video_chat_participants_invited', 'web_app_data',
]; // prettier-ignore

/** What we cannot read, by name: the log and the engine tell them apart. */
const UNREADABLE = [
  'animation', 'sticker', 'video', 'video_note', 'audio', 'poll', 'dice', 'story', 'game', 'invoice', 'paid_media',
  'checklist', 'passport_data', 'successful_payment',
]; // prettier-ignore

/** Freed from Telegram: what a message says. Null for service messages. `raw` is only asked which fields it has. */
export function readContent(message: Message, raw: { [field: string]: unknown }): Content | null {
  if (message.text !== undefined) return readText(message.text);
  // An animation also comes as a document, a venue also as a location: the order matters.
  const unreadable = UNREADABLE.find((kind) => raw[kind] !== undefined);
  if (unreadable) return { kind: 'unreadable', what: unreadable };
  const caption = message.caption === undefined ? {} : { caption: cleanText(message.caption) };
  const album = message.media_group_id === undefined ? {} : { album: storable(message.media_group_id) };
  if (message.photo) {
    const largest = message.photo.reduce((a, b) => (b.width * b.height > a.width * a.height ? b : a));
    return { kind: 'photo', file: fileOf({ ...largest, mime_type: 'image/jpeg' }), ...caption, ...album };
  }
  if (message.document) {
    const file = fileOf(message.document);
    // A picture sent "as a file" is a picture to whoever sent it.
    if (file.mime?.startsWith('image/')) return { kind: 'photo', file, ...caption, ...album };
    const name = cleanName(message.document.file_name);
    return { kind: 'document', file, ...(name === undefined ? {} : { name }), ...caption, ...album };
  }
  if (message.voice) return { kind: 'voice', file: fileOf(message.voice) };
  if (message.location) {
    const { latitude, longitude } = message.location;
    const label = cleanName(message.venue?.title);
    return { kind: 'location', latitude, longitude, ...(label === undefined ? {} : { label }) };
  }
  if (message.contact) return readContact(message.contact, message.from?.id);
  return SERVICE.some((kind) => raw[kind] !== undefined) ? null : { kind: 'unreadable', what: 'unknown' };
}

/**
 * A text, or a command as the words it stands for: `/status ABC` is "status ABC", `/data_saya` is "data saya",
 * `/menu@desa_bot` (in a group) is "menu". `/start <payload>` opened the chat by a link.
 */
function readText(text: string): Content {
  const command = /^\/([A-Za-z0-9_]{1,32})(?:@\w+)?(?:\s+([\s\S]*))?$/u.exec(text);
  if (!command) return { kind: 'text', text: cleanText(text) };
  const rest = command[2]?.trim() ?? '';
  if (command[1]!.toLowerCase() === 'start')
    return { kind: 'start', payload: /^[\w-]{0,64}$/u.test(rest) ? withoutToken(rest) : '' };
  return { kind: 'text', text: cleanText(`${command[1]!.replaceAll('_', ' ')} ${rest}`.trim()) };
}

/** Proves the sender's number only where Telegram says that the contact is the sender's own. */
function readContact(contact: NonNullable<Message['contact']>, sender: number | undefined): Content {
  const phone = cleanPhone(contact.phone_number);
  if (!phone) return { kind: 'unreadable', what: 'contact' };
  const name = cleanName(contact.first_name, contact.last_name);
  const isOwn = contact.user_id !== undefined && contact.user_id === sender;
  return { kind: 'contact', phone, ...(name === undefined ? {} : { name }), isOwn };
}

function fileOf(file: {
  file_id: string;
  file_size?: number | undefined;
  mime_type?: string | undefined;
}): MediaRef {
  return {
    // Not cleaned as words are: a masked digit would lose the file.
    remote: storable(file.file_id),
    ...(file.mime_type === undefined ? {} : { mime: storable(file.mime_type) }),
    ...(file.file_size === undefined ? {} : { bytes: file.file_size }),
  };
}
