import type { Chat, Fault, FaultKind, Message, Call } from './state.js';

/** What a person's hand needs of the stand-in; the same in this process and over HTTP. */
export interface Hand {
  deliver(update: { [kind: string]: unknown }, times?: number): Promise<number>;
  /** The chat as it stands; made where the person is new. */
  chat(id: number, more?: { type?: Chat['type']; title?: string }): Promise<Chat>;
  /** Changes what a chat is: a group's topics, what we are in it. */
  change(id: number, changes: Partial<Omit<Chat, 'id' | 'messages'>>): Promise<void>;
  /** Puts a message of a person into the chat; answers with its message_id. `body` as the Bot API words it. */
  write(chat: number, text: string, body?: { [field: string]: unknown }): Promise<number>;
  /** Who was met so far, and a name for somebody. */
  persons(): Promise<{ id: number; name: string }[]>;
  named(id: number, name: string): Promise<void>;
  /** Does what a `Person` can, by name, alone or in a group: for the phone page. */
  act(id: number, name: string, args: unknown[]): Promise<unknown>;
  actInGroup(group: number, name: string, person: number, args: unknown[]): Promise<unknown>;
  query(): Promise<string>;
  keepFile(bytes: Uint8Array, extension: string): Promise<string>;
  block(chat: number, blocked: boolean): Promise<void>;
  fault(fault: Fault): Promise<void>;
  heal(): Promise<void>;
  hold(isHolding: boolean): Promise<void>;
  calls(): Promise<Call[]>;
  waiting(): Promise<number>;
  webhook(): Promise<string | null>;
}

export type { FaultKind };

/** Somebody with a phone: `await bot.person(41).writes('menu')`. Each act resolves with the update_id it became. */
export interface Person {
  readonly id: number;
  readonly name: string;
  writes(text: string, more?: { times?: number; at?: Date }): Promise<number>;
  /** Opens the bot by a link with a payload. */
  starts(payload?: string): Promise<number>;
  /** Taps the button with that label in the newest message that has it, though it may be gone since. */
  taps(label: string, more?: { times?: number }): Promise<number>;
  /** Taps with a payload of one's own making. */
  tapsData(data: string, messageId: number): Promise<number>;
  sendsPhoto(bytes: Uint8Array, more?: { album?: string; caption?: string }): Promise<number>;
  sendsDocument(
    bytes: Uint8Array,
    more?: { name?: string; mime?: string; caption?: string },
  ): Promise<number>;
  sendsVoice(bytes: Uint8Array): Promise<number>;
  sendsSticker(): Promise<number>;
  /** Something that a chat knows and we cannot read. */
  sends(what: keyof typeof UNREADABLE): Promise<number>;
  /** One's own number, or with `of` another person's. */
  sharesContact(phone: string, more?: { of?: number }): Promise<number>;
  /** `venue`: a place with a name. */
  sharesLocation(latitude: number, longitude: number, more?: { venue?: string }): Promise<number>;
  /** Changes the last message that this person wrote. */
  edits(text: string): Promise<number>;
  blocks(): Promise<number>;
  unblocks(): Promise<number>;
  writesInGroup(group: number, text: string): Promise<number>;
  /** All that stands in the chat, both sides. */
  messages(): Promise<Message[]>;
  /** The texts that the bot sent here, in order. */
  hears(): Promise<string[]>;
  /** Resolves with the first message of the bot after the last one waited for whose text fits. */
  waitsFor(pattern: string | RegExp, withinMs?: number): Promise<Message>;
}

const clip = { file_id: 'clip-1', file_unique_id: 'c1', width: 640, height: 360, duration: 4 };

/** As the Bot API words them. */
const UNREADABLE = {
  video: { video: { ...clip, mime_type: 'video/mp4', file_size: 900_000 } },
  video_note: { video_note: { file_id: 'note-1', file_unique_id: 'n1', length: 240, duration: 4 } },
  // Old clients know an animation as a document.
  animation: {
    animation: { ...clip, mime_type: 'video/mp4' },
    document: { file_id: 'clip-1', file_unique_id: 'c1', mime_type: 'video/mp4', file_name: 'lucu.mp4' },
  },
  audio: { audio: { file_id: 'song-1', file_unique_id: 'a1', duration: 180, mime_type: 'audio/mpeg' } },
  poll: { poll: { id: '1', question: 'Mau?', options: [{ text: 'Ya', voter_count: 0 }], type: 'regular' } },
  dice: { dice: { emoji: '🎲', value: 4 } },
};

