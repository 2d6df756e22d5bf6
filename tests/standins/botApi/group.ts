import type { Hand, Person } from './person.js';
import { seconds, waitFor } from './person.js';
import type { Chat, Message } from './state.js';

/** A group with our bot in it or not: `bot.group(-1001, 'Kantor Desa', { forum: true })`. */
export interface Group {
  readonly id: number;
  /** A link `?startgroup=<payload>`: the person adds the bot, and the link's payload is handed in. */
  addsBot(by: Person, payload?: string): Promise<void>;
  /** An admin makes the bot one, who may manage topics. */
  promotesBot(by: Person): Promise<void>;
  /** Writes as a person of the group does; `topic` by its name. */
  says(by: Person, text: string): Promise<number>;
  /** Taps the button of the newest message of ours that shows it. */
  taps(by: Person, label: string): Promise<number>;
  /** The bot is put out. */
  putsOut(by: Person): Promise<number>;
  /** The group becomes a supergroup with another id. Resolves with it. */
  becomes(id: number, by: Person): Promise<Group>;
  deletesTopic(name: string): Promise<void>;
  /** Somebody closes a topic, or opens it again. */
  closesTopic(name: string, isClosed?: boolean): Promise<void>;
  /** The topics that stand, by name: the texts in each, and whether it is closed. `''`: the main row. */
  topics(): Promise<{ name: string; isClosed: boolean; texts: string[] }[]>;
  /** What the bot said, wherever, in order. */
  hears(): Promise<string[]>;
  messages(): Promise<Message[]>;
  waitsFor(pattern: string | RegExp, withinMs?: number): Promise<Message>;
}

export function createGroup(hand: Hand, first: number, title: string, forum: boolean): Group {
  const id = first;
  const about = () => ({
    id,
    title,
    type: forum || String(id).startsWith('-100') ? ('supergroup' as const) : ('group' as const),
    ...(forum ? { is_forum: true } : {}),
  });
  let seen = 0;
  const open = async (): Promise<Chat> => {
    const chat = await hand.chat(id, { type: about().type, title });
    if (forum && !chat.isForum) await hand.change(id, { isForum: true });
    return await hand.chat(id);
  };
  const member = async (by: Person, before: Chat['bot'], after: Chat['bot']): Promise<number> => {
    await open();
    await hand.change(id, { bot: after });
    const user = { id: 7001, is_bot: true, first_name: 'Desa Uji' };
    return await hand.deliver({
      my_chat_member: {
        chat: about(),
        from: { id: by.id, is_bot: false, first_name: by.name },
        date: seconds(),
        old_chat_member: { user, status: before },
        new_chat_member: { user, status: after },
      },
    });
  };
  const topicIds = async (name: string): Promise<number[]> =>
    Object.entries((await hand.chat(id)).topics)
      .filter(([, topic]) => topic.name.includes(name))
      .map(([topic]) => Number(topic));

  const group: Group = {
    id,
    async addsBot(by, payload) {
      await member(by, 'left', 'member');
      if (payload !== undefined) await group.says(by, `/start@desa_uji_bot ${payload}`);
    },
    async promotesBot(by) {
      await member(by, 'member', 'administrator');
    },
    async says(by, text) {
      await open();
      const message_id = await hand.write(id, text);
      const from = { id: by.id, is_bot: false, first_name: by.name };
      return await hand.deliver({ message: { message_id, from, chat: about(), date: seconds(), text } });
    },
    async taps(by, label) {
      const message = (await open()).messages.findLast(
        (m) => m.from === 'bot' && m.buttons.flat().includes(label),
      );
      if (!message) throw new Error(`no button "${label}" in the group ${title}`);
      const markup = message.raw['reply_markup'] as {
        inline_keyboard: { text: string; callback_data: string }[][];
      };
      const data = markup.inline_keyboard.flat().find((button) => button.text === label)!.callback_data;
      // Telegram knows them from now on, but a bot may not write to them first.
      await hand.chat(by.id);
      return await hand.deliver({
        callback_query: {
          id: await hand.query(),
          from: { id: by.id, is_bot: false, first_name: by.name },
          message: { ...message.raw, chat: about() },
          chat_instance: `${id}`,
          data,
        },
      });
    },
    putsOut: async (by) => await member(by, (await open()).bot, 'kicked'),
    async becomes(to, by) {
      const chat = await open();
      const next = createGroup(hand, to, title, forum);
      await hand.chat(to, { type: 'supergroup', title });
      await hand.change(to, { bot: chat.bot });
      await hand.change(id, { movedTo: to });
      const from = { id: by.id, is_bot: false, first_name: by.name };
      await hand.deliver({
        message: {
          message_id: await hand.write(id, ''),
          from,
          chat: about(),
          date: seconds(),
          migrate_to_chat_id: to,
        },
      });
      await hand.deliver({
        message: {
          message_id: await hand.write(to, ''),
          from,
          chat: { id: to, title, type: 'supergroup' },
          date: seconds(),
          migrate_from_chat_id: id,
        },
      });
      return next;
    },
    async deletesTopic(name) {
      const { topics } = await open();
      const gone = await topicIds(name);
      await hand.change(id, {
        topics: Object.fromEntries(Object.entries(topics).filter(([topic]) => !gone.includes(Number(topic)))),
      });
    },
    async closesTopic(name, isClosed = true) {
      const { topics } = await open();
      const meant = await topicIds(name);
      await hand.change(id, {
        topics: Object.fromEntries(
          Object.entries(topics).map(([topic, now]) => [
            topic,
            meant.includes(Number(topic)) ? { ...now, isClosed } : now,
          ]),
        ),
      });
    },
    async topics() {
      const { topics, messages } = await open();
      const textsIn = (topic: number | undefined) =>
        messages.filter((m) => m.from === 'bot' && m.topic === topic).map((m) => m.text);
      const main = textsIn(undefined);
      return [
        ...(main.length > 0 ? [{ name: '', isClosed: false, texts: main }] : []),
        ...Object.entries(topics).map(([topic, known]) => ({ ...known, texts: textsIn(Number(topic)) })),
      ];
    },
    messages: async () => (await open()).messages,
    hears: async () => (await open()).messages.filter((m) => m.from === 'bot').map((m) => m.text),
    async waitsFor(pattern, withinMs) {
      await open();
      const found = await waitFor(hand, { id, name: title }, pattern, seen, withinMs);
      seen = found.id;
      return found;
    },
  };
  return group;
}
