import type { AddressIds, Content, Inbound } from '../../core/content.js';
import { cleanName, cleanPhone } from '../clean.js';
import type { SentReport } from '../channel.js';
import { isBsuid } from './address.js';
import { errorOfCode } from './errors.js';
import { cloudLine } from './lineId.js';
import { readContent } from './readContent.js';
import { Body, Change, Echo, Envelope, Payload, Sender, Status } from './update.js';

/**
 * What is found in a payload, in its order: each thing with the number (`phone_number_id`) that it came to. `why` holds
 * no words of a person.
 */
export type Reading =
  | { kind: 'inbound'; phoneNumberId: string; inbound: Inbound }
  | { kind: 'report'; phoneNumberId: string; report: SentReport }
  | { kind: 'ignored'; phoneNumberId: string | null; why: string };

/**
 * Reads one payload of the webhook: every entry, change, message and status in it. Pure; never throws. A malformed
 * message is `unreadable` where a person is behind it, so that they are answered, else ignored.
 */
export function toInbound(payload: unknown): Reading[] {
  const parsed = Payload.safeParse(payload);
  if (!parsed.success) return [ignored(null, 'not a payload of WhatsApp')];
  return parsed.data.entry.flatMap(({ changes }) => changes.flatMap(readChange));
}

function readChange(raw: unknown): Reading[] {
  const parsed = Change.safeParse(raw);
  if (!parsed.success) return [ignored(null, 'a change that we did not ask for')];
  const { field, value } = parsed.data;
  const number = value.metadata.phone_number_id;
  if (field !== 'messages' && field !== 'smb_message_echoes')
    return [ignored(number, `a change of ${field.slice(0, 40).replace(/\W/gu, '_')}`)];
  const senders = (value.contacts ?? []).flatMap((one) => Sender.safeParse(one).data ?? []);
  const messages = value.messages ?? [];
  return [
    ...messages.map((one) => readMessage(one, number, senders, messages.length === 1)),
    ...(value.message_echoes ?? []).map((one) => readEcho(one, number)),
    ...(value.statuses ?? []).map((one) => readStatus(one, number)),
    ...(value.errors ?? []).map((one) =>
      ignored(number, `an error: ${String((one as { code?: unknown } | null)?.code).slice(0, 12)}`),
    ),
  ];
}

function readMessage(raw: unknown, number: string, senders: Sender[], isAlone: boolean): Reading {
  const envelope = Envelope.safeParse(raw);
  if (!envelope.success) return ignored(number, 'a message without id or time');
  const { from, from_user_id: user, id, timestamp, type, group_id: group } = envelope.data;
  if (group !== undefined) return ignored(number, 'a message in a group');
  const sender = senderOf(senders, from, user, isAlone);
  const ids = idsOf([from, user, sender?.wa_id, sender?.user_id]);
  const chatId = ids.phone ?? ids.bsuid;
  if (chatId === undefined) return ignored(number, 'a message without a sender');
  if (type === 'system') return readSystem(raw, number, envelope.data, ids);
  const content = readContent(envelope.data, raw);
  if (!content) return ignored(number, `news: ${type}`);
  const displayName = cleanName(sender?.profile?.name);
  return inboundOf(number, {
    externalId: id,
    ids,
    chatId,
    ...(displayName === undefined ? {} : { displayName }),
    sentAt: new Date(timestamp * 1000),
    content,
  });
}