export function createPerson(hand: Hand, id: number, name: string): Person {
  const from = { id, is_bot: false, first_name: name, language_code: 'id' };
  const chat = { id, type: 'private', first_name: name };
  let seen = 0;
  const say = async (
    text: string,
    body: { [field: string]: unknown },
    more: { times?: number; at?: Date } = {},
  ) => {
    await hand.chat(id);
    const message_id = await hand.write(id, text, body);
    return hand.deliver({ message: { message_id, from, chat, date: seconds(more.at), ...body } }, more.times);
  };
  const person: Person = {
    id,
    name,
    writes: (text, more) => say(text, { text, ...commandIn(text) }, more),
    starts: (payload) => person.writes(payload ? `/start ${payload}` : '/start'),
    async taps(label, more = {}) {
      const all = (await hand.chat(id)).messages;
      const message = all.findLast((m) => m.from === 'bot' && hadButton(m, label));
      if (!message)
        throw new Error(
          `no button "${label}" in the chat of ${name}; it shows: ${JSON.stringify(all.at(-1)?.buttons)}`,
        );
      const data = inlineButtons(message).find((b) => b.text === label)?.callback_data;
      if (data !== undefined) return tap(data, message, more.times);
      const key = (
        (message.raw['x_keyboard'] ?? []) as {
          text: string;
          request_contact?: boolean;
          request_location?: boolean;
        }[][]
      )
        .flat()
        .find((b) => b.text === label);
      if (key?.request_contact) return person.sharesContact(`62812${String(id).padStart(8, '0')}`);
      if (key?.request_location) return person.sharesLocation(-8.2192, 114.3691);
      return person.writes(label, more);
    },
    async tapsData(data, messageId) {
      const message = (await hand.chat(id)).messages.find((m) => m.id === messageId);
      if (!message) throw new Error(`no message ${messageId}`);
      return tap(data, message);
    },
    async sendsPhoto(bytes, more = {}) {
      const small = await hand.keepFile(bytes, 'jpg');
      const large = await hand.keepFile(bytes, 'jpg');
      return say(more.caption ?? '', {
        photo: [
          { file_id: small, file_unique_id: `u${small}`, width: 90, height: 67, file_size: 1200 },
          { file_id: large, file_unique_id: `u${large}`, width: 1280, height: 960, file_size: bytes.length },
        ],
        ...(more.caption ? { caption: more.caption } : {}),
        ...(more.album ? { media_group_id: more.album } : {}),
      });
    },
    async sendsDocument(bytes, more = {}) {
      const file_id = await hand.keepFile(bytes, 'bin');
      const document = {
        file_id,
        file_unique_id: `u${file_id}`,
        file_name: more.name ?? 'berkas.pdf',
        mime_type: more.mime ?? 'application/pdf',
        file_size: bytes.length,
      };
      return say(more.caption ?? '', { document, ...(more.caption ? { caption: more.caption } : {}) });
    },
    async sendsVoice(bytes) {
      const file_id = await hand.keepFile(bytes, 'ogg');
      return say('', {
        voice: {
          file_id,
          file_unique_id: `u${file_id}`,
          duration: 4,
          mime_type: 'audio/ogg',
          file_size: bytes.length,
        },
      });
    },
    sendsSticker: () =>
      say('', {
        sticker: {
          file_id: 'sticker-1',
          file_unique_id: 's1',
          type: 'regular',
          width: 512,
          height: 512,
          is_animated: false,
          is_video: false,
        },
      }),
    sharesContact: (phone, more = {}) =>
      say('', {
        contact: {
          phone_number: phone,
          first_name: more.of === undefined ? name : 'Orang Lain',
          user_id: more.of ?? id,
        },
      }),
    sends: (what) => say('', UNREADABLE[what]),
    sharesLocation(latitude, longitude, more = {}) {
      const location = { latitude, longitude };
      const { venue: title } = more;
      const venue = title === undefined ? {} : { venue: { location, title, address: 'Banyuwangi' } };
      return say('', { location, ...venue });
    },
    async edits(text) {
      const last = (await hand.chat(id)).messages.findLast((m) => m.from === 'person');
      if (!last) throw new Error(`${name} has written nothing yet`);
      return hand.deliver({
        edited_message: { message_id: last.id, from, chat, date: seconds(), edit_date: seconds(), text },
      });
    },
    blocks: () => member('member', 'kicked', true),
    unblocks: () => member('kicked', 'member', false),
    async writesInGroup(group, text) {
      await hand.chat(group, { type: 'supergroup', title: 'Warga Dusun' });
      const message_id = await hand.write(group, text);
      return hand.deliver({
        message: {
          message_id,
          from,
          chat: { id: group, type: 'supergroup', title: 'Warga Dusun' },
          date: seconds(),
          text,
        },
      });
    },
    messages: async () => (await hand.chat(id)).messages,
    hears: async () => (await hand.chat(id)).messages.filter((m) => m.from === 'bot').map((m) => m.text),
    async waitsFor(pattern, withinMs) {
      const found = await waitFor(hand, { id, name }, pattern, seen, withinMs);
      seen = found.id;
      return found;
    },
  };
  return person;

  async function tap(data: string, message: Message, times?: number): Promise<number> {
    const query = await hand.query();
    const shown = { ...message.raw };
    delete shown['x_keyboard'];
    delete shown['x_first_markup'];
    return hand.deliver(
      { callback_query: { id: query, from, message: shown, chat_instance: `${id}`, data } },
      times,
    );
  }

  async function member(before: string, after: string, blocked: boolean): Promise<number> {
    await hand.chat(id);
    await hand.block(id, blocked);
    const user = { id: 7001, is_bot: true, first_name: 'Desa Uji' };
    return hand.deliver({
      my_chat_member: {
        chat,
        from,
        date: seconds(),
        old_chat_member: { user, status: before },
        new_chat_member: { user, status: after, ...(blocked ? { until_date: 0 } : {}) },
      },
    });
  }
}

