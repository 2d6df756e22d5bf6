import { confirm, keepFile, type Chat, type Message, type State } from './state.js';

/** What a method refuses with, as the Bot API words it. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    description: string,
    readonly parameters?: { retry_after?: number; migrate_to_chat_id?: number },
  ) {
    super(description);
  }
}

export interface Request {
  params: { [name: string]: unknown };
  uploads: { [name: string]: Uint8Array };
}

type Method = (state: State, request: Request) => unknown;

const FIRST_UPDATES = ['message', 'edited_message', 'channel_post', 'callback_query', 'my_chat_member'];

/** The methods of the Bot API that stand here, with the limits and refusals of the real one. */
export const methods: { [name: string]: Method } = {
  getMe: (state) => ({
    id: state.botId,
    is_bot: true,
    first_name: 'Desa Uji',
    username: state.username,
    can_join_groups: true,
    can_read_all_group_messages: false,
    supports_inline_queries: false,
  }),
  setWebhook: (state, { params }) => {
    state.webhook = params['url']
      ? { url: text(params, 'url'), secret: params['secret_token'] as string | undefined }
      : null;
    state.allowed = list(params['allowed_updates']) ?? FIRST_UPDATES;
    return true;
  },
  deleteWebhook: (state) => {
    state.webhook = null;
    return true;
  },
  getWebhookInfo: (state) => ({ url: state.webhook?.url ?? '', pending_update_count: state.waiting.length }),
  setMyCommands: (state, { params }) => {
    state.commands = (
      typeof params['commands'] === 'string' ? JSON.parse(params['commands']) : params['commands']
    ) as State['commands'];
    for (const { command, description } of state.commands) {
      if (!/^[a-z0-9_]{1,32}$/u.test(command)) throw new Refusal(400, 'Bad Request: BOT_COMMAND_INVALID');
      if (!description || description.length > 256)
        throw new Refusal(400, 'Bad Request: BOT_COMMAND_DESCRIPTION_INVALID');
    }
    return true;
  },
  sendMessage: (state, { params }) => {
    const chat = openChat(state, params);
    const words = text(params, 'text');
    if (words.trim() === '') throw new Refusal(400, 'Bad Request: message text is empty');
    if (words.length > 4096) throw new Refusal(400, 'Bad Request: message is too long');
    return put(state, chat, { text: words }, words, [], params);
  },
  sendPhoto: (state, request) => {
    const chat = openChat(state, request.params);
    const photo = upload(state, request, 'photo', 'jpg', 10_485_760);
    const caption = captionOf(request.params);
    return put(
      state,
      chat,
      { photo: [{ file_id: photo, width: 800, height: 600 }], caption },
      caption ?? '',
      [photo],
      request.params,
    );
  },
  sendDocument: (state, request) => {
    const chat = openChat(state, request.params);
    const document = upload(state, request, 'document', 'pdf', 52_428_800);
    const caption = captionOf(request.params);
    return put(state, chat, { document: { file_id: document }, caption }, caption ?? '', [], request.params);
  },
  sendMediaGroup: (state, { params, uploads }) => {
    const chat = openChat(state, params);
    const media = (typeof params['media'] === 'string' ? JSON.parse(params['media']) : params['media']) as {
      type: string;
      media: string;
      caption?: string;
    }[];
    if (media.length < 2 || media.length > 10)
      throw new Refusal(400, 'Bad Request: there must be 2-10 items in a media group');
    if (params['reply_markup'] !== undefined)
      throw new Refusal(400, 'Bad Request: reply markup is not allowed in a media group');
    const group = `album-${state.nextMessage}`;
    return media.map((item) => {
      const bytes = uploads[item.media.replace(/^attach:\/\//u, '')];
      if (!bytes) throw new Refusal(400, 'Bad Request: wrong file identifier/HTTP URL specified');
      const photo = keepFile(state, bytes, 'jpg');
      const caption = captionOf({ caption: item.caption });
      return put(
        state,
        chat,
        { photo: [{ file_id: photo }], caption, media_group_id: group },
        caption ?? '',
        [photo],
        params['message_thread_id'] === undefined ? {} : { message_thread_id: params['message_thread_id'] },
      );
    });
  },
  editMessageText: (state, { params }) => {
    const message = ownMessage(openChat(state, params), params);
    const words = text(params, 'text').trim();
    if (words === '') throw new Refusal(400, 'Bad Request: message text is empty');
    if (words.length > 4096) throw new Refusal(400, 'Bad Request: MESSAGE_TOO_LONG');
    if (typeof message.raw['text'] !== 'string')
      throw new Refusal(400, 'Bad Request: there is no text in the message to edit');
    // Without a markup the buttons go.
    const markup = readMarkup(params);
    if (words === message.text && isSameMarkup(markup, message)) throw notModified();
    setMarkup(message, markup);
    message.text = words;
    message.edits = (message.edits ?? 0) + 1;
    Object.assign(message.raw, { text: words, edit_date: Math.floor(state.now() / 1000) });
    return message.raw;
  },
  editMessageReplyMarkup: (state, { params }) => {
    const message = ownMessage(openChat(state, params), params);
    const markup = readMarkup(params);
    if (isSameMarkup(markup, message)) throw notModified();
    setMarkup(message, markup);
    return message.raw;
  },
  answerCallbackQuery: (state, { params }) => {
    if (!state.queries.delete(text(params, 'callback_query_id'))) {
      throw new Refusal(
        400,
        'Bad Request: query is too old and response timeout expired or query ID is invalid',
      );
    }
    return true;
  },
  getFile: (state, { params }) => {
    const file = state.files.get(text(params, 'file_id'));
    if (!file) throw new Refusal(400, 'Bad Request: invalid file_id');
    if (file.bytes.length > 20_971_520) throw new Refusal(400, 'Bad Request: file is too big');
    return {
      file_id: file.id,
      file_unique_id: `u-${file.id}`,
      file_size: file.bytes.length,
      file_path: file.path,
    };
  },
  createForumTopic: (state, { params }) => {
    const chat = forum(state, params);
    const name = text(params, 'name');
    if (name.trim() === '' || [...name].length > 128)
      throw new Refusal(400, 'Bad Request: invalid forum topic name specified');
    const id = state.nextMessage++;
    chat.topics[id] = { name, isClosed: false };
    return { message_thread_id: id, name, icon_color: 7322096 };
  },
  closeForumTopic: (state, { params }) => setTopic(forum(state, params), params, true),
  reopenForumTopic: (state, { params }) => setTopic(forum(state, params), params, false),
};

/** getUpdates without its waiting: what is there now. */
export function updatesNow(state: State, params: { [name: string]: unknown }): unknown[] {
  if (state.webhook) {
    throw new Refusal(
      409,
      "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
    );
  }
  const allowed = list(params['allowed_updates']);
  if (allowed) state.allowed = allowed;
  const offset = Number(params['offset'] ?? 0);
  if (offset > 0) confirm(state, offset);
  if (state.isHolding) return [];
  const batch = state.waiting.slice(0, Math.min(100, Number(params['limit'] ?? 100)));
  for (const entry of batch) entry.delivered = true;
  return batch.map((entry) => entry.update);
}

function openChat(state: State, params: { [name: string]: unknown }): Chat {
  const chat = state.chats.get(Number(params['chat_id']));
  if (!chat) throw new Refusal(400, 'Bad Request: chat not found');
  if (chat.movedTo !== null)
    throw new Refusal(400, 'Bad Request: group chat was upgraded to a supergroup chat', {
      migrate_to_chat_id: chat.movedTo,
    });
  if (chat.blocked) throw new Refusal(403, 'Forbidden: bot was blocked by the user');
  if (chat.bot === 'kicked') throw new Refusal(403, `Forbidden: bot was kicked from the ${chat.type} chat`);
  if (chat.bot === 'left') throw new Refusal(403, `Forbidden: bot is not a member of the ${chat.type} chat`);
  if (!chat.isStarted) throw new Refusal(403, "Forbidden: bot can't initiate conversation with a user");
  return chat;
}

/** A message of the bot's: no other may be changed. */
function ownMessage(chat: Chat, params: { [name: string]: unknown }): Message {
  const message = chat.messages.find((m) => m.id === Number(params['message_id']));
  if (!message) throw new Refusal(400, 'Bad Request: message to edit not found');
  if (message.from !== 'bot') throw new Refusal(400, "Bad Request: message can't be edited");
  return message;
}

function isSameMarkup(markup: { [field: string]: unknown } | null, message: Message): boolean {
  const buttons = (one: unknown) =>
    JSON.stringify(((one ?? {}) as { inline_keyboard?: unknown[] }).inline_keyboard ?? []);
  return buttons(markup) === buttons(message.raw['reply_markup']);
}

function setMarkup(message: Message, markup: { [field: string]: unknown } | null): void {
  message.buttons = labelsOf(markup);
  // A phone that has not heard of it yet still shows the buttons: a double tap meets them.
  message.raw['x_first_markup'] ??= message.raw['reply_markup'];
  message.raw['reply_markup'] = message.buttons.length > 0 ? markup : undefined;
}

function notModified(): Refusal {
  return new Refusal(
    400,
    'Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message',
  );
}

function forum(state: State, params: { [name: string]: unknown }): Chat {
  const chat = openChat(state, params);
  if (!chat.isForum) throw new Refusal(400, 'Bad Request: the chat is not a forum');
  if (chat.bot !== 'administrator')
    throw new Refusal(400, 'Bad Request: not enough rights to create a topic');
  return chat;
}

function setTopic(chat: Chat, params: { [name: string]: unknown }, isClosed: boolean): true {
  const topic = chat.topics[Number(params['message_thread_id'])];
  if (!topic) throw new Refusal(400, 'Bad Request: TOPIC_ID_INVALID');
  if (topic.isClosed === isClosed) throw new Refusal(400, 'Bad Request: TOPIC_NOT_MODIFIED');
  topic.isClosed = isClosed;
  return true;
}

/** The topic that a message is for; undefined: the group's main row. */
function topicFor(chat: Chat, params: { [name: string]: unknown }): number | undefined {
  if (params['message_thread_id'] === undefined) return undefined;
  const id = Number(params['message_thread_id']);
  const topic = chat.topics[id];
  if (!topic) throw new Refusal(400, 'Bad Request: message thread not found');
  if (topic.isClosed && chat.bot !== 'administrator') throw new Refusal(400, 'Bad Request: TOPIC_CLOSED');
  return id;
}

function put(
  state: State,
  chat: Chat,
  body: { [field: string]: unknown },
  words: string,
  photos: string[],
  params: { [name: string]: unknown },
) {
  const markup = readMarkup(params);
  const topic = topicFor(chat, params);
  const id = state.nextMessage++;
  const message: Message = {
    id,
    from: 'bot',
    text: words,
    buttons: labelsOf(markup),
    photos,
    ...(String(params['disable_notification']) === 'true' ? { isSilent: true as const } : {}),
    ...(topic === undefined ? {} : { topic }),
    raw: {
      message_id: id,
      ...(topic === undefined ? {} : { message_thread_id: topic, is_topic_message: true }),
      from: { id: state.botId, is_bot: true, first_name: 'Desa Uji', username: state.username },
      chat: { id: chat.id, type: chat.type, ...(chat.isForum ? { is_forum: true } : {}) },
      date: Math.floor(state.now() / 1000),
      ...body,
      ...(markup?.['inline_keyboard'] ? { reply_markup: markup } : {}),
    },
  };
  // The keyboard of the chat is no part of the message, but the person sees it.
  if (markup?.['keyboard']) message.raw['x_keyboard'] = markup['keyboard'];
  chat.messages.push(message);
  return message.raw;
}

interface Button {
  text: string;
  callback_data?: string;
}

function readMarkup(params: { [name: string]: unknown }): { [field: string]: unknown } | null {
  const given = params['reply_markup'];
  if (given === undefined) return null;
  const markup = (typeof given === 'string' ? JSON.parse(given) : given) as { [field: string]: unknown };
  for (const button of ((markup['inline_keyboard'] ?? []) as Button[][]).flat()) {
    if (!button.text) throw new Refusal(400, 'Bad Request: inline keyboard button text must be non-empty');
    const size = Buffer.byteLength(button.callback_data ?? '');
    if (size < 1 || size > 64) throw new Refusal(400, 'Bad Request: BUTTON_DATA_INVALID');
  }
  return markup;
}

function labelsOf(markup: { [field: string]: unknown } | null): string[][] {
  const rows = (markup?.['inline_keyboard'] ?? markup?.['keyboard'] ?? []) as (Button | string)[][];
  return rows.map((row) => row.map((button) => (typeof button === 'string' ? button : button.text)));
}

function captionOf(params: { [name: string]: unknown }): string | undefined {
  const caption = params['caption'];
  if (typeof caption !== 'string') return undefined;
  if (caption.length > 1024) throw new Refusal(400, 'Bad Request: message caption is too long');
  return caption;
}

function upload(
  state: State,
  { params, uploads }: Request,
  field: string,
  extension: string,
  most: number,
): string {
  const bytes = uploads[field];
  if (bytes) {
    if (bytes.length > most) throw new Refusal(413, 'Request Entity Too Large');
    if (bytes.length === 0) throw new Refusal(400, 'Bad Request: file must be non-empty');
    return keepFile(state, bytes, extension);
  }
  const known = params[field];
  if (typeof known === 'string' && state.files.has(known)) return known;
  throw new Refusal(400, 'Bad Request: wrong file identifier/HTTP URL specified');
}

function text(params: { [name: string]: unknown }, name: string): string {
  const value = params[name];
  if (typeof value !== 'string') throw new Refusal(400, `Bad Request: parameter "${name}" is required`);
  return value;
}

function list(value: unknown): string[] | null {
  if (value === undefined) return null;
  return (typeof value === 'string' ? JSON.parse(value) : value) as string[];
}
