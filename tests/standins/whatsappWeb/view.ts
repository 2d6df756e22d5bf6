import { textOf } from './pageCalls.js';
import type { MessageRow, State } from './state.js';

export type MessageKind =
  | 'text'
  | 'image'
  | 'document'
  | 'voice'
  | 'video'
  | 'location'
  | 'contact'
  | 'sticker'
  | 'poll'
  | 'revoked'
  | 'other';

/** A message as a person sees it on the phone. */
export interface Message {
  /** The id that whatsapp-web.js calls `id._serialized`. */
  id: string;
  from: 'person' | 'line' | 'owner' | 'whatsapp';
  kind: MessageKind;
  /** The words; of a file, those under it. */
  text: string;
  caption?: string;
  file?: { name?: string; mime: string; bytes: Uint8Array };
  location?: { latitude: number; longitude: number; label?: string };
  /** The id of the message that it answers. */
  quotes?: string;
  /** −1 refused, 0 with the browser, 1 with WhatsApp, 2 on the phone, 3 read. */
  ack: number;
  /** The line marked it as read. */
  isSeen: boolean;
  at: number;
  raw: { [field: string]: unknown };
}

const KINDS: { [type: string]: MessageKind } = {
  chat: 'text',
  image: 'image',
  document: 'document',
  ptt: 'voice',
  audio: 'voice',
  video: 'video',
  location: 'location',
  vcard: 'contact',
  multi_vcard: 'contact',
  sticker: 'sticker',
  poll_creation: 'poll',
  revoked: 'revoked',
};

export function viewOf(state: State, row: MessageRow): Message {
  const { raw } = row;
  const file = typeof raw['directPath'] === 'string' ? state.files.get(raw['directPath']) : undefined;
  const quoted = state.chats
    .get(row.chat)
    ?.messages.find((m) => m.id.split('_')[2] === raw['quotedStanzaID']);
  return {
    id: row.id,
    from: row.by,
    kind: KINDS[raw.type] ?? 'other',
    text: textOf(raw),
    ...(raw.caption === undefined ? {} : { caption: raw.caption }),
    ...(file
      ? {
          file: {
            bytes: file.bytes,
            mime: String(raw['mimetype'] ?? file.mime),
            ...(raw['filename'] ? { name: String(raw['filename']) } : {}),
          },
        }
      : {}),
    ...(raw.type === 'location'
      ? {
          location: {
            latitude: Number(raw['lat']),
            longitude: Number(raw['lng']),
            ...(raw['loc'] ? { label: String(raw['loc']) } : {}),
          },
        }
      : {}),
    ...(quoted ? { quotes: quoted.id } : {}),
    ack: Number(raw['ack']),
    isSeen: row.isSeen,
    at: row.at,
    raw,
  };
}