interface Inline {
  text: string;
  callback_data?: string;
}

/** The buttons that a message was sent with; a phone may still show those that were taken off meanwhile. */
function inlineButtons(message: Message): Inline[] {
  const markup = (message.raw['reply_markup'] ?? message.raw['x_first_markup']) as
    { inline_keyboard?: Inline[][] } | undefined;
  return (markup?.inline_keyboard ?? []).flat();
}

function hadButton(message: Message, label: string): boolean {
  return inlineButtons(message).some((b) => b.text === label) || message.buttons.flat().includes(label);
}

function commandIn(text: string): { entities?: unknown[] } {
  const command = /^\/\w+(?:@\w+)?/u.exec(text)?.[0];
  return command ? { entities: [{ type: 'bot_command', offset: 0, length: command.length }] } : {};
}

export function seconds(at = new Date()): number {
  return Math.floor(at.getTime() / 1000);
}

/** The first message of the bot in a chat, after the one with id `after`, whose text fits. */
export async function waitFor(
  hand: Hand,
  chat: { id: number; name: string },
  pattern: string | RegExp,
  after: number,
  withinMs = 15_000,
): Promise<Message> {
  const fits = (m: Message) =>
    m.from === 'bot' &&
    m.id > after &&
    (typeof pattern === 'string' ? m.text.includes(pattern) : pattern.test(m.text));
  const end = Date.now() + withinMs;
  for (;;) {
    const all = (await hand.chat(chat.id)).messages;
    const found = all.find(fits);
    if (found) return found;
    if (Date.now() > end) {
      const last = all.slice(-6).map((m) => `${m.from}: ${m.text} ${JSON.stringify(m.buttons)}`);
      throw new Error(`${chat.name} waited for ${String(pattern)}; the chat ends with:\n${last.join('\n')}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
