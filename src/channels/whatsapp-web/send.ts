import { createHash } from 'node:crypto';
import { z } from 'zod';
import { MediaError, SendError } from '../../core/errors.js';
import type { Outgoing } from '../../core/outgoing.js';
import type { Log } from '../../core/ports.js';
import type { MediaSource } from '../channel.js';
import { isPerson } from './address.js';
import { AskError, type Child } from './child.js';
import { notReady, toSendError } from './errors.js';
import type { Own } from './own.js';
import { render, type Part } from './render.js';
import { OwnMessage, Sent, type SendPart } from './talk.js';

export interface SendDeps {
  /** The process whose page is ready. */
  child: () => Child | null;
  /** The same, though WhatsApp may not be reached: what it shows can be read all the same. */
  page: () => Child | null;
  own: Own;
  /** The page does not get a message out, and must be begun anew. */
  stuck: () => void;
  log: Log;
  /** How long one message may take, in ms. */
  sendMs: number;
}

export interface Sending {
  send(chatId: string, message: Outgoing, media: MediaSource): Promise<{ externalIds: string[] }>;
  find(chatId: string, message: Outgoing, since: Date): Promise<string[] | null>;
}

/** A message that the server refuses so often is given up on. */
const MOST_REFUSALS = 5;
const REMEMBERED = 2_000;
/** The page's clock and ours; and WhatsApp tells whole seconds. */
const CLOCK_SECONDS = 5;
const FIND_MS = 30_000;
/** The browser's own words where the page did not answer: it works on. */
const TIMED_OUT = /timed out/iu;

interface Underway {
  /** The ids of the parts that are out. */
  done: string[];
  refusals: number;
}

/**
 * Sends one message, in as many parts as it takes. What is already out when a later part fails is remembered, and not
 * sent again when the same message is tried once more; so is what is found in the chat after an unknown outcome.
 */
