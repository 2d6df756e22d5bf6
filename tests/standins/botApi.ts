import { parseArgs } from 'node:util';
import { createPerson, type FaultKind, type Hand, type Person } from './botApi/person.js';
import { replacer, revive, serve } from './botApi/server.js';
import { createGroup, type Group } from './botApi/group.js';
import { createState, deliver, keepFile, newChat, wakeAll, type Call, type State } from './botApi/state.js';
import { fullest, type Fullest } from './botApi/windows.js';

export type { Person, FaultKind, Group };
export type { Call, Message } from './botApi/state.js';

/**
 * A stand-in for Telegram's Bot API, on loopback, with the manners of the real one that matter to us.
 * `const bot = await startBotApi()` in a test; or as a process of its own, which outlives the gateway that a
 * crash test kills: `npx tsx tests/standins/botApi.ts --port 18100 --record calls.jsonl`, reached by
 * `connectBotApi('http://127.0.0.1:18100')`.
 */
export interface BotApi {
  /** TELEGRAM_API_ROOT and TELEGRAM_BOT_TOKEN. */
  readonly url: string;
  readonly token: string;
  person(id: number, name?: string): Person;
  /** A group of people; `forum`: a supergroup with topics. */
  group(id: number, title: string, more?: { forum?: boolean }): Group;
  /** The next calls of a method ('*': any, 'download': of a file) meet a fault: once, or `times`. */
  fails(method: string, kind: FaultKind, more?: { times?: number; chat?: number }): Promise<void>;
  /** No call meets a fault any more. */
  heals(): Promise<void>;
  /** Delivers an update as it is, malformed or not, `times` times. */
  delivers(update: { [kind: string]: unknown }, times?: number): Promise<number>;
  /** What people do in `acts` comes to the bot in one batch. */
  together(acts: () => Promise<unknown>): Promise<void>;
  /** Every call but successful polls, in order; of one method. */
  calls(method?: string): Promise<Call[]>;
  /** The fullest second and minute of what the bot sent, by the stand-in's clock. */
  fullest(): Promise<Fullest>;
  /** How many updates are not confirmed. */
  waiting(): Promise<number>;
  /** Resolves when every update was confirmed. */
  settles(withinMs?: number): Promise<void>;
  /** The webhook that is set. */
  webhook(): Promise<string | null>;
  stop(): Promise<void>;
}

/** The token that the stand-in takes where none was given. */
export const STAND_IN_TOKEN = '7001:AAFstandInTokenOfTheBotApi_00000000';

export interface BotApiOptions {
  port?: number;
  token?: string;
  record?: string;
  now?: () => number;
  /** Where updates, messages and files begin to be counted: whoever keeps what came must not meet a number twice. */
  first?: number;
  /** Who has opened a chat with the bot already. */
  people?: { id: number; name: string }[];
}

export async function startBotApi(options: BotApiOptions = {}): Promise<BotApi> {
  const state = createState({
    token: options.token ?? STAND_IN_TOKEN,
    recordFile: options.record,
    now: options.now,
    first: options.first,
  });
  const hand = localHand(state);
  for (const { id, name } of options.people ?? []) {
    await hand.named(id, name);
    await hand.chat(id);
    await hand.change(id, { isStarted: true });
  }
  const server = await serve(state, options.port ?? 0, (method, args) => {
    const act = hand[method as keyof Hand] as ((...args: unknown[]) => Promise<unknown>) | undefined;
    if (!act) throw new Error(`no control named ${method}`);
    return act(...args);
  });
  return botApi(server.url, state.token, hand, () => server.stop());
}

/** The same, standing in another process. `stop` only lets go of it. */
export function connectBotApi(url: string, token = STAND_IN_TOKEN): BotApi {
  const call = async (method: string, args: unknown[]): Promise<unknown> => {
    const response = await fetch(`${url}/control`, {
      method: 'POST',
      body: JSON.stringify({ method, args }, replacer),
    });
    if (!response.ok) throw new Error(`the stand-in refused ${method}: ${await response.text()}`);
    return JSON.parse(await response.text(), revive);
  };
  const hand = new Proxy({} as Hand, {
    get:
      (_, method: string) =>
      (...args: unknown[]) =>
        call(method, args),
  });
  return botApi(url, token, hand, () => Promise.resolve());
}