/** The person goes on under another number, or under another id of those who hide it. */
function readSystem(raw: unknown, number: string, envelope: Envelope, known: AddressIds): Reading {
  const parsed = Body.system.safeParse(raw);
  if (!parsed.success) return ignored(number, 'news: system');
  const { type, wa_id: phone, user_id: user, previous_user_id: previous } = parsed.data.system;
  const to = idsOf([phone, user]);
  // The message may already name the new id beside the old one.
  const ids = idsOf([
    known.phone === to.phone ? undefined : known.phone,
    previous ?? (known.bsuid === to.bsuid ? undefined : known.bsuid),
  ]);
  const chatId = ids.phone ?? ids.bsuid;
  const goesOn = to.phone ?? (ids.phone === undefined ? to.bsuid : undefined);
  if (!type.startsWith('user_changed_') || chatId === undefined || goesOn === undefined || goesOn === chatId)
    return ignored(number, 'news: system');
  return inboundOf(number, {
    externalId: envelope.id,
    ids,
    chatId,
    sentAt: new Date(envelope.timestamp * 1000),
    content: { kind: 'moved', to: goesOn },
  });
}

/** Where the number also lives in the WhatsApp Business app, its owner may answer there by hand. */
function readEcho(raw: unknown, number: string): Reading {
  const echo = Echo.safeParse(raw);
  if (!echo.success) return ignored(number, 'a malformed echo');
  const ids = idsOf([echo.data.to, echo.data.to_user_id]);
  const chatId = ids.phone ?? ids.bsuid;
  if (chatId === undefined) return ignored(number, 'an echo to nobody');
  return inboundOf(number, {
    externalId: echo.data.id,
    ids,
    chatId,
    sentAt: new Date(echo.data.timestamp * 1000),
    content: { kind: 'owner_wrote', says: ownerSays(echo.data.text?.body ?? '') },
  });
}

function ownerSays(text: string): Extract<Content, { kind: 'owner_wrote' }>['says'] {
  const words = text.trim().toLowerCase().replaceAll(/\s+/gu, ' ').replace(/[.!]$/u, '');
  if (words === 'bot lanjut') return 'resume';
  return words === 'bot privat' ? 'private' : 'pause';
}

const KNOWN_STATUSES = ['sent', 'delivered', 'read', 'failed'] as const;

function readStatus(raw: unknown, number: string): Reading {
  const parsed = Status.safeParse(raw);
  if (!parsed.success) return ignored(number, 'a malformed status');
  const { id, timestamp, errors } = parsed.data;
  // A voice message that was listened to was read before.
  const status = KNOWN_STATUSES.find((known) => known === parsed.data.status);
  if (!status) return ignored(number, 'a status that tells nothing new');
  const at = new Date(timestamp * 1000);
  if (status !== 'failed')
    return { kind: 'report', phoneNumberId: number, report: { externalId: id, status, at } };
  const error = errorOfCode(errors?.[0]?.code ?? 131000, {
    words: errors?.[0]?.title ?? 'failed',
  });
  return { kind: 'report', phoneNumberId: number, report: { externalId: id, status, at, error } };
}

/** Of a single message and a single contact the one is the other's, though Meta names them in two ways. */
function senderOf(
  senders: Sender[],
  from: string | undefined,
  user: string | undefined,
  isAlone: boolean,
): Sender | undefined {
  const own = senders.find(
    (one) => (from !== undefined && one.wa_id === from) || (user !== undefined && one.user_id === user),
  );
  // Of several, a stranger's card would make two people one.
  return own ?? (isAlone && senders.length === 1 ? senders[0] : undefined);
}

/** Each name is a number or a BSUID, wherever Meta writes it. */
function idsOf(names: (string | undefined)[]): AddressIds {
  const ids: AddressIds = {};
  for (const name of names) {
    if (name === undefined) continue;
    if (isBsuid(name)) ids.bsuid ??= name;
    else {
      const phone = cleanPhone(name);
      if (phone !== null) ids.phone ??= phone;
    }
  }
  return ids;
}

function inboundOf(phoneNumberId: string, said: Omit<Inbound, 'lineId' | 'platform'>): Reading {
  const inbound: Inbound = { lineId: cloudLine(phoneNumberId), platform: 'whatsapp', ...said };
  return { kind: 'inbound', phoneNumberId, inbound };
}

function ignored(phoneNumberId: string | null, why: string): Reading {
  return { kind: 'ignored', phoneNumberId, why };
}
