import wweb from 'whatsapp-web.js';
import type { Client, Message, MessageContent, MessageSendOptions } from 'whatsapp-web.js';
import { isPerson } from './address.js';
import { extract, extractOwn } from './extract.js';
import type { MessageRecord } from './record.js';
import { within, type Session } from './session.js';
import type { Ask, OwnMessage, SendPart } from './talk.js';

/** The server's word on a message may come a moment after the library says that it is out. */
const ACK_MS = 4_000;
const STATE_MS = 10_000;
/** Exported by the library, and not by its types. */
const { Message: LibraryMessage } = wweb as unknown as {
  Message: new (client: Client, model: object) => Message;
};
const OWN = 200;
const MOST_CHATS = 500;

/** Does what the gateway asks for, by the library. Rejects with what the library says. */
export async function answer(ask: Ask, session: Session): Promise<unknown> {
  const { client } = session;
  switch (ask.do) {
    case 'state':
      return await within(STATE_MS, client.getState());
    case 'nudge':
      return await evaluate(session, 'window.onAppStateHasSyncedEvent()');
    case 'again':
      return await session.again();
    case 'send':
      return await send(session, ask.chat, ask.part);
    case 'media':
      return await media(session, ask.message, ask.most);
    case 'own':
      return await own(session, ask.chat, ask.since);
    case 'history':
      return await history(session, ask.since, ask.most);
    case 'typing':
      return await evaluate(
        session,
        `window.WWebJS.sendChatstate('${ask.isOn ? 'typing' : 'stop'}', ${JSON.stringify(ask.chat)})`,
      );
    case 'seen':
      return await client.sendSeen(ask.chat);
    // Not the library's own: that closes the browser and deletes below it, which is ours to do.
    case 'logout':
      return await evaluate(session, `window.require('WAWebSocketModel').Socket.logout()`);
    default:
      return ask satisfies never;
  }
}

/** Code for the page goes as text: a function would be changed by whatever compiled this file. */
async function evaluate({ client }: Session, code: string): Promise<unknown> {
  return await client.pupPage!.evaluate(code);
}

async function send(
  session: Session,
  chat: string,
  part: SendPart,
): Promise<{ id: string | null; ack: number }> {
  const [content, more] = contentOf(part);
  const sent = await session.client.sendMessage(chat, content, {
    ...more,
    ...(part.quotes === undefined ? {} : { quotedMessageId: part.quotes }),
    // Resolves only when the server has it.
    waitUntilMsgSent: true,
    // What the person wrote is marked as seen once it is stored, not because we speak.
    sendSeen: false,
    linkPreview: false,
    parseVCards: false,
  });
  if (!sent) return { id: null, ack: 0 };
  const id = sent.id._serialized;
  const ack: number = sent.ack;
  return { id, ack: ack === 0 ? await session.ackOf(id, ACK_MS) : ack };
}

function contentOf(part: SendPart): [MessageContent, MessageSendOptions] {
  switch (part.kind) {
    case 'text':
      return [part.text, {}];
    case 'photo':
    case 'document': {
      const file = new wweb.MessageMedia(part.mime, Buffer.from(part.bytes).toString('base64'), part.name);
      const caption = part.caption === undefined ? {} : { caption: part.caption };
      return [file, part.kind === 'document' ? { ...caption, sendMediaAsDocument: true } : caption];
    }
    case 'location': {
      const { latitude, longitude, label } = part;
      return [new wweb.Location(latitude, longitude, label === undefined ? {} : { name: label }), {}];
    }
    default:
      return part satisfies never;
  }
}

async function media(session: Session, id: string, most: number): Promise<object> {
  const lost = (why: string) => ({ failure: 'lost', why });
  let message: Message | null;
  try {
    message = await session.client.getMessageById(id);
  } catch (cause) {
    if ((cause as Error).message.includes('Invalid serialized message id')) return lost('no id of a message');
    throw cause;
  }
  if (!message?.hasMedia) return lost('the message is gone, or has no file');
  const size = (message.rawData as { size?: unknown }).size;
  if (typeof size === 'number' && size > most) return { failure: 'refused', why: `${size} bytes` };
  const file = await message.downloadMedia();
  if (!(file as typeof file | undefined)) return lost('WhatsApp no longer has the file');
  const bytes = Buffer.from(file.data, 'base64');
  if (bytes.length > most) return { failure: 'refused', why: `${bytes.length} bytes` };
  return { bytes, mime: file.mimetype };
}

async function own(session: Session, chatId: string, since: number): Promise<OwnMessage[]> {
  const messages = await messagesSince(session, chatId, since, OWN);
  return messages.filter((message) => message.fromMe).map(extractOwn);
}

/**
 * What was written since then in the chats of people, oldest first: by them, and by the phone's owner by hand. What
 * happened while we were away comes by no event.
 */
async function history(session: Session, since: number, most: number): Promise<MessageRecord[]> {
  const chats = (await evaluate(
    session,
    `window.require('WAWebCollections').Chat.getModelsArray()
      .filter((chat) => !(chat.t < ${since}))
      .map((chat) => ({ id: chat.id._serialized, t: chat.t ?? 0 }))`,
  )) as { id: string; t: number }[];
  const people = chats.filter(({ id }) => isPerson(id) && !session.me().includes(id));
  const records: MessageRecord[] = [];
  for (const { id } of people.toSorted((a, b) => b.t - a.t).slice(0, MOST_CHATS)) {
    const messages = await messagesSince(session, id, since, most);
    const ids = await session.idsOf(id);
    for (const message of messages) {
      const record = extract(message, session.me(), ids);
      // Our own answers, of an earlier life.
      if (!record.fromMe || record.isByHand) records.push(record);
    }
  }
  // Stable: within a second, a chat's own order stays.
  return records.toSorted((a, b) => a.at - b.at);
}

/**
 * The messages of a chat since a time, in the chat's own order; read back to there, or until about `most` are at hand.
 * Not by the library's `fetchMessages`: that one mixes up messages of the same second, and of those WhatsApp's own notes
 * that begin a chat are none.
 */
async function messagesSince(
  session: Session,
  chat: string,
  since: number,
  most: number,
): Promise<Message[]> {
  const code = `(async () => {
    const chat = await window.WWebJS.getChat(${JSON.stringify(chat)}, { getAsModel: false });
    let all = chat?.msgs.getModelsArray() ?? [];
    while (chat && all.length < ${most} && !all.some((one) => one.t < ${since})) {
      const earlier = await window.require('WAWebChatLoadMessages').loadEarlierMsgs({ chat });
      if (!earlier?.length) break;
      all = [...earlier, ...all];
    }
    return all
      .filter((one) => !one.isNotification && one.t >= ${since})
      .map((one) => window.WWebJS.getMessageModel(one));
  })()`;
  const models = (await session.reading(chat, () => evaluate(session, code))) as object[];
  return models
    .map((model) => new LibraryMessage(session.client, model))
    .toSorted((a, b) => a.timestamp - b.timestamp);
}
