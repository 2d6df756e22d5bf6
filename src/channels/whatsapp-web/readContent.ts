import type { Content, MediaRef } from '../../core/content.js';
import { storable } from '../../core/identityNumbers.js';
import { cleanName, cleanPhone, cleanText } from '../clean.js';
import { readStartText } from '../startText.js';
import type { MessageRecord } from './record.js';

/** What WhatsApp tells of a chat itself, or what is no message: nobody waits for an answer to it. */
const SILENT = new Set([
  'e2e_notification', 'notification', 'notification_template', 'group_notification', 'broadcast_notification', 'gp2',
  'call_log', 'protocol', 'revoked', 'reaction', 'album', 'debug', 'pinned_message', 'keep_in_chat',
]); // prettier-ignore

/** What carries the words that were chosen, though we never send such a thing. */
const CHOSEN = new Set(['list_response', 'buttons_response', 'template_button_reply']);

/**
 * Freed from WhatsApp: what a message says. Null where nobody waits for an answer. `sender` is the writer's own number,
 * where WhatsApp tells it.
 */
export function readContent(record: MessageRecord, sender: string | undefined): Content | null {
  if (SILENT.has(record.type)) return null;
  if (record.edit !== undefined)
    return record.text === undefined
      ? null
      : { kind: 'edit', externalId: record.id, text: cleanText(record.text) };
  if (record.type === 'chat' || CHOSEN.has(record.type)) return readText(record);
  const caption = record.text === undefined || record.text === '' ? {} : { caption: cleanText(record.text) };
  switch (record.type) {
    case 'image':
      return { kind: 'photo', file: fileOf(record), ...caption };
    case 'document': {
      const file = fileOf(record);
      // A picture sent "as a file" is a picture to whoever sent it.
      if (file.mime?.startsWith('image/')) return { kind: 'photo', file, ...caption };
      const name = cleanName(record.file?.name);
      // The library fills in the file's name where there is no caption.
      const words = record.text === record.file?.name ? {} : caption;
      return { kind: 'document', file, ...(name === undefined ? {} : { name }), ...words };
    }
    case 'ptt':
    case 'audio':
      return { kind: 'voice', file: fileOf(record) };
    case 'location':
      return readLocation(record);
    case 'vcard':
      return readCard(record.cards?.[0] ?? '', sender);
    default:
      return { kind: 'unreadable', what: record.type.replace(/\W/gu, '_').slice(0, 40) || 'unknown' };
  }
}

/** A text; or, where the chat was opened by a link of ours, its payload. */
function readText(record: MessageRecord): Content {
  const text = record.text ?? '';
  const payload = readStartText(text);
  if (payload !== null) return { kind: 'start', payload };
  const quotes = record.quotes === undefined ? {} : { quotes: storable(record.quotes) };
  return { kind: 'text', text: cleanText(text), ...quotes };
}

function readLocation({ location }: MessageRecord): Content {
  if (!location) return { kind: 'unreadable', what: 'location' };
  const label = cleanName(location.label);
  return {
    kind: 'location',
    latitude: location.latitude,
    longitude: location.longitude,
    ...(label === undefined ? {} : { label }),
  };
}

/**
 * A contact card. It proves the sender's number only where it is the number that WhatsApp itself knows the sender by.
 * `waid` is the number as WhatsApp knows it; a card made elsewhere has only what somebody typed.
 */
function readCard(card: string, sender: string | undefined): Content {
  const lines = card.replace(/\r?\n[ \t]/gu, '').split(/\r?\n/u);
  const tel = lines.find((line) => /^(?:item\d+\.)?TEL\b/iu.test(line)) ?? '';
  const phone = cleanPhone(/;waid=(\d+)/iu.exec(tel)?.[1] ?? tel.slice(tel.indexOf(':') + 1));
  if (!phone) return { kind: 'unreadable', what: 'contact' };
  const name = cleanName(lines.find((line) => /^FN\b/iu.test(line))?.replace(/^[^:]*:/u, ''));
  return { kind: 'contact', phone, ...(name === undefined ? {} : { name }), isOwn: phone === sender };
}

/** A file is fetched by the message that it came in. */
function fileOf({ id, file }: MessageRecord): MediaRef {
  const mime = file?.mime?.split(';')[0]?.trim();
  return {
    remote: storable(id),
    ...(mime ? { mime: storable(mime) } : {}),
    ...(file?.bytes === undefined ? {} : { bytes: file.bytes }),
  };
}
