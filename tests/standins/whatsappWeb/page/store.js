// What the page knows: the account, its chats, messages and contacts, as the server told it.

import { Collection, Emitter, Model, Msg, MsgKey, serialized, Wid } from './models.js';
import { call } from './wire.js';

export const collections = {
  Msg: new Collection(),
  Chat: new Collection(),
  Contact: new Collection(),
  GroupMetadata: new Collection(),
  Blocklist: new Collection(),
  BusinessProfile: new Collection(),
  Status: new Collection(),
  Label: new Collection(),
  WAWebNewsletterCollection: new Collection(),
};
collections.Msg.modelClass = Msg;
/** The account: filled by the server's greeting. */
export const me = { pn: undefined, lid: undefined };
/** Earlier messages, by id: the page shows the newest of each chat; the rest is loaded when it is asked for. */
export const archive = new Map();
/** Which phone number belongs to which @lid, as far as it was asked. */
export const lidOfPhone = new Map();
export const phoneOfLid = new Map();

export const Socket = new Model({ state: 'OPENING', hasSynced: false, stream: 'CONNECTED' });
export const Conn = new Model({
  ref: undefined,
  pushname: undefined,
  platform: 'android',
  battery: undefined,
});
export const Cmd = new Emitter();

/** A message as the server tells it (ids as text) becomes one of the page's. */
export function toMsg(raw, isNewMsg) {
  const wids = Object.fromEntries(
    ['from', 'to', 'author', 'quotedParticipant']
      .filter((name) => raw[name])
      .map((name) => [name, new Wid(raw[name])]),
  );
  return new Msg({ ...raw, ...wids, id: MsgKey.fromString(raw.id), isNewMsg });
}

export function toChat(raw) {
  const id = new Wid(raw.id);
  const chat = new Model({
    id,
    t: raw.t,
    unreadCount: raw.unreadCount,
    formattedTitle: raw.title,
    name: raw.title,
    archive: false,
    isLocked: false,
    muteExpiration: 0,
  });
  const hidden = {
    msgs: new Collection(),
    mute: { expiration: 0 },
    lastReceivedKey: undefined,
    groupMetadata: raw.participants
      ? new Model({
          id,
          subject: raw.title,
          announce: false,
          participants: raw.participants.map((participant) => ({ id: new Wid(participant) })),
        })
      : undefined,
  };
  for (const [name, value] of Object.entries(hidden)) {
    Object.defineProperty(chat, name, { value, writable: true });
  }
  const serialize = chat.serialize.bind(chat);
  // whatsapp-web.js looks at the length of it to see whether there is a last message.
  chat.serialize = () => ({ ...serialize(), msgs: chat.msgs.getModelsArray().map((msg) => msg.id) });
  Object.defineProperty(chat, 'serialize', { enumerable: false });
  collections.Chat.add(chat, true);
  return chat;
}

/** Puts a message into its chat; what is new is told of by `Msg.on('add')`. */
export function addMsg(msg, chat) {
  chat.msgs.add(msg);
  chat.lastReceivedKey = msg.id;
  chat.set({ t: msg.t });
  collections.Msg.add(msg, true);
}

/** A message that was in sight or lies in the archive; loaded into the collection. */
export function findMsg(id) {
  const text = serialized(id);
  const known = collections.Msg.get(text);
  if (known) return known;
  const raw = archive.get(text);
  if (!raw) return undefined;
  archive.delete(text);
  const msg = toMsg(raw, false);
  collections.Chat.get(raw.chat)?.msgs.add(msg);
  return collections.Msg.add(msg, true);
}

export async function findContact(id) {
  const wid = typeof id === 'string' ? new Wid(id) : id;
  const known = collections.Contact.get(wid);
  if (known) return known;
  const raw = await call('contact', { id: wid._serialized });
  return collections.Contact.add(
    new Model({
      id: wid,
      type: 'in',
      name: undefined,
      pushname: raw.name,
      isBusiness: false,
      isEnterprise: false,
      isContactBlocked: false,
      phoneNumber: raw.phone && wid.isLid() ? new Wid(raw.phone) : undefined,
    }),
    true,
  );
}
collections.Contact.find = findContact;
collections.Chat.find = async (wid) => (await findLatestChat(wid)).chat;
collections.Msg.getMessagesById = async (ids) => ({ messages: ids.map(findMsg).filter(Boolean) });
collections.GroupMetadata.update = async () => {};
collections.BusinessProfile.find = async () => ({});

/** Asks the server whether somebody is on WhatsApp; learns which number and which @lid are one. */
export async function queryWidExists(wid) {
  const found = await call('exists', { id: wid._serialized });
  if (!found) return null;
  if (found.lid && found.phone) {
    lidOfPhone.set(found.phone, new Wid(found.lid));
    phoneOfLid.set(found.lid, new Wid(found.phone));
  }
  return { wid: new Wid(found.wid) };
}

/** The chat with somebody, under the id by which they are known today. */
export async function findLatestChat(wid) {
  const known = collections.Chat.get(wid);
  if (known) return { chat: known, created: false };
  const raw = await call('chat', { id: wid._serialized });
  // Word by word what the real page throws.
  if (!raw) throw new Error('No LID for user');
  const chat = collections.Chat.get(raw.id);
  return chat ? { chat, created: false } : { chat: toChat(raw), created: true };
}
