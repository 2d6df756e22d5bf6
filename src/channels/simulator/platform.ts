import type { Content, Inbound, MediaRef } from '../../core/content.js';
import { MediaError, SendError } from '../../core/errors.js';
import { withoutToken } from '../../core/inviteToken.js';
import type { Outgoing } from '../../core/outgoing.js';
import { isKeypadTap } from '../../core/payload.js';
import type { NewId, Now } from '../../core/ports.js';
import {
  SIMULATED_PEOPLE,
  type SimulatedMessage,
  type SimulatedPerson,
  type SimulatedRecord,
  type Simulator,
} from '../../core/simulator.js';
import { cleanText } from '../clean.js';
import { createSimulatedFiles } from './files.js';
import { changedBy, shownContent, shownMessage, shownRecords } from './shown.js';

export interface SimulatorDeps {
  now: Now;
  newId: NewId;
  /** Where the files that phones sent are kept. */
  dir: string;
  people?: readonly SimulatedPerson[];
  /** What a phone showed before a restart, oldest first: of the stored messages. */
  history?: (person: SimulatedPerson, limit: number) => Promise<SimulatedRecord[]>;
}

/** The platform in this process: what the page acts on (`Simulator`), and what the two lines listen and send to. */
export interface SimulatedPlatform extends Simulator {
  /** The line hears what its people do; null ends it. */
  connect(lineId: string, receive: ((inbound: Inbound) => Promise<void>) | null): void;
  /** Shows a message of ours on a phone. Rejects with a SendError, as a platform refuses. */
  show(lineId: string, chatId: string, message: Outgoing): SimulatedMessage;
  /** Bytes that a phone sent. Rejects with a MediaError. */
  fetch(fileId: string): Promise<Uint8Array>;
}

/** Messages kept of each phone. */
const KEPT = 200;
const SHOWN = 100;

