import { appendFileSync } from 'node:fs';

/** What the stand-in knows: one bot, its chats, what waits to be fetched, and every call that was made. */
export interface State {
  readonly token: string;
  readonly botId: number;
  readonly username: string;
  waiting: Waiting[];
  chats: Map<number, Chat>;
  files: Map<string, StoredFile>;
  calls: Call[];
  faults: Fault[];
  allowed: string[] | null;
  /** Nothing is handed out for now: what comes meanwhile comes in one batch. */
  isHolding: boolean;
  webhook: { url: string; secret: string | undefined } | null;
  commands: { command: string; description: string }[];
  /** Callback queries that may still be answered. */
  queries: Set<string>;
  nextUpdate: number;
  nextMessage: number;
  nextFile: number;
  /** Wakes the long poll and the webhook's delivery. */
  wake: Set<() => void>;
  record: (call: Call) => void;
  /** Milliseconds since 1970: a test may stop it. */
  now: () => number;
}

/** An update that is not confirmed yet. `left`: how often it is still delivered, confirmed or not. */
export interface Waiting {
  update: { update_id: number; [kind: string]: unknown };
  left: number;
  delivered: boolean;
}

export interface Chat {
  id: number;
  type: 'private' | 'group' | 'supergroup' | 'channel';
  title: string;
  blocked: boolean;
  /** A bot may not write first: false until the person has. */
  isStarted: boolean;
  messages: Message[];
  /** Of a group: whether it has topics, what we are in it, and the supergroup that it has become. */
  isForum: boolean;
  bot: 'administrator' | 'member' | 'left' | 'kicked';
  movedTo: number | null;
  topics: { [id: number]: { name: string; isClosed: boolean } };
}

/** A message as both sides see it. `raw` is the Bot API's own Message. */
export interface Message {
  id: number;
  from: 'bot' | 'person';
  text: string;
  /** Labels of the buttons, by row. */
  buttons: string[][];
  photos: string[];
  /** The topic of a group in which it stands. */
  topic?: number;
  /** It came without a sound. */
  isSilent?: true;
  /** How often its words were changed. */
  edits?: number;
  raw: { [field: string]: unknown };
}

export interface StoredFile {
  id: string;
  path: string;
  bytes: Uint8Array;
}

/** One call of the Bot API. `files` holds what was uploaded by field name, as sizes. */
export interface Call {
  at: string;
  method: string;
  params: { [name: string]: unknown };
  files: { [name: string]: number };
  outcome: 'ok' | 'hang' | 'drop_before' | 'drop_after' | number;
}

export type FaultKind =
  /** The socket is closed before the request counts. */
  | 'drop_before'
  /** The request counts (a message is sent), then the socket is closed without an answer. */
  | 'drop_after'
  /** No answer ever comes; nothing happens. */
  | 'hang'
  /** It is carried out, and answered, only then. */
  | { afterMs: number }
  | { status: number; description?: string; retryAfter?: number; migrateTo?: number };

/** The next `times` calls of `method` ('*': any), to `chat` where given, meet this. */
export interface Fault {
  method: string;
  chat?: number | undefined;
  kind: FaultKind;
  times: number;
}

export function createState(options: {
  token?: string;
  username?: string;
  recordFile?: string | undefined;
  now?: (() => number) | undefined;
  first?: number | undefined;
}): State {
  const token = options.token ?? '7001:AAFstandInTokenOfTheBotApi_00000000';
  return {
    token,
    botId: Number(token.split(':')[0]),
    username: options.username ?? 'desa_uji_bot',
    waiting: [],
    chats: new Map(),
    files: new Map(),
    calls: [],
    faults: [],
    allowed: null,
    isHolding: false,
    webhook: null,
    commands: [],
    queries: new Set(),
    nextUpdate: options.first ?? 500_001,
    nextMessage: options.first ?? 1,
    nextFile: options.first ?? 1,
    wake: new Set(),
    now: options.now ?? Date.now,
    record(call) {
      this.calls.push(call);
      if (options.recordFile) appendFileSync(options.recordFile, `${JSON.stringify(call)}\n`);
    },
  };
}

/** A chat as it is before anything has happened in it. */
export function newChat(id: number, type: Chat['type'] = 'private', title = ''): Chat {
  return {
    id,
    type,
    title,
    blocked: false,
    isStarted: type !== 'private',
    messages: [],
    isForum: false,
    bot: 'member',
    movedTo: null,
    topics: {},
  };
}

/** Lets an update wait for the bot; `times` deliveries of the same one. Answers with its update_id. */
export function deliver(state: State, update: { [kind: string]: unknown }, times = 1): number {
  const kind = Object.keys(update)[0]!;
  const id = state.nextUpdate++;
  if (state.allowed && !state.allowed.includes(kind)) return id;
  state.waiting.push({ update: { update_id: id, ...update }, left: times, delivered: false });
  wakeAll(state);
  return id;
}

/** Drops what is confirmed by `offset`; what must come again stays. */
export function confirm(state: State, offset: number): void {
  for (const entry of state.waiting) {
    if (entry.update.update_id < offset && entry.delivered) {
      entry.left -= 1;
      entry.delivered = false;
    }
  }
  state.waiting = state.waiting.filter((entry) => entry.update.update_id >= offset || entry.left > 0);
}

export function wakeAll(state: State): void {
  for (const wake of state.wake) wake();
}

/** Keeps a file as the platform does; answers with its file_id. */
export function keepFile(state: State, bytes: Uint8Array, extension: string): string {
  const number = state.nextFile++;
  const id = `file-${number}`;
  state.files.set(id, { id, path: `files/file_${number}.${extension}`, bytes });
  return id;
}

/** Takes the fault that the next call meets, if one is set for it. */
export function takeFault(
  state: State,
  method: string,
  params: { [name: string]: unknown },
): FaultKind | null {
  const fault = state.faults.find(
    (f) =>
      f.times > 0 &&
      (f.method === '*' || f.method === method) &&
      (f.chat === undefined || String(f.chat) === String(params['chat_id'])),
  );
  if (!fault) return null;
  fault.times -= 1;
  return fault.kind;
}
