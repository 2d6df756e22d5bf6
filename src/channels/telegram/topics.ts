import { SendError } from '../../core/errors.js';
import type { Outgoing } from '../../core/outgoing.js';
import type { Log } from '../../core/ports.js';
import type { Topic, TopicBook } from '../channel.js';
import type { BotApi } from './api.js';
import { toSendError } from './errors.js';
import { messageId } from './ids.js';

/** Characters of a topic's name. Source: https://core.telegram.org/bots/api#createforumtopic */
const NAME = 128;

type Wanted = NonNullable<Outgoing['topic']>;

/** The topics of groups: made where one is missing, opened again where it was closed, and closed at a subject's end. */
export interface Topics {
  /** The place of a subject. `made`: external ids of what making it put into the chat. */
  open(chatId: string, wanted: Wanted): Promise<Topic & { made: string[] }>;
  /** After a message there failed: another place to try, or null where the place is not to blame. It may be none of its own. */
  mend(
    chatId: string,
    wanted: Wanted,
    topic: Topic,
    error: SendError,
  ): Promise<(Topic & { made: string[] }) | null>;
  /** After a message went out: notes the one that has the buttons now, and closes the topic at the end. Never throws. */
  said(chatId: string, wanted: Wanted, topic: Topic, buttons: string | null): Promise<void>;
}

export function createTopics(deps: { api: BotApi; book: TopicBook; log: Log }): Topics {
  const { api, book, log } = deps;

  async function make(chatId: string, wanted: Wanted): Promise<Topic & { made: string[] }> {
    let topic: Topic = { id: null, buttons: null, isClosed: false };
    let made: string[] = [];
    try {
      const name = nameOf(wanted.title);
      const result = (await api.call('createForumTopic', { chat_id: chatId, name })) as {
        message_thread_id?: unknown;
      };
      if (typeof result.message_thread_id === 'number') {
        topic = { ...topic, id: String(result.message_thread_id) };
        // The group sees that a topic was made: one message, whose id is the topic's.
        made = [messageId(chatId, result.message_thread_id)];
      }
    } catch (cause) {
      const error = toSendError(cause, 'createForumTopic');
      // At worst an empty topic is left behind: no message went out.
      if (error.failure === 'unknown') throw new SendError('retry', error.message);
      if (error.failure !== 'permanent') throw error;
      // No forum, or no right to make topics: the group's messages stand in one row.
      log.info({ chat: chatId, reason: error.message }, 'telegram: a group without topics');
    }
    await keep(chatId, wanted, topic);
    return { ...topic, made };
  }

  async function keep(chatId: string, wanted: Wanted, topic: Topic): Promise<void> {
    try {
      await book.save(chatId, wanted.subject, topic);
    } catch (cause) {
      log.warn({ err: cause, chat: chatId }, 'telegram: a topic could not be noted');
    }
  }

  /** Closing and opening again are no reason to lose a message. */
  async function attempt(method: string, chatId: string, topic: Topic): Promise<boolean> {
    try {
      await api.call(method, { chat_id: chatId, message_thread_id: Number(topic.id) });
      return true;
    } catch (cause) {
      const error = toSendError(cause, method);
      log.info({ chat: chatId, reason: error.message }, 'telegram: left undone');
      // It is so already.
      return error.message.includes('TOPIC_NOT_MODIFIED');
    }
  }

  return {
    async open(chatId, wanted) {
      let known: Topic | null;
      try {
        known = await book.load(chatId, wanted.subject);
      } catch (cause) {
        throw new SendError('retry', 'the topics cannot be read now', { cause });
      }
      if (!known) return await make(chatId, wanted);
      if (known.id === null || !known.isClosed || wanted.closes) return { ...known, made: [] };
      const isClosed = !(await attempt('reopenForumTopic', chatId, known));
      return { ...known, isClosed, made: [] };
    },
    async mend(chatId, wanted, topic, error) {
      if (topic.id === null) return null;
      if (/thread not found|topic_deleted|topic_id_invalid/iu.test(error.message))
        return await make(chatId, wanted);
      if (!/topic_closed/iu.test(error.message)) return null;
      // Without the right to open it again, it is said among the group's other messages.
      const isOpen = await attempt('reopenForumTopic', chatId, topic);
      return { ...topic, isClosed: !isOpen, id: isOpen ? topic.id : null, made: [] };
    },
    async said(chatId, wanted, topic, buttons) {
      const { id } = topic;
      const isClosed =
        id === null
          ? false
          : wanted.closes
            ? await attempt('closeForumTopic', chatId, topic)
            : topic.isClosed;
      if (topic.buttons !== buttons || topic.isClosed !== isClosed)
        await keep(chatId, wanted, { id, buttons, isClosed });
    },
  };
}

function nameOf(title: string): string {
  const characters = [...title.trim()];
  const name = characters.length > NAME ? `${characters.slice(0, NAME - 1).join('')}…` : characters.join('');
  return name === '' ? '…' : name;
}
