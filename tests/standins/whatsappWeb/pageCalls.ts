import { setTimeout as sleep } from 'node:timers/promises';
import {
  chatForPage,
  deliver,
  ensureChat,
  findPerson,
  idOf,
  newRef,
  takeFault,
  tellLinked,
  type Device,
  type FaultKind,
  type MessageRow,
  type Raw,
  type State,
} from './state.js';

/** What a page asks of its server. `NO_ANSWER`: the request hangs. */
export const NO_ANSWER = Symbol('no answer');
type Body = { [field: string]: unknown };
type PageCall = (state: State, body: Body, device: Device) => unknown;

export const pageCalls: { [method: string]: PageCall } = {
  required(state, { name, isMissing }) {
    state.required.add(String(name));
    if (isMissing) state.missing.add(String(name));
    return null;
  },
  send: (state, body, device) => send(state, body, device),
  seen(state, { id }) {
    const chat = state.chats.get(String(id));
    if (!chat) return null;
    chat.unreadCount = 0;
    for (const message of chat.messages) message.isSeen ||= message.by === 'person';
    return null;
  },
  typing(state, { id, state: typing }) {
    const person = findPerson(state, String(id));
    if (!person) return null;
    person.typing = typing as 'typing' | 'recording' | null;
    if (typing) person.typings += 1;
    return null;
  },
  exists(state, { id }) {
    const person = findPerson(state, String(id));
    if (!person?.isRegistered) return null;
    return {
      wid: String(id),
      ...(person.lid ? { lid: idOf(person, 'lid') } : {}),
      ...(person.hidesPhone ? {} : { phone: idOf(person, 'phone') }),
    };
  },
  contact(state, { id }) {
    const person = findPerson(state, String(id));
    return {
      name: person?.name ?? (String(id) === state.me.phone ? state.me.name : undefined),
      phone: person && !person.hidesPhone ? idOf(person, 'phone') : undefined,
    };
  },
  chat(state, { id }) {
    const known = state.chats.get(String(id));
    if (known && !findPerson(state, known.id)) return chatForPage(known);
    const person = findPerson(state, String(id));
    if (!person?.isRegistered) return null;
    return chatForPage(ensureChat(state, idOf(person), person.name));
  },
  edit(state, { id, text }) {
    const row = state.messages.get(String(id));
    if (!row) return null;
    if (row.raw.caption === undefined) row.raw.body = String(text);
    else row.raw.caption = String(text);
    return null;
  },
  react(state, { id, reaction }) {
    const row = state.messages.get(String(id));
    if (row) row.raw['reaction'] = reaction;
    return null;
  },
  stage: (state) => {
    const isLost = state.faults.some((f) => f.on === 'download' && f.kind === 'error' && f.times > 0);
    return { stage: isLost && takeFault(state, 'download') ? 'ERROR_UNKNOWN' : 'RESOLVED' };
  },
  async earlier(state) {
    const fault = state.faults.some((f) => f.on === 'earlier') ? takeFault(state, 'earlier') : null;
    if (fault === null) return null;
    if (typeof fault === 'object') await sleep(fault.afterMs);
    throw new Error('the earlier messages cannot be had');
  },
  frozen(state) {
    state.frozen += 1;
    return NO_ANSWER;
  },
  pairing_code: () => 'KENT0NGN',
  refresh_qr(_state, _body, device) {
    device.ref = newRef();
    device.pages.at(-1)?.({ kind: 'ref', ref: device.ref });
    return null;
  },
  logout(_state, _body, device) {
    device.isLinked = false;
    device.ref = newRef();
    return null;
  },
};

/** Takes a message of ours. A second time the same one is answered, not taken. */
async function send(state: State, body: Body, device: Device): Promise<unknown> {
  const { id, chat: chatId, ...raw } = body as Raw & { id: string; chat: string };
  const at = Date.now();
  const record = (outcome: 'sent' | 'again' | 'no_such_user' | FaultKind) =>
    state.sends.push({ at, id, chat: chatId, type: raw.type, text: textOf(raw), outcome });
  const taken = { ack: 1, t: Math.floor(at / 1000) };
  if (state.messages.has(id)) {
    record('again');
    return taken;
  }
  const fault = takeFault(state, 'send', chatId);
  if (fault && fault !== 'drop_after') {
    record(fault);
    if (fault === 'refuse') return { ack: -1 };
    if (typeof fault !== 'object') return NO_ANSWER;
    await new Promise((resolve) => setTimeout(resolve, fault.afterMs));
  }
  const person = findPerson(state, chatId);
  const chat = state.chats.get(chatId) ?? (person && ensureChat(state, chatId, person.name));
  if (!chat || !device.isLinked || (person && !person.isRegistered)) {
    record('no_such_user');
    return { ack: -1 };
  }
  if (person) person.typing = null;
  const row: MessageRow = {
    id,
    chat: chatId,
    by: 'line',
    at,
    isSeen: true,
    raw: { ...(raw as Raw), ...taken },
  };
  deliver(state, chat, row, device);
  if (!fault) record('sent');
  if (fault !== 'drop_after') return taken;
  record(fault);
  return NO_ANSWER;
}

/** The words of a message. The body of a location is its picture, small. */
export function textOf(raw: Raw): string {
  if (raw.type === 'location') return '';
  return raw['directPath'] ? (raw.caption ?? '') : (raw.body ?? String(raw['pollName'] ?? ''));
}

/** Tells every page of a change to a message, and keeps it. */
export function change(state: State, id: string, values: { [field: string]: unknown }): void {
  const row = state.messages.get(id);
  if (!row) throw new Error(`no message ${id}`);
  Object.assign(row.raw, values);
  tellLinked(state, { kind: 'change', id, values });
}
