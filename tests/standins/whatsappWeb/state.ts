import { randomBytes } from 'node:crypto';

/** Values of a message as WhatsApp Web's page keeps them (`type`, `body`, `caption`, `lat` …). */
export interface Raw {
  type: string;
  body?: string;
  caption?: string;
  [field: string]: unknown;
}

/** What the stand-in knows: one account with its phone, the browsers linked to it, people and their chats. */
export interface State {
  readonly version: string;
  readonly me: { phone: string; lid: string; name: string };
  /** By phone number, digits. */
  persons: Map<string, PersonRow>;
  /** By chat id, in the order in which they began. */
  chats: Map<string, ChatRow>;
  /** By message id. */
  messages: Map<string, MessageRow>;
  /** By the path that a page fetches them at. */
  files: Map<string, { bytes: Uint8Array; mime: string }>;
  /** Browsers, by what their profile calls them. */
  devices: Map<string, Device>;
  /** What the account's server says of it: CONNECTED, or a state that lasts. */
  accountState: string;
  faults: Fault[];
  sends: Send[];
  lacks: string[];
  required: Set<string>;
  missing: Set<string>;
  nextFile: number;
  /** How many pages stood still on request. */
  frozen: number;
}

export interface PersonRow {
  phone: string;
  name: string;
  /** Digits. */
  lid?: string | undefined;
  appearsAs: 'phone' | 'lid';
  /** Nobody is told the number that belongs to the @lid. */
  hidesPhone: boolean;
  isRegistered: boolean;
  typing: 'typing' | 'recording' | null;
  /** How often somebody began to type to this person. */
  typings: number;
}

export interface ChatRow {
  id: string;
  title: string;
  unreadCount: number;
  /** Ids of those in a group. */
  participants?: string[];
  messages: MessageRow[];
}

export interface MessageRow {
  id: string;
  chat: string;
  by: 'person' | 'owner' | 'line' | 'whatsapp';
  /** The person who wrote it. */
  phone?: string;
  /** Milliseconds. */
  at: number;
  /** The line marked it as read. */
  isSeen: boolean;
  raw: Raw;
}

export interface Device {
  id: string;
  isLinked: boolean;
  ref: string;
  keys: { static: string; identity: string; secret: string };
  /** The pages that are open, the newest last: one that is about to end may be there beside the next. */
  pages: Tell[];
}

/** Tells a page something. */
export type Tell = (event: { kind: string; [field: string]: unknown }) => void;

export type FaultKind =
  /** `send`: the server refuses the message (ack −1). */
  | 'refuse'
  /** `send`, `download`: no answer ever comes; nothing happens. */
  | 'hang'
  /** `send`: the message goes out, but the page is never told. */
  | 'drop_after'
  /** `download`: the file is gone (404), cannot be loaded, or the server fails. */
  | 'gone'
  | 'error'
  | 'broken'
  /** `boot`: the page synced before whatsapp-web.js was injected; or it never does. */
  | 'synced_early'
  | 'never_syncs'
  /** `message`: it comes without an event, as a first one sometimes does; the chat counts it as unread. */
  | 'silent'
  /**
   * `send`: it is carried out, and answered, only then. `upload`: the file takes so long to go up. `earlier`: the chat's
   * earlier messages cannot be had, told then.
   */
  | { afterMs: number };

/** The next `times` of that meet this; `to`: only sends to that person's phone. */
export interface Fault {
  on: 'send' | 'download' | 'upload' | 'boot' | 'message' | 'earlier';
  kind: FaultKind;
  times: number;
  to?: string | undefined;
}

/** One message that the page handed to the server. */
export interface Send {
  at: number;
  id: string;
  chat: string;
  type: string;
  text: string;
  outcome: 'sent' | 'again' | 'no_such_user' | FaultKind;
}

/** States that stay until they are lifted; the others pass with the page. */
export const LASTING = ['TOS_BLOCK', 'SMB_TOS_BLOCK', 'DEPRECATED_VERSION', 'PROXYBLOCK', 'TIMEOUT'];