/** Phones that are no phones: whatever is done on one goes over a real line, and through the real road. */
export function createSimulatedPlatform(deps: SimulatorDeps): SimulatedPlatform {
  const people = deps.people ?? SIMULATED_PEOPLE;
  const files = createSimulatedFiles(deps.dir);
  const lines = new Map<string, (inbound: Inbound) => Promise<void>>();
  const chats = new Map<string, SimulatedMessage[]>();
  const listeners = new Set<{ personId: string | null; listener: (message: SimulatedMessage) => void }>();
  const blocked = new Set<string>();
  const remembered = new Set<string>();

  function find(personId: string): SimulatedPerson {
    const person = people.find((one) => one.id === personId);
    if (!person) throw new RangeError(`no phone of the simulator is called "${personId}"`);
    return person;
  }

  function chatOf(personId: string): SimulatedMessage[] {
    const known = chats.get(personId) ?? [];
    chats.set(personId, known);
    return known;
  }

  /** Puts a message on the phone, or in place of the one with its id. */
  function put(message: SimulatedMessage): SimulatedMessage {
    const chat = chatOf(message.personId);
    const at = chat.findIndex((one) => one.id === message.id);
    if (at >= 0) chat[at] = message;
    else chat.push(message);
    if (chat.length > KEPT) chat.splice(0, chat.length - KEPT);
    for (const { personId, listener } of listeners) {
      if (personId === null || personId === message.personId) listener(message);
    }
    return message;
  }

  /** Hands to the line what a person did; shown on the phone only once it is stored. */
  async function act(
    personId: string,
    content: Content,
    externalId = `${personId}:${deps.newId()}`,
  ): Promise<SimulatedMessage> {
    const person = find(personId);
    const receive = lines.get(person.lineId);
    if (!receive) throw new SendError('retry', `the line ${person.lineId} is not running`);
    const at = deps.now();
    await receive({
      lineId: person.lineId,
      externalId,
      platform: 'simulator',
      ids: { simulator: person.id },
      chatId: person.id,
      displayName: person.name,
      sentAt: at,
      content,
    });
    const shown = shownContent(content);
    const message: SimulatedMessage = { id: externalId, personId, from: 'person', at, text: '', ...shown };
    return shown ? put(message) : message;
  }

  async function keepFile(personId: string, bytes: Uint8Array, mime: string): Promise<MediaRef> {
    find(personId);
    const remote = `${deps.newId()}.${Object.keys(MIMES).find((ending) => MIMES[ending] === mime) ?? 'bin'}`;
    await files.keep(remote, bytes);
    return { remote, mime, bytes: bytes.length };
  }

  return {
    people,
    async messages(personId, limit = SHOWN) {
      const person = find(personId);
      if (deps.history && !remembered.has(personId)) {
        remembered.add(personId);
        const before = shownRecords(person, await deps.history(person, KEPT));
        const here = new Set(chatOf(personId).map((one) => one.id));
        chats.set(personId, [...before.filter((one) => !here.has(one.id)), ...chatOf(personId)].slice(-KEPT));
      }
      return chatOf(personId).slice(-limit);
    },
    subscribe(personId, listener) {
      const entry = { personId, listener };
      listeners.add(entry);
      return () => void listeners.delete(entry);
    },

    writes: (personId, text) => act(personId, { kind: 'text', text: cleanText(text) }),
    async taps(personId, messageId, payload) {
      const message = chatOf(personId).find((one) => one.id === messageId);
      // What a keypad's button says is a digit of a PIN.
      const label = isKeypadTap(payload)
        ? undefined
        : message?.choices?.find((choice) => choice.payload === payload)?.label;
      const content: Content = { kind: 'tap', payload, ...(label === undefined ? {} : { label }) };
      await act(personId, content, `${messageId}:tap:${deps.newId()}`);
    },
    async sendsPhoto(personId, bytes, more = {}) {
      const file = await keepFile(personId, bytes, more.mime ?? 'image/jpeg');
      const caption = more.caption ? { caption: cleanText(more.caption) } : {};
      return act(personId, { kind: 'photo', file, ...caption, ...(more.album ? { album: more.album } : {}) });
    },
    async sendsDocument(personId, bytes, more) {
      const file = await keepFile(personId, bytes, more.mime ?? 'application/octet-stream');
      const caption = more.caption ? { caption: cleanText(more.caption) } : {};
      return act(personId, { kind: 'document', file, name: cleanText(more.name, 200), ...caption });
    },
    sharesLocation: (personId, latitude, longitude, label) =>
      act(personId, {
        kind: 'location',
        latitude,
        longitude,
        ...(label ? { label: cleanText(label, 200) } : {}),
      }),
    async sharesContact(personId, other) {
      const { phone, name } = other ?? find(personId);
      return act(personId, { kind: 'contact', phone, name, isOwn: !other });
    },
    async edits(personId, messageId, text) {
      const words = cleanText(text);
      await act(personId, { kind: 'edit', externalId: messageId, text: words });
      const message = chatOf(personId).find((one) => one.id === messageId);
      if (message) put({ ...message, text: words, isEdited: true });
    },
    opensLink: (personId, payload) => act(personId, { kind: 'start', payload: withoutToken(payload) }),
    async blocks(personId) {
      blocked.add(find(personId).id);
      await act(personId, { kind: 'blocked' });
    },
    async unblocks(personId) {
      blocked.delete(find(personId).id);
      await act(personId, { kind: 'unblocked' });
    },
    async file(fileId) {
      const bytes = await files.read(fileId);
      return bytes ? { bytes, mime: mimeOf(fileId) } : null;
    },

    connect(lineId, receive) {
      if (receive) lines.set(lineId, receive);
      else lines.delete(lineId);
    },
    show(lineId, chatId, message) {
      const person = people.find((one) => one.id === chatId && one.lineId === lineId);
      if (!person) throw new SendError('permanent', `chat not found: ${chatId}`);
      if (blocked.has(person.id)) throw new SendError('blocked', `${person.id} blocked us`);
      if (message.closes) closeButtons(person.id, message.closes);
      const next = shownMessage(person, message, `${person.id}:${deps.newId()}`, deps.now());
      const before = changedBy(message, next, chatOf(person.id));
      if (before) return put({ ...next, id: before.id, at: before.at });
      if (next.slot !== undefined) endSlot(person.id, next.slot);
      return put(next);
    },
    async fetch(fileId) {
      const bytes = await files.read(fileId);
      if (!bytes) throw new MediaError('lost', `the simulator no longer has the file ${fileId}`);
      return bytes;
    },
  };

  /** A tap's id begins with that of the message it came from. */
  function closeButtons(personId: string, externalId: string): void {
    const message = chatOf(personId).find((one) => one.id === externalId.split(':tap:')[0]);
    // What a slot shows is changed by the next message of that slot alone.
    if (message?.choices && message.slot === undefined) put({ ...message, choices: [] });
  }

  /** A new message holds the slot: the one before loses its buttons. */
  function endSlot(personId: string, slot: string): void {
    for (const { slot: held, ...message } of chatOf(personId).filter((one) => one.slot === slot))
      put(held && message.choices ? { ...message, choices: [] } : message);
  }
}

/** The kinds of file that the page shows, by the ending of their id. */
const MIMES: { [ending: string]: string } = {
  jpg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  gif: 'image/gif',
  pdf: 'application/pdf',
};

function mimeOf(fileId: string): string {
  return MIMES[fileId.split('.').at(-1)!] ?? 'application/octet-stream';
}
