import type { Content, MediaRef } from '../../core/content.js';
import { storable } from '../../core/identityNumbers.js';
import { cleanName, cleanPhone, cleanText } from '../clean.js';
import { readStartText } from '../startText.js';
import { spellMedia } from './mediaId.js';
import { Body, type Envelope, type File } from './update.js';

/** Tells something of the chat itself, or of a message long past: nobody waits for an answer. */
const NEWS = ['reaction', 'revoke', 'request_welcome'];
/** What we cannot read, by name: the log and the engine tell them apart. */
const UNREADABLE = ['video', 'sticker', 'order', 'unknown', 'poll', 'group_invite'];
const MALFORMED: Content = { kind: 'unreadable', what: 'malformed' };
const LABEL = 200;

/** Freed from WhatsApp: what a message says. Null where it says nothing that anybody would answer. */
export function readContent(envelope: Envelope, raw: unknown): Content | null {
  if (NEWS.includes(envelope.type)) return null;
  switch (envelope.type) {
    case 'text':
      return readText(raw);
    case 'interactive':
      return readReply(raw);
    case 'button':
      return readTemplateButton(raw);
    case 'image': {
      const { success, data } = Body.image.safeParse(raw);
      return success
        ? { kind: 'photo', file: fileOf(data.image), ...captionOf(data.image.caption) }
        : MALFORMED;
    }
    case 'document':
      return readDocument(raw);
    case 'audio':
    case 'voice': {
      const { success, data } = Body.audio.safeParse(raw);
      return success ? { kind: 'voice', file: fileOf(data.audio) } : MALFORMED;
    }
    case 'location':
      return readLocation(raw);
    case 'contacts':
      return readContact(raw, envelope);
    case 'edit':
      return readEdit(raw);
    case 'unsupported': {
      const { data } = Body.unsupported.safeParse(raw);
      const what = data?.unsupported?.type;
      return { kind: 'unreadable', what: what === undefined ? 'unsupported' : wordOf(what) };
    }
    default:
      return {
        kind: 'unreadable',
        what: UNREADABLE.includes(envelope.type) ? envelope.type : wordOf(envelope.type),
      };
  }
}

function readText(raw: unknown): Content {
  const { success, data } = Body.text.safeParse(raw);
  if (!success) return MALFORMED;
  const payload = readStartText(data.text.body);
  if (payload !== null) return { kind: 'start', payload };
  const quotes = data.context?.id;
  return {
    kind: 'text',
    text: cleanText(data.text.body),
    ...(quotes === undefined ? {} : { quotes: storable(quotes) }),
  };
}

/** A reply button or a row of a list: its id is what we put there. */
function readReply(raw: unknown): Content {
  const { success, data } = Body.interactive.safeParse(raw);
  if (!success) return MALFORMED;
  const reply = data.interactive.button_reply ?? data.interactive.list_reply;
  return reply ? tap(reply.id, reply.title) : { kind: 'unreadable', what: wordOf(data.interactive.type) };
}

/** The button of a template: where it brings no payload of ours, it says what stands on it. */
function readTemplateButton(raw: unknown): Content {
  const { success, data } = Body.button.safeParse(raw);
  if (!success) return MALFORMED;
  const { payload, text } = data.button;
  if (payload !== undefined && payload !== text) return tap(payload, text);
  return text === undefined ? MALFORMED : { kind: 'text', text: cleanText(text, LABEL) };
}

function tap(id: string, label: string | undefined): Content {
  // Rows must differ in their ids: `render` numbers those that do not.
  const payload = storable(id.replace(/~\d+$/u, '').slice(0, 64));
  return { kind: 'tap', payload, ...(label === undefined ? {} : { label: cleanText(label, LABEL) }) };
}

function readDocument(raw: unknown): Content {
  const { success, data } = Body.document.safeParse(raw);
  if (!success) return MALFORMED;
  const { caption, filename } = data.document;
  const file = fileOf(data.document);
  // A picture sent "as a file" is a picture to whoever sent it.
  if (file.mime?.startsWith('image/')) return { kind: 'photo', file, ...captionOf(caption) };
  const name = cleanName(filename);
  return { kind: 'document', file, ...(name === undefined ? {} : { name }), ...captionOf(caption) };
}

function readLocation(raw: unknown): Content {
  const { success, data } = Body.location.safeParse(raw);
  if (!success) return MALFORMED;
  const { latitude, longitude, name } = data.location;
  const label = cleanName(name);
  return { kind: 'location', latitude, longitude, ...(label === undefined ? {} : { label }) };
}

/** Own where it is the sender's number, or where they tapped our button for it: Meta then sends their own card. */
function readContact(raw: unknown, envelope: Envelope): Content {
  const { success, data } = Body.contacts.safeParse(raw);
  if (!success) return MALFORMED;
  const person = data.contacts[0]!;
  const written = person.phones?.flatMap((one) => one.wa_id ?? one.phone ?? [])[0];
  const phone = written === undefined ? null : cleanPhone(written);
  if (phone === null) return { kind: 'unreadable', what: 'contact' };
  const { formatted_name: whole, first_name: first, last_name: last } = person.name ?? {};
  const name = cleanName(...(whole === undefined ? [first, last] : [whole]));
  const isOwn =
    (envelope.from !== undefined && cleanPhone(envelope.from) === phone) ||
    (person.origin ?? data.origin) === 'contact_request';
  return { kind: 'contact', phone, ...(name === undefined ? {} : { name }), isOwn };
}

/** Only what was said anew in words: of an edited picture its caption. */
function readEdit(raw: unknown): Content | null {
  const { success, data } = Body.edit.safeParse(raw);
  if (!success) return MALFORMED;
  const { message, original_message_id: externalId } = data.edit;
  const type = typeof message['type'] === 'string' ? message['type'] : 'text';
  const said = message[type] as { body?: unknown; caption?: unknown } | undefined;
  const text = said?.body ?? said?.caption;
  return typeof text === 'string'
    ? { kind: 'edit', externalId: storable(externalId), text: cleanText(text) }
    : null;
}

function captionOf(caption: string | undefined): { caption?: string } {
  return caption === undefined || caption === '' ? {} : { caption: cleanText(caption) };
}

function fileOf(file: File): MediaRef {
  // 'audio/ogg; codecs=opus': the parameters are of no use to us.
  const mime = file.mime_type?.split(';')[0]?.trim();
  return {
    remote: spellMedia(storable(file.id), file.sha256),
    ...(mime ? { mime: storable(mime) } : {}),
  };
}

function wordOf(kind: string): string {
  return kind.slice(0, 40).replace(/\W/gu, '_') || 'unknown';
}
