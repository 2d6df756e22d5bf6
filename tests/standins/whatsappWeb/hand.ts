import { change } from './pageCalls.js';
import { createPerson } from './person.js';
import { keepFile } from './server.js';
import {
  allForPage,
  deliver,
  ensureChat,
  idOf,
  LASTING,
  newRef,
  newStanza,
  qrOf,
  tellLinked,
  type ChatRow,
  type Device,
  type Fault,
  type PersonRow,
  type Raw,
  type Send,
  type State,
} from './state.js';
import { viewOf, type Message } from './view.js';

/** Where a person says something: to the line, in a group, to all who see their status. */
export interface Where {
  group?: string;
  isStatus?: boolean;
}

/** What happens at phones and at WhatsApp's servers; the same in this process and over HTTP. */
export interface Hand {
  /** Makes a person, or changes one. */
  person(phone: string, values: Partial<PersonRow>): Promise<PersonRow>;
  /** A person sends something; answers with the id of the message. */
  say(phone: string, raw: Raw, where?: Where): Promise<string>;
  /** The phone's owner sends something by hand, to a person's phone number or to a group. */
  ownerSays(to: string, raw: Raw): Promise<string>;
  change(id: string, values: { [field: string]: unknown }): Promise<void>;
  /** Votes, reactions, calls: told to linked pages that are open. */
  tell(event: { kind: string; [field: string]: unknown }): Promise<void>;
  /** Both sides of a person's chat, or a group's, in order; `isLight`: without the bytes of files. */
  messages(phoneOrGroup: string, isLight?: boolean): Promise<Message[]>;
  keepFile(bytes: Uint8Array, mime: string): Promise<string>;
  /** Does what `Person` can, by name: for the phone page. */
  act(phone: string, name: string, args: unknown[]): Promise<unknown>;
  persons(): Promise<PersonRow[]>;

  qr(): Promise<string | null>;
  refreshQr(): Promise<void>;
  scan(code?: string): Promise<void>;
  unlink(more: { leaves?: boolean }): Promise<void>;
  state(state: string): Promise<void>;
  isLinked(): Promise<boolean>;
  isOpen(): Promise<boolean>;
  /** Resolves once the page stands still. */
  freeze(): Promise<void>;
  fault(fault: Fault): Promise<void>;
  heal(): Promise<void>;
  lack(modules: string[]): Promise<void>;
  sends(): Promise<Send[]>;
  required(): Promise<string[]>;
  missing(): Promise<string[]>;
}