export function createSending(deps: SendDeps): Sending {
  const underway = new Map<string, Underway>();
  /** Messages for whose sake the page was begun anew. */
  const begunAnew = new Set<string>();
  /** What a page never answered to: it may yet send it, as long as it lives. */
  const unanswered = new WeakMap<Child, Set<string>>();

  async function send(
    chatId: string,
    wanted: Outgoing,
    media: MediaSource,
  ): Promise<{ externalIds: string[] }> {
    if (!isPerson(chatId)) throw new SendError('permanent', 'no chat of a person on WhatsApp');
    const parts = render(wanted);
    if (parts.length === 0) throw new SendError('permanent', 'a message without text, photo or document');
    const key = keyOf(chatId, wanted);
    const state = underway.get(key) ?? { done: [], refusals: 0 };
    remember(key, state);
    for (const part of parts.slice(state.done.length)) {
      const loaded = await load(part, media);
      const id = await sendPart(chatId, loaded, state, key).catch((cause: unknown) => {
        if (!(cause instanceof SendError) || ['permanent', 'blocked'].includes(cause.failure))
          underway.delete(key);
        throw cause;
      });
      state.done.push(id);
    }
    underway.delete(key);
    const externalIds = state.done.filter((id) => id !== '');
    if (externalIds.length === 0) throw new SendError('permanent', 'nothing is left of the message');
    return { externalIds };
  }

  /** Resolves with the part's id; '' where it was left out. */
  async function sendPart(
    chat: string,
    part: SendPart | null,
    state: Underway,
    key: string,
  ): Promise<string> {
    if (!part) return '';
    const child = deps.child();
    if (!child) throw notReady();
    const known = deps.own.sending(wordsOf(part));
    let sent: z.infer<typeof Sent>;
    try {
      sent = await child.ask({ do: 'send', chat, part }, Sent, deps.sendMs);
    } catch (cause) {
      known(null);
      const isCertain = cause instanceof AskError && cause.isCertain;
      const error = toSendError((cause as Error).message, isCertain);
      if (error.failure === 'unknown' && (!isCertain || TIMED_OUT.test(error.message)))
        mayYetSend(child, key);
      throw error;
    }
    known(sent.id);
    if (sent.ack < 0) {
      state.refusals += 1;
      const isHopeless = state.refusals >= MOST_REFUSALS;
      throw new SendError(isHopeless ? 'permanent' : 'retry', 'send: WhatsApp refused the message');
    }
    if (sent.id === null) throw new SendError('unknown', 'send: the page does not say what became of it');
    return sent.id;
  }

  function mayYetSend(child: Child, key: string): void {
    const keys = unanswered.get(child);
    if (keys) keys.add(key);
    else unanswered.set(child, new Set([key]));
  }

  /** Reads the file first. A picture that is gone does not take the words with it; a document is the message. */
  async function load(part: Part, media: MediaSource): Promise<SendPart | null> {
    if (part.kind === 'text' || part.kind === 'location') return part;
    try {
      const { bytes, mime, name } = await media(part.attachmentId);
      return { ...part, bytes, mime, name: part.kind === 'document' ? part.name : name };
    } catch (cause) {
      const isLost = cause instanceof MediaError && cause.failure !== 'retry';
      if (!isLost)
        throw new SendError('retry', `attachment ${part.attachmentId} cannot be read now`, { cause });
      if (part.kind === 'document')
        throw new SendError('permanent', `attachment ${part.attachmentId} is gone`, { cause });
      deps.log.warn(
        { attachment: part.attachmentId, reason: cause.message },
        'whatsapp-web: sent without a picture that is gone',
      );
      return part.caption === undefined ? null : { kind: 'text', text: part.caption, quotes: part.quotes };
    }
  }

  /**
   * Looks for the parts of a message among ours in the chat. All: their ids. None, or only the first of them: [], and a
   * new try goes on where it stopped. Rejects where the line is not ready, or the page does not say, or may yet send it.
   */
  async function find(chatId: string, message: Outgoing, since: Date): Promise<string[] | null> {
    if (!isPerson(chatId)) return [];
    const child = deps.page();
    if (!child) throw notReady();
    const from = Math.floor(since.getTime() / 1000) - CLOCK_SECONDS;
    const messages = await child.ask({ do: 'own', chat: chatId, since: from }, z.array(OwnMessage), FIND_MS);
    const key = keyOf(chatId, message);
    // What is out since an earlier try lies further back than this look goes.
    const done = underway.get(key)?.done ?? [];
    // What we know to be another message of ours is not this one, though it says the same.
    const open = messages
      .filter(({ id, ack }) => ack >= 0 && !done.includes(id) && !deps.own.knows(id))
      .toSorted((a, b) => a.at - b.at);
    const found = [...done];
    const parts = render(message);
    for (const part of parts.slice(done.length)) {
      const at = open.findIndex((one) => isSame(part, one));
      if (at < 0) break;
      if (open[at]!.ack === 0) return isStillTried(key);
      found.push(open[at]!.id);
      open.splice(0, at + 1);
    }
    begunAnew.delete(key);
    if (parts.length > 0 && found.length === parts.length) {
      underway.delete(key);
      return found.filter((id) => id !== '');
    }
    // A file that is still going up is in no chat yet.
    if (unanswered.get(child)?.has(key)) throw beginAnew();
    if (found.length > done.length) remember(key, { done: found, refusals: 0 });
    return [];
  }

  /**
   * The page has it, but no word of the server: it goes on trying, or was never told. Begun anew, it knows: asked again,
   * the answer is another. Null where it is the same.
   */
  function isStillTried(key: string): null {
    if (begunAnew.delete(key)) return null;
    begunAnew.add(key);
    throw beginAnew();
  }

  /** The page ends, and what it was still doing with it; the next one is asked again. */
  function beginAnew(): SendError {
    deps.stuck();
    return new SendError('unknown', 'the message is still on its way');
  }

  /** Keeps a bounded memory: the oldest is forgotten first. */
  function remember(key: string, state: Underway): void {
    if (underway.size >= REMEMBERED) underway.delete(underway.keys().next().value!);
    underway.set(key, state);
  }

  return { send, find };
}

function keyOf(chatId: string, message: Outgoing): string {
  return createHash('sha256')
    .update(JSON.stringify([chatId, message]))
    .digest('base64');
}

function wordsOf(part: SendPart): string {
  if (part.kind === 'text') return part.text;
  return part.kind === 'location' ? '' : (part.caption ?? '');
}

const TYPES = { text: 'chat', photo: 'image', document: 'document', location: 'location' };

function isSame(part: Part, message: OwnMessage): boolean {
  if (message.type !== TYPES[part.kind]) return false;
  if (part.kind === 'location') return true;
  if (part.kind === 'text') return message.text === part.text;
  const isCaption = part.caption === undefined || message.text === part.caption;
  return isCaption && (part.kind !== 'document' || message.name === part.name);
}