export function createState(options: { version: string; phone: string; name: string }): State {
  return {
    version: options.version,
    me: { phone: `${options.phone}@c.us`, lid: `99${options.phone}@lid`, name: options.name },
    persons: new Map(),
    chats: new Map(),
    messages: new Map(),
    files: new Map(),
    devices: new Map(),
    accountState: 'CONNECTED',
    faults: [],
    sends: [],
    lacks: [],
    required: new Set(),
    missing: new Set(),
    nextFile: 1,
    frozen: 0,
  };
}

/** The id under which a person is seen now, or would be as the other kind. */
export function idOf(person: PersonRow, as = person.appearsAs): string {
  return as === 'lid' && person.lid ? `${person.lid}@lid` : `${person.phone}@c.us`;
}

export function findPerson(state: State, id: string): PersonRow | undefined {
  const [user, server] = id.split('@');
  return [...state.persons.values()].find((row) => (server === 'lid' ? row.lid : row.phone) === user);
}

export function ensureChat(state: State, id: string, title: string): ChatRow {
  const known = state.chats.get(id);
  if (known) return known;
  const chat: ChatRow = { id, title, unreadCount: 0, messages: [] };
  state.chats.set(id, chat);
  return chat;
}

/** As a page is told of a chat. */
export function chatForPage(chat: ChatRow): { [field: string]: unknown } {
  const { id, title, unreadCount, participants } = chat;
  return { id, title, unreadCount, participants, t: Math.floor((chat.messages.at(-1)?.at ?? 0) / 1000) };
}

/** As a page is told of a message. */
export function messageForPage(row: MessageRow): { [field: string]: unknown } {
  return { ...row.raw, id: row.id, chat: row.chat };
}

/** All chats with all their messages, as a page takes them up when it comes. */
export function allForPage(state: State): object[] {
  return [...state.chats.values()].map((chat) => ({
    ...chatForPage(chat),
    messages: chat.messages.map(messageForPage),
  }));
}

/** Keeps a message and tells every linked page but `except` of it. */
export function deliver(state: State, chat: ChatRow, row: MessageRow, except?: Device): void {
  chat.messages.push(row);
  state.messages.set(row.id, row);
  // Who writes in a chat has read it: on the phone, or in a page.
  if (row.by === 'person') chat.unreadCount += 1;
  else if (row.by !== 'whatsapp') chat.unreadCount = 0;
  const isNew = !(row.by === 'person' && takeFault(state, 'message', chat.id));
  tellLinked(
    state,
    { kind: 'message', message: messageForPage(row), chat: chatForPage(chat), isNew },
    (device) => device !== except,
  );
}

export function tellLinked(
  state: State,
  event: { kind: string; [field: string]: unknown },
  isMeant: (device: Device) => boolean = () => true,
): void {
  for (const device of state.devices.values()) {
    if (device.isLinked && isMeant(device)) for (const tell of device.pages) tell(event);
  }
}

/** What a browser that is seen for the first time is shown until it is linked. */
export function newDevice(id: string): Device {
  const key = () => randomBytes(32).toString('base64');
  return {
    id,
    isLinked: false,
    ref: newRef(),
    keys: { static: key(), identity: key(), secret: key() },
    pages: [],
  };
}

export function newRef(): string {
  return `2@${randomBytes(48).toString('base64')}`;
}

/** What the QR code of a browser says; whatsapp-web.js puts the same together. */
export function qrOf(device: Device): string {
  return [device.ref, device.keys.static, device.keys.identity, device.keys.secret, '1'].join(',');
}

/** The id of a message that a phone makes. */
export function newStanza(): string {
  return `AC${randomBytes(15).toString('hex').toUpperCase()}`;
}

/** Takes the fault that is met next, if one is set. */
export function takeFault(state: State, on: Fault['on'], chat?: string): FaultKind | null {
  const fault = state.faults.find(
    (f) =>
      f.on === on &&
      f.times > 0 &&
      (f.to === undefined || (chat !== undefined && findPerson(state, chat)?.phone === f.to)),
  );
  if (!fault) return null;
  fault.times -= 1;
  return fault.kind;
}