export function localHand(state: State): Hand {
  const hand: Hand = {
    async person(phone, values) {
      const known = state.persons.get(phone) ?? newPerson(phone);
      Object.assign(known, values);
      state.persons.set(phone, known);
      return known;
    },
    async say(phone, raw, where = {}) {
      const person = personOf(state, phone);
      const from = idOf(person);
      const chat = where.isStatus
        ? ensureChat(state, 'status@broadcast', 'Status')
        : where.group
          ? groupOf(state, where.group, from)
          : ensureChat(state, from, person.name);
      const isShared = chat.id !== from;
      const id = ['false', chat.id, newStanza(), ...(isShared ? [from] : [])].join('_');
      const at = Date.now();
      const to = chat.id.endsWith('@lid') ? state.me.lid : state.me.phone;
      if (!isShared && chat.messages.length === 0) beginChat(state, chat, to);
      const said = {
        from: chat.id,
        to,
        ...(isShared ? { author: from } : {}),
        ...(where.isStatus ? { isStatusV3: true } : {}),
        notifyName: person.name,
        t: Math.floor(at / 1000),
        ack: 1,
        ...raw,
      };
      deliver(state, chat, { id, chat: chat.id, by: 'person', phone, at, isSeen: false, raw: said });
      return id;
    },
    async ownerSays(to, raw) {
      const person = state.persons.get(to);
      const chat = person ? ensureChat(state, idOf(person), person.name) : groupOf(state, to, state.me.phone);
      const isGroup = !person;
      const id = ['true', chat.id, newStanza(), ...(isGroup ? [state.me.phone] : [])].join('_');
      const at = Date.now();
      const said = {
        from: chat.id.endsWith('@lid') ? state.me.lid : state.me.phone,
        to: chat.id,
        ...(isGroup ? { author: state.me.phone } : {}),
        t: Math.floor(at / 1000),
        ack: 1,
        ...raw,
      };
      deliver(state, chat, { id, chat: chat.id, by: 'owner', at, isSeen: true, raw: said });
      for (const message of chat.messages) message.isSeen = true;
      return id;
    },
    change: async (id, values) => change(state, id, values),
    tell: async (event) => tellLinked(state, event),
    async messages(phoneOrGroup, isLight = false) {
      const person = state.persons.get(phoneOrGroup);
      const ids = person ? [idOf(person, 'phone'), idOf(person, 'lid')] : [phoneOrGroup];
      return [...new Set(ids)]
        .flatMap((id) => state.chats.get(id)?.messages ?? [])
        .filter((row) => row.by !== 'whatsapp')
        .sort((a, b) => a.at - b.at)
        .map((row) => viewOf(state, row))
        .map(({ file, ...message }) => (isLight || !file ? message : { ...message, file }));
    },
    keepFile: async (bytes, mime) => keepFile(state, bytes, mime),
    async act(phone, name, args) {
      const person = createPerson(hand, phone) as unknown as {
        [name: string]: ((...args: unknown[]) => unknown) | undefined;
      };
      const act = person[name];
      if (!act) throw new Error(`a person cannot: ${name}`);
      return act(...args.map((arg) => arg ?? undefined));
    },
    persons: async () => [...state.persons.values()],

    async qr() {
      const device = unlinkedOf(state);
      return device ? qrOf(device) : null;
    },
    async refreshQr() {
      const device = unlinkedOf(state);
      if (device) showAnew(device);
    },
    async scan(code) {
      const device = unlinkedOf(state);
      if (!device) throw new Error('no page shows a QR code');
      if (code !== undefined && code !== qrOf(device)) throw new Error('this QR code is void');
      device.isLinked = true;
      const boot = state.faults.find((f) => f.on === 'boot' && f.kind === 'never_syncs' && f.times > 0);
      if (boot) boot.times -= 1;
      device.pages.at(-1)?.({ kind: 'linked', chats: allForPage(state), boot: boot?.kind });
    },
    async unlink({ leaves = false }) {
      const to = `https://web.whatsapp.com/${leaves ? '?post_logout=1' : ''}`;
      tellLinked(state, { kind: 'logout', to });
      unlinkAll(state);
    },
    async state(name) {
      tellLinked(state, { kind: 'state', state: name });
      state.accountState = LASTING.includes(name) ? name : 'CONNECTED';
      if (name.startsWith('UNPAIRED')) unlinkAll(state);
    },
    isLinked: async () => [...state.devices.values()].some((device) => device.isLinked),
    isOpen: async () => [...state.devices.values()].some((device) => device.pages.length > 0),
    async freeze() {
      const before = state.frozen;
      tellLinked(state, { kind: 'freeze' });
      while (state.frozen === before) await new Promise((resolve) => setTimeout(resolve, 10));
    },
    async fault(fault) {
      state.faults.push(fault);
    },
    async heal() {
      state.faults = [];
      state.lacks = [];
    },
    async lack(modules) {
      state.lacks = modules;
    },
    sends: async () => state.sends,
    required: async () => [...state.required],
    missing: async () => [...state.missing],
  };
  return hand;
}

function newPerson(phone: string): PersonRow {
  return {
    phone,
    name: `Warga ${phone.slice(-4)}`,
    appearsAs: 'phone',
    hidesPhone: false,
    isRegistered: true,
    typing: null,
    typings: 0,
  };
}

function personOf(state: State, phone: string): PersonRow {
  const person = state.persons.get(phone);
  if (!person) throw new Error(`no person with the number ${phone}`);
  return person;
}

function groupOf(state: State, id: string, member: string): ChatRow {
  const chat = ensureChat(state, id, 'Warga Dusun');
  chat.participants = [...new Set([...(chat.participants ?? [state.me.phone]), member])];
  return chat;
}

/** A chat opens with words of WhatsApp's own, which whatsapp-web.js tells like any message. */
function beginChat(state: State, chat: ChatRow, to: string): void {
  for (const [type, subtype] of [
    ['e2e_notification', 'encrypt'],
    ['notification_template', 'disappearing_mode'],
  ] as const) {
    const at = Date.now();
    deliver(state, chat, {
      id: `false_${chat.id}_${newStanza()}`,
      chat: chat.id,
      by: 'whatsapp',
      at,
      isSeen: false,
      raw: { type, subtype, from: chat.id, to, t: Math.floor(at / 1000), ack: 1, templateParams: [] },
    });
  }
}

/** The browser that shows a QR code now; the newest. */
function unlinkedOf(state: State): Device | undefined {
  return [...state.devices.values()].findLast((device) => !device.isLinked && device.pages.length > 0);
}

function showAnew(device: Device): void {
  device.ref = newRef();
  device.pages.at(-1)?.({ kind: 'ref', ref: device.ref });
}

function unlinkAll(state: State): void {
  for (const device of state.devices.values()) {
    device.isLinked = false;
    device.ref = newRef();
  }
}
