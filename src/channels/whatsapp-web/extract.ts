import type { Message } from 'whatsapp-web.js';
import type { MessageRecord } from './record.js';
import type { OwnMessage } from './talk.js';

/** What we read of the page's own model of a message; the library passes it on as it is. */
interface Model {
  id?: { _serialized?: string; remote?: unknown };
  notifyName?: unknown;
  caption?: unknown;
  mimetype?: unknown;
  size?: unknown;
  filename?: unknown;
  quotedStanzaID?: unknown;
  quotedParticipant?: unknown;
  latestEditMsgKey?: { id?: unknown } | null;
  latestEditSenderTimestampMs?: unknown;
  lat?: unknown;
  lng?: unknown;
  loc?: unknown;
}

/** Longer texts are cut: WhatsApp itself sends at most 65,536. */
const TEXT = 70_000;
const MEDIA = new Set(['image', 'video', 'document', 'audio', 'ptt', 'sticker']);
const WORDS = new Set(['chat', 'list_response', 'buttons_response', 'template_button_reply']);

/** A message of the library as plain data. `me`: our own addresses, by which a quoted message of ours is known. */
export function extract(
  message: Message,
  me: string[],
  ids: { lid?: string; phone?: string },
): MessageRecord {
  const model = modelOf(message);
  const text = textOf(message);
  const quotes = quotedBy(message, me);
  const file = MEDIA.has(message.type)
    ? dropMissing({ mime: string(model.mimetype), bytes: integer(model.size), name: string(model.filename) })
    : undefined;
  const label = string(model.loc)?.split('\n')[0];
  return dropMissing({
    id: message.id._serialized,
    chat: chatOf(message),
    fromMe: message.fromMe,
    type: message.type,
    at: message.timestamp,
    ...ids,
    name: string(model.notifyName),
    isBroadcast: message.broadcast || message.isStatus ? true : undefined,
    isByHand: ['android', 'ios'].includes(message.deviceType) ? true : undefined,
    text,
    file,
    location:
      model.lat !== undefined && (message.type as string) === 'location'
        ? dropMissing({ latitude: Number(model.lat), longitude: Number(model.lng), label })
        : undefined,
    cards: message.vCards?.length ? message.vCards : undefined,
    quotes,
  });
}

/** What names a change of a message, the same each time that it is told; undefined where nobody changed it. */
export function editOf(message: Message): string | undefined {
  const { latestEditMsgKey, latestEditSenderTimestampMs } = modelOf(message);
  const key = string(latestEditMsgKey?.id) ?? integer(latestEditSenderTimestampMs)?.toString();
  return key?.slice(0, 100);
}

export function extractOwn(message: Message): OwnMessage {
  const name = string(modelOf(message).filename);
  return {
    id: message.id._serialized,
    type: message.type,
    at: message.timestamp,
    ack: message.ack,
    text: textOf(message) ?? '',
    ...(name === undefined ? {} : { name }),
  };
}

/** The other side of it: where an answer goes. */
export function chatOf(message: Message): string {
  const remote = modelOf(message).id?.remote;
  if (typeof remote === 'string') return remote;
  return message.fromMe ? message.to : message.from;
}

/** Of a picture or a place, `body` may be its thumbnail: only a caption is words. */
function textOf(message: Message): string | undefined {
  const words = WORDS.has(message.type) ? message.body : modelOf(message).caption;
  return string(words)?.slice(0, TEXT);
}

/** Built from what the page tells, as the library spells ids: asking the page for the message itself may fail. */
function quotedBy(message: Message, me: string[]): string | undefined {
  const { quotedStanzaID, quotedParticipant } = modelOf(message);
  const stanza = string(quotedStanzaID);
  if (stanza === undefined) return undefined;
  const author =
    string(quotedParticipant) ?? (quotedParticipant as { _serialized?: string } | null)?._serialized;
  const isOurs = author !== undefined && me.includes(author);
  return `${isOurs}_${chatOf(message)}_${stanza}`;
}

function modelOf(message: Message): Model {
  return message.rawData as Model;
}

function string(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function integer(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** Without the fields that are not known. */
function dropMissing<T extends object>(given: T): T {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as T;
}
