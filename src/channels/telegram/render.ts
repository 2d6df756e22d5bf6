import { KEYPAD_BUTTONS } from '../../core/keypad.js';
import { CHANNEL_LIMITS } from '../../core/limits.js';
import type { Choice, Outgoing } from '../../core/outgoing.js';
import { splitText } from '../splitText.js';
import { messageOf } from './ids.js';
import { layOut } from './keyboard.js';

/** One call of the Bot API. Uploads are named by attachment; the client puts their bytes in. */
export interface BotRequest {
  method:
    | 'sendMessage'
    | 'sendPhoto'
    | 'sendMediaGroup'
    | 'sendDocument'
    | 'editMessageText'
    | 'editMessageReplyMarkup';
  params: { [name: string]: unknown };
  /** Attachments in the order of the fields that carry them: `photo`, `document`, or the items of `media`. */
  uploads: { attachmentId: string; name?: string }[];
  /** Its failure does not matter to the message. */
  isOptional?: boolean;
}

export interface RenderState {
  /** A keyboard of ours still stands in the chat: the next message without one takes it away. */
  hasKeyboard: boolean;
  /** The topic of a group in which it is said. */
  thread?: string | null;
  /** The message there (external id) whose buttons this one takes off. */
  buttons?: string | null;
}

/** Words of the two request buttons, where the message brings none. */
const REQUEST_LABELS = { location: '📍 Kirim lokasi', contact: '📱 Kirim nomor saya' };
const { text: TEXT, caption: CAPTION } = CHANNEL_LIMITS.telegram;
const ALBUM = 10;

/**
 * A message of ours as calls of the Bot API, in the order in which they are made. Pure. Plain text, no markup
 * language: nothing that a person or a clerk writes can break it. The buttons stand under the last part.
 */
export function render(
  chatId: string,
  message: Outgoing,
  state: RenderState = { hasKeyboard: false },
): BotRequest[] {
  const markup = markupOf(message, state);
  const chat = {
    chat_id: chatId,
    ...(state.thread ? { message_thread_id: Number(state.thread) } : {}),
    ...(message.silent ? { disable_notification: true } : {}),
  };
  const requests: BotRequest[] = [];
  const text = message.text.trim();
  const fitsCaption = text.length <= CAPTION;
  const photos = message.photos ?? [];
  let rest = text;
  if (message.document) {
    const caption = fitsCaption && photos.length === 0 ? text : '';
    if (caption !== '') rest = '';
    requests.push({
      method: 'sendDocument',
      params: { ...chat, ...captionOf(caption), ...(rest === '' ? markup : {}) },
      uploads: [message.document],
    });
  }
  if (photos.length > 0) {
    // An album carries no buttons: its text then follows by itself.
    const caption = fitsCaption && (photos.length === 1 || !('reply_markup' in markup)) ? rest : '';
    if (caption !== '') rest = '';
    requests.push(
      ...pictures(chat, photos, caption, rest === '' && !(text === '' && message.document) ? markup : {}),
    );
  }
  const parts = splitText(rest, TEXT);
  parts.forEach((part, n) =>
    requests.push({
      method: 'sendMessage',
      params: {
        ...chat,
        text: part,
        link_preview_options: { is_disabled: true },
        ...(n === parts.length - 1 ? markup : {}),
      },
      uploads: [],
    }),
  );
  const closed = [message.closes, state.buttons].flatMap((id) => closing(chatId, id));
  return [...requests, ...closed];
}

/**
 * A message of ours as a change of the one that holds its slot; null where it is more than one message of words, which
 * no edit makes. The words and the buttons change in one call. Source: https://core.telegram.org/bots/api#editmessagetext
 */
export function renderEdit(chatId: string, message: Outgoing, messageId: number): BotRequest | null {
  const text = message.text.trim();
  const isWords = !message.document && !message.photos?.length && !message.request;
  if (!isWords || text === '' || splitText(text, TEXT).length > 1) return null;
  return {
    method: 'editMessageText',
    params: {
      chat_id: chatId,
      message_id: messageId,
      text,
      link_preview_options: { is_disabled: true },
      reply_markup: { inline_keyboard: layOut(message.choices ?? []).map((row) => row.map(button)) },
    },
    uploads: [],
  };
}

function pictures(
  chat: { chat_id: string; message_thread_id?: number },
  photos: string[],
  caption: string,
  markup: { reply_markup?: unknown },
): BotRequest[] {
  const groups = Array.from({ length: Math.ceil(photos.length / ALBUM) }, (_, n) =>
    photos.slice(n * ALBUM, (n + 1) * ALBUM),
  );
  return groups.map((group, n): BotRequest => {
    const uploads = group.map((attachmentId) => ({ attachmentId }));
    const words = n === 0 ? captionOf(caption) : {};
    if (group.length === 1) {
      return { method: 'sendPhoto', params: { ...chat, ...words, ...markup }, uploads };
    }
    const media = group.map((_, i) => ({ type: 'photo', ...(i === 0 ? words : {}) }));
    return { method: 'sendMediaGroup', params: { ...chat, media }, uploads };
  });
}

function captionOf(caption: string): { caption?: string } {
  return caption === '' ? {} : { caption };
}

/** Inline buttons; or, where the phone's location or number is asked for, the platform's own button for it. */
function markupOf(message: Outgoing, state: RenderState): { reply_markup?: unknown } {
  const choices = message.choices ?? [];
  if (message.request) {
    const label = message.requestLabel ?? REQUEST_LABELS[message.request];
    const keyboard = [
      [{ text: label, [`request_${message.request}`]: true }],
      // Only one kind of keyboard fits: these send their label, which is understood like a tap.
      ...layOut(choices).map((row) => row.map((choice) => ({ text: choice.label }))),
    ];
    return { reply_markup: { keyboard, resize_keyboard: true, one_time_keyboard: true } };
  }
  if (choices.length > 0)
    return { reply_markup: { inline_keyboard: rowsOf(message, choices).map((row) => row.map(button)) } };
  return state.hasKeyboard ? { reply_markup: { remove_keyboard: true } } : {};
}

/** A keypad's buttons stand three in a row, in their order; the rest as they fit. */
function rowsOf(message: Outgoing, choices: Choice[]): Choice[][] {
  if (!message.keypad) return layOut(choices);
  const rows = Array.from({ length: KEYPAD_BUTTONS / 3 }, (_, n) => choices.slice(n * 3, n * 3 + 3));
  return [...rows, ...layOut(choices.slice(KEYPAD_BUTTONS))];
}

function button(choice: Choice): { text: string; callback_data: string } {
  return { text: choice.label, callback_data: choice.payload };
}

/** Takes the buttons off a message, after what follows from it is said: its failure harms nobody. */
export function closing(chatId: string, externalId: string | null | undefined): BotRequest[] {
  const closed = externalId ? messageOf(externalId) : null;
  if (!closed || closed.chat !== chatId) return [];
  return [
    {
      method: 'editMessageReplyMarkup',
      params: { chat_id: chatId, message_id: closed.message, reply_markup: { inline_keyboard: [] } },
      uploads: [],
      isOptional: true,
    },
  ];
}