function botApi(url: string, token: string, hand: Hand, stop: () => Promise<void>): BotApi {
  const persons = new Map<number, Person>();
  const groups = new Map<number, Group>();
  return {
    url,
    token,
    person(id, name = `Warga ${id}`) {
      const known = persons.get(id) ?? createPerson(hand, id, name);
      persons.set(id, known);
      return known;
    },
    group(id, title, more = {}) {
      const known = groups.get(id) ?? createGroup(hand, id, title, more.forum ?? false);
      groups.set(id, known);
      return known;
    },
    fails: (method, kind, more = {}) => hand.fault({ method, kind, times: more.times ?? 1, chat: more.chat }),
    heals: () => hand.heal(),
    async together(acts) {
      await hand.hold(true);
      try {
        await acts();
      } finally {
        await hand.hold(false);
      }
    },
    delivers: (update, times) => hand.deliver(update, times),
    calls: async (method) =>
      (await hand.calls()).filter((call) => method === undefined || call.method === method),
    fullest: async () => fullest(await hand.calls()),
    waiting: () => hand.waiting(),
    async settles(withinMs = 15_000) {
      const end = Date.now() + withinMs;
      while ((await hand.waiting()) > 0) {
        if (Date.now() > end) throw new Error(`${await hand.waiting()} updates are still not confirmed`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    webhook: () => hand.webhook(),
    stop,
  };
}

function localHand(state: State): Hand {
  const people = new Map<number, string>();
  const groups = new Map<number, Group>();
  const nameOf = (id: number) => people.get(id) ?? `Warga ${id}`;
  const hand: Hand = {
    deliver: async (update, times) => deliver(state, update, times),
    async chat(id, more = {}) {
      const known = state.chats.get(id);
      if (known) return known;
      const made = newChat(id, more.type, more.title);
      state.chats.set(id, made);
      return made;
    },
    async change(id, changes) {
      Object.assign(state.chats.get(id)!, changes);
    },
    async write(chat, text, body = {}) {
      const id = state.nextMessage++;
      const found = state.chats.get(chat)!;
      found.isStarted = true;
      const raw = { message_id: id, ...body };
      found.messages.push({ id, from: 'person', text, buttons: [], photos: [], raw });
      return id;
    },
    persons: async () => [...people].map(([id, name]) => ({ id, name })),
    async named(id, name) {
      people.set(id, name);
    },
    act: (id, name, args) => doneBy(createPerson(hand, id, nameOf(id)), name, args),
    actInGroup(id, name, by, args) {
      const group = groups.get(id) ?? createGroup(hand, id, 'Kantor Desa', true);
      groups.set(id, group);
      return doneBy(group, name, [createPerson(hand, by, nameOf(by)), ...args]);
    },
    async query() {
      const id = `${4_000_000 + state.nextUpdate}${state.queries.size}`;
      state.queries.add(id);
      return id;
    },
    keepFile: async (bytes, extension) => keepFile(state, bytes, extension),
    async block(chat, blocked) {
      state.chats.get(chat)!.blocked = blocked;
    },
    async fault(fault) {
      state.faults.push(fault);
    },
    async heal() {
      state.faults.length = 0;
    },
    async hold(isHolding) {
      state.isHolding = isHolding;
      wakeAll(state);
    },
    calls: async () => state.calls,
    waiting: async () => state.waiting.length,
    webhook: async () => state.webhook?.url ?? null,
  };
  return hand;
}

/** By name, as the phone page asks. */
async function doneBy(somebody: Person | Group, name: string, args: unknown[]): Promise<unknown> {
  const does = somebody[name as 'waitsFor'] as unknown;
  if (typeof does !== 'function') throw new Error(`nobody can "${name}"`);
  return (await (does as (...given: unknown[]) => Promise<unknown>)(...args)) ?? null;
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({
    options: { port: { type: 'string' }, record: { type: 'string' }, token: { type: 'string' } },
  });
  const bot = await startBotApi({
    port: Number(values.port ?? 0),
    ...(values.record ? { record: values.record } : {}),
    ...(values.token ? { token: values.token } : {}),
  });
  // What a test waits for before it goes on.
  console.log(bot.url);
  process.once('SIGTERM', () => void bot.stop());
}
