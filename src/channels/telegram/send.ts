import { createHash } from 'node:crypto';
import { SendError } from '../../core/errors.js';
import type { Outgoing } from '../../core/outgoing.js';
import type { Log } from '../../core/ports.js';
import type { MediaSource, SlotBook, Topic, TopicBook } from '../channel.js';
import { loadFiles, type Files } from '../loadFiles.js';
import type { BotApi } from './api.js';
import { toSendError } from './errors.js';
import { messageId, messageOf } from './ids.js';
import { closing, render, type BotRequest } from './render.js';
import { createSlots } from './slots.js';
import { createTopics } from './topics.js';

/** An upload over a weak line takes its time. */
const UPLOAD_MS = 60_000;
const REMEMBERED = 2000;

export type Send = (
  chatId: string,
  message: Outgoing,
  media: MediaSource,
) => Promise<{ externalIds: string[] }>;

/**
 * Sends one message, in as many calls as it takes. What is already out when a later part fails is remembered, and
 * not sent again when the same message is tried once more.
 */
export function createSend(deps: {
  api: BotApi;
  log: Log;
  now: () => Date;
  /** Without: groups get their messages in one row. */
  topics?: TopicBook;
  /** Without: what would change an earlier message goes anew. */
  slots?: SlotBook;
}): Send {
  const underway = new Map<string, string[][]>();
  const keyboards = new Set<string>();
  /** Chats that Telegram finds too fast, until when. */
  const slowed = new Map<string, number>();
  const topics = deps.topics ? createTopics({ ...deps, book: deps.topics }) : null;
  const slots = deps.slots ? createSlots({ ...deps, book: deps.slots }) : null;

  return async (chatId, wanted, media) => {
    const { message, files } = await loadFiles(wanted, media, deps.log, 'telegram');
    try {
      return { externalIds: await sendInSlot(chatId, await withoutClosingSlot(chatId, message), files) };
    } catch (cause) {
      throw weigh(toSendError(cause, 'send'), chatId);
    }
  };

  /** What a slot shows is changed by the next message of that slot alone: a tap there takes no buttons off. */
  async function withoutClosingSlot(chatId: string, message: Outgoing): Promise<Outgoing> {
    const tapped = message.closes && slots ? messageOf(message.closes) : null;
    if (tapped?.chat !== chatId || !(await slots!.isHeld(chatId, messageId(tapped.chat, tapped.message))))
      return message;
    return { ...message, closes: undefined };
  }

  /** What takes the place of an earlier message changes that one; where it cannot be, it goes anew. */
  async function sendInSlot(chatId: string, message: Outgoing, files: Files): Promise<string[]> {
    if (message.slot === undefined || !slots) return await sendInTopic(chatId, message, files);
    const held = await slots.held(chatId, message.slot);
    if (held && !message.anew && (await slots.edit(chatId, message.slot, held, message))) {
      for (const request of closing(chatId, message.closes)) await call(request, files);
      return [held.externalId];
    }
    const sent = await sendInTopic(chatId, message, files);
    const hasButtons = (message.choices ?? []).length > 0;
    await slots.keep(chatId, message.slot, { externalId: sent.at(-1)!, hasButtons });
    const before = held?.hasButtons ? closing(chatId, held.externalId) : [];
    for (const request of before) await call(request, files);
    return sent;
  }

  /** What belongs into a topic is said there; where the topic is gone, in a new one. */
  async function sendInTopic(chatId: string, message: Outgoing, files: Files): Promise<string[]> {
    const { topic: wanted } = message;
    if (!wanted || !topics) return await sendParts(chatId, message, files, null);
    let topic = await topics.open(chatId, wanted);
    const { made } = topic;
    let sent: string[];
    try {
      sent = await sendParts(chatId, message, files, topic);
    } catch (cause) {
      const mended = await topics.mend(chatId, wanted, topic, toSendError(cause, 'send'));
      if (!mended) throw cause;
      topic = mended;
      made.push(...mended.made);
      sent = await sendParts(chatId, message, files, topic);
    }
    const hasButtons = (message.choices ?? []).length > 0;
    await topics.said(chatId, wanted, topic, hasButtons ? (sent.at(-1) ?? null) : null);
    return [...made, ...sent];
  }

  async function sendParts(
    chatId: string,
    message: Outgoing,
    files: Files,
    topic: Topic | null,
  ): Promise<string[]> {
    const requests = render(chatId, message, {
      hasKeyboard: keyboards.has(chatId),
      thread: topic?.id ?? null,
      buttons: topic?.buttons ?? null,
    });
    if (requests.length === 0) throw new SendError('permanent', 'a message without text, photo or document');
    const key = createHash('sha256')
      .update(JSON.stringify([chatId, message]))
      .digest('base64');
    const done = underway.get(key) ?? [];
    try {
      for (const request of requests.slice(done.length)) done.push(await call(request, files));
    } catch (cause) {
      const error = toSendError(cause, 'send');
      if (done.length > 0 && mayComeAgain(error)) remember(underway, key, done);
      else underway.delete(key);
      throw error;
    }
    underway.delete(key);
    if (message.request) remember(keyboards, chatId);
    else if (requests.some((request) => removesKeyboard(request))) keyboards.delete(chatId);
    return done.flat();
  }

  async function call(request: BotRequest, files: Files): Promise<string[]> {
    try {
      const result = await deps.api.call(
        request.method,
        withUploads(request, files),
        request.uploads.length > 0 ? { ms: UPLOAD_MS } : {},
      );
      if (request.isOptional) return [];
      return (Array.isArray(result) ? result : [result]).flatMap((sent: unknown) => {
        const { message_id, chat } = (sent ?? {}) as { message_id?: number; chat?: { id?: number } };
        return message_id === undefined || chat?.id === undefined ? [] : [messageId(chat.id, message_id)];
      });
    } catch (cause) {
      if (!request.isOptional) throw cause;
      deps.log.info(
        { method: request.method, reason: toSendError(cause, request.method).message },
        'telegram: left undone',
      );
      return [];
    }
  }

  /** Telegram does not say whether one chat or the whole bot is too fast: a second chat within the wait tells. */
  function weigh(error: SendError, chatId: string): SendError {
    if (error.failure !== 'delayed') return error;
    const now = deps.now().getTime();
    for (const [chat, until] of slowed) if (until <= now) slowed.delete(chat);
    slowed.set(chatId, now + (error.retryAfter ?? 0) * 1000);
    if (slowed.size === 1) return error;
    return new SendError('throttled', error.message, { retryAfter: error.retryAfter ?? 5 });
  }
}

