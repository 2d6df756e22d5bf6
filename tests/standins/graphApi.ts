import { createHash, randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { createPerson, type FaultKind, type Hand, type Person } from './graphApi/person.js';
import { replacer, revive, serve } from './graphApi/server.js';
import {
  createState,
  keepFile,
  messageId,
  STAND_IN,
  wakeAll,
  type Call,
  type GraphApiOptions,
  type Message,
  type Somebody,
  type State,
  type What,
} from './graphApi/state.js';
import { bring, contactOf, payloadOf, report } from './graphApi/webhook.js';

export { STAND_IN } from './graphApi/state.js';
export type { Person, FaultKind };
export type { Call, Message } from './graphApi/state.js';

/**
 * A stand-in for Meta's Graph API and its webhook, on loopback, with the manners of the real one that matter to us.
 * `const meta = await startGraphApi()` in a test; or as a process of its own, reached by `connectGraphApi(url)`:
 * `npx tsx tests/standins/graphApi.ts --port 18300 --webhook http://127.0.0.1:8080/channels/whatsapp-cloud/webhook`.
 * Its page `/phone?as=62812…&name=Siti` is a phone to try it by hand.
 */
export interface GraphApi {
  /** WHATSAPP_CLOUD_API_ROOT. */
  readonly url: string;
  /** What a line of it is made of. */
  readonly settings: {
    kind: 'whatsapp-cloud';
    token: string;
    phoneNumberId: string;
    appSecret: string;
    verifyToken: string;
    apiRoot: string;
    templates: { [language: string]: string };
  };
  /** By number; with `hidesNumber` a person of whom Meta tells a BSUID alone, called by any name. */
  person(key: string, name?: string, more?: { hidesNumber?: boolean }): Person;
  /** Brings everything there from now on. Rejects where the handshake fails. */
  bringsTo(url: string | null): Promise<void>;
  /** The next calls meet a fault: once, or `times`; those to one person. */
  fails(what: What | '*', kind: FaultKind, more?: { times?: number; to?: string }): Promise<void>;
  /** Brings a payload as it is, once (`times`); with a bad signature it is not tried again. */
  brings(payload: unknown, more?: { times?: number; signature?: 'good' | 'bad' | 'none' }): Promise<void>;
  /** What people do in `acts` is brought once they are done. */
  together(acts: () => Promise<unknown>): Promise<void>;
  /** Every call in order; of one kind. */
  calls(what?: What): Promise<Call[]>;
  waiting(): Promise<number>;
  /** Resolves when everything was answered with 200. */
  settles(withinMs?: number): Promise<void>;
  ownerWrites(to: Person, text: string): Promise<void>;
  reports(to: Person, id: string, status: Message['status'], code?: number): Promise<void>;
  stop(): Promise<void>;
}

export async function startGraphApi(options: GraphApiOptions & { port?: number } = {}): Promise<GraphApi> {
  const { port = 0, ...rest } = options;
  const state = createState(rest);
  const hand = localHand(state);
  const server = await serve(state, port, (method, args) => {
    const act = hand[method as keyof Hand] as ((...args: unknown[]) => Promise<unknown>) | undefined;
    if (!act) throw new Error(`no control named ${method}`);
    return act(...args);
  });
  return graphApi(server.url, state, hand, () => server.stop());
}

/** The same, standing in another process. `stop` only lets go of it. */
export function connectGraphApi(url: string, known: Partial<typeof STAND_IN> = {}): GraphApi {
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
  return graphApi(url, { ...STAND_IN, ...known }, hand, () => Promise.resolve());
}

function graphApi(
  url: string,
  known: typeof STAND_IN | State,
  hand: Hand,
  stop: () => Promise<void>,
): GraphApi {
  const people = new Map<string, Person>();
  const languages = Object.entries(known.templates).flatMap(([name, all]) => all.map((one) => [one, name]));
  return {
    url,
    settings: {
      kind: 'whatsapp-cloud',
      token: known.token,
      phoneNumberId: known.phoneNumberId,
      appSecret: known.appSecret,
      verifyToken: known.verifyToken,
      apiRoot: url,
      templates: Object.fromEntries(languages) as { [language: string]: string },
    },
    person(key, name = `Warga ${key.slice(-2)}`, more = {}) {
      const made = people.get(key) ?? createPerson(hand, key, name, more.hidesNumber ?? false);
      people.set(key, made);
      return made;
    },
    async bringsTo(to) {
      if (!(await hand.webhook(to))) throw new Error('the handshake of the webhook failed');
    },
    fails: (what, kind, more = {}) => hand.fault({ what, kind, times: more.times ?? 1, to: more.to }),
    async brings(payload, more) {
      await hand.bring(payload, more);
    },
    async together(acts) {
      await hand.hold(true);
      try {
        await acts();
      } finally {
        await hand.hold(false);
      }
    },
    calls: async (what) => (await hand.calls()).filter((call) => what === undefined || call.what === what),
    waiting: () => hand.waiting(),
    async settles(withinMs = 15_000) {
      const end = Date.now() + withinMs;
      while ((await hand.waiting()) > 0) {
        if (Date.now() > end) throw new Error(`${await hand.waiting()} payloads are still not answered`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    ownerWrites: (to, text) => hand.ownerWrites(to.key, text),
    reports: (to, id, status, code) => hand.report(to.key, id, status, code),
    stop,
  };
}

function localHand(state: State): Hand {
  const somebody = (key: string): Somebody => {
    const found = state.people.get(key);
    if (!found) throw new Error(`nobody is called ${key}`);
    return found;
  };
  return {
    async open(key, name, hidesNumber) {
      const known = state.people.get(key);
      if (known) return known;
      const digits = BigInt(`0x${createHash('sha256').update(key).digest('hex').slice(0, 15)}`);
      const made: Somebody = {
        key,
        phone: hidesNumber ? null : key,
        bsuid: `ID.${digits}`,
        name,
        isUnreachable: false,
        lastWroteAt: null,
        messages: [],
      };
      state.people.set(key, made);
      return made;
    },
    somebody: async (key) => somebody(key),
    async say(key, said, more = {}) {
      const person = somebody(key);
      const id = messageId(state);
      const at = more.at ?? Date.now();
      person.lastWroteAt = at;
      const type = String(said['type']);
      if (!['reaction', 'system', 'revoke'].includes(type))
        person.messages.push({ ...BLANK, id, kind: type, text: more.text ?? '', photos: more.photos ?? [] });
      const from = {
        ...(person.phone === null ? {} : { from: person.phone }),
        from_user_id: person.bsuid,
      };
      const message = { ...from, id, timestamp: String(Math.floor(at / 1000)), ...said };
      // What the platform itself tells of a person comes without their contact.
      const contacts = type === 'system' ? {} : { contacts: [contactOf(person)] };
      bring(state, payloadOf(state, { ...contacts, messages: [message] }), { times: more.times ?? 1 });
      return id;
    },
    async keepFile(bytes, mime) {
      const { id, sha256 } = keepFile(state, bytes, mime);
      return { id, sha256 };
    },
    async report(key, id, status, code) {
      const person = somebody(key);
      const message = person.messages.find((one) => one.id === id);
      if (!message) throw new Error(`no message ${id}`);
      report(state, person, message, status, code);
    },
    async unreachable(key, isUnreachable) {
      somebody(key).isUnreachable = isUnreachable;
    },
    async wroteAgo(key, ms) {
      somebody(key).lastWroteAt = Date.now() - ms;
    },
    async ownerWrites(key, text) {
      const person = somebody(key);
      const echo = {
        from: state.displayNumber.replaceAll(/\D/gu, ''),
        ...(person.phone === null ? { to_user_id: person.bsuid } : { to: person.phone }),
        id: messageId(state),
        timestamp: String(Math.floor(Date.now() / 1000)),
        type: 'text',
        text: { body: text },
      };
      bring(state, payloadOf(state, { message_echoes: [echo] }, 'smb_message_echoes'));
    },
    async bring(payload, more = {}) {
      bring(state, payload, { ...more, isTriedOnce: true });
      return state.waiting.length;
    },
    async webhook(url) {
      if (url !== null) {
        const challenge = randomUUID();
        const query = new URLSearchParams({
          'hub.mode': 'subscribe',
          'hub.verify_token': state.verifyToken,
          'hub.challenge': challenge,
        });
        const response = await fetch(`${url}?${query.toString()}`);
        if (response.status !== 200 || (await response.text()) !== challenge) return false;
      }
      state.webhook = url;
      wakeAll(state);
      return true;
    },
    async fault(fault) {
      state.faults.push(fault);
    },
    async hold(isHolding) {
      state.isHolding = isHolding;
      wakeAll(state);
    },
    calls: async () => state.calls,
    waiting: async () => state.waiting.length,
  };
}

const BLANK: Omit<Message, 'id' | 'kind' | 'text' | 'photos'> = {
  from: 'person',
  buttons: [],
  isList: false,
  document: null,
  location: null,
  request: null,
  template: null,
  quotes: null,
  status: 'accepted',
  isRead: false,
  isAnswering: false,
};

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({
    options: { port: { type: 'string' }, record: { type: 'string' }, webhook: { type: 'string' } },
  });
  const meta = await startGraphApi({
    port: Number(values.port ?? 0),
    ...(values.record ? { record: values.record } : {}),
  });
  // What a test waits for before it goes on.
  console.log(meta.url);
  const until = values.webhook;
  // The program may start later than this stand-in.
  const connect = (): void =>
    void meta.bringsTo(until!).catch(() => {
      setTimeout(connect, 500).unref();
    });
  if (until) connect();
  process.once('SIGTERM', () => void meta.stop());
}