function withUploads(request: BotRequest, loaded: Files): object {
  const files = request.uploads.map(({ attachmentId, name }) => {
    const file = loaded.get(attachmentId)!;
    return { source: Buffer.from(file.bytes), filename: name ?? file.name };
  });
  if (request.method === 'sendPhoto') return { ...request.params, photo: files[0] };
  if (request.method === 'sendDocument') return { ...request.params, document: files[0] };
  if (request.method !== 'sendMediaGroup') return request.params;
  const items = request.params['media'] as object[];
  return { ...request.params, media: items.map((item, n) => ({ ...item, media: files[n] })) };
}

function mayComeAgain(error: SendError): boolean {
  return ['throttled', 'delayed', 'retry', 'unknown'].includes(error.failure);
}

function removesKeyboard(request: BotRequest): boolean {
  return 'remove_keyboard' in ((request.params['reply_markup'] ?? {}) as object);
}

/** Keeps a bounded memory: the oldest is forgotten first. */
function remember(memory: Set<string>, key: string): void;
function remember<V>(memory: Map<string, V>, key: string, value: V): void;
function remember(memory: Set<string> | Map<string, unknown>, key: string, value?: unknown): void {
  if (memory.size >= REMEMBERED) memory.delete(memory.keys().next().value!);
  if (memory instanceof Set) memory.add(key);
  else memory.set(key, value);
}
