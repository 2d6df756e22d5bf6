import { parseArgs } from 'node:util';
import { replacer, revive } from './botApi/server.js';
import { localHand, type Hand } from './whatsappWeb/hand.js';
import { createPerson, type Person } from './whatsappWeb/person.js';
import { serve } from './whatsappWeb/server.js';
import { createState, type Fault, type FaultKind, type Raw, type Send } from './whatsappWeb/state.js';
import type { Message } from './whatsappWeb/view.js';

export type { FaultKind, Message, Person, Raw, Send };

/**
 * A stand-in for WhatsApp Web, on loopback: the page that the real whatsapp-web.js 1.34.7 drives in a real Chromium,
 * the servers behind it, and the phone that the account lives on. `const wa = await startWhatsAppWeb()` in a test; or
 * as a process of its own, which outlives what a crash test kills:
 * `npx tsx tests/standins/whatsappWeb.ts --port 18200`, reached by `connectWhatsAppWeb('http://127.0.0.1:18200')`.
 * People find a phone to play with at its /phone.
 *
 * Like the real one it begins each chat with notifications of its own, counts time in seconds (so that what whatsapp-web.js
 * sorts is mixed up within one), and keeps what came while no page was open as unread, told by no event.
 */
export interface WhatsAppWeb {
  /** WHATSAPP_WEB_PAGE. */
  readonly url: string;
  /** The version that the page says it is: `webVersion` of the client. */
  readonly version: string;
  person(
    phone: string,
    name?: string,
    /** `lid`: digits; the person then appears under it. `hidesPhone`: nobody learns the number behind it. */
    more?: { lid?: string; hidesPhone?: boolean },
  ): Person;
  /** The account's own phone, in the hand of its owner: writes to a person's phone number or to a group (…@g.us). */
  readonly owner: {
    writes(to: string, text: string): Promise<string>;
    sends(to: string, raw: Raw): Promise<string>;
  };

  /** What the QR code of the page says; null where none is shown. */
  qr(): Promise<string | null>;
  refreshesQr(): Promise<void>;
  /** The phone scans the code, once one is shown; `code` given: that one, refused where it is void. */
  scans(code?: string): Promise<void>;
  /** The phone unlinks the browser: the page starts over with a QR code, or `leaves` for where no page is. */
  unlinks(more?: { leaves?: boolean }): Promise<void>;
  /**
   * What the page says of its connection: CONFLICT, UNPAIRED, TIMEOUT, TOS_BLOCK … Bans and TIMEOUT last until
   * `state('CONNECTED')`; UNPAIRED unlinks.
   */
  state(state: string): Promise<void>;
  isLinked(): Promise<boolean>;
  /** Whether a page is open now. */
  isOpen(): Promise<boolean>;
  /** The open page loads anew, or goes to another place. */
  reloads(): Promise<void>;
  leaves(): Promise<void>;
  /** The open page stands still, so that nothing asked of it is answered until it is closed. */
  freezes(): Promise<void>;

  /**
   * The next send, download, page load or message of a person meets a fault: once, or `times`; `to`: sends to that
   * phone number only, messages from it.
   */
  fails(on: Fault['on'], kind: FaultKind, more?: { times?: number; to?: string }): Promise<void>;
  /** Modules that a page which loads from now on lacks. */
  lacks(...modules: string[]): Promise<void>;
  /** No fault is met any more. */
  heals(): Promise<void>;

  /** Everything that the page gave the server to send, in order, with what became of it. */
  sends(): Promise<Send[]>;
  /** All of a group, or of the chat with a phone number. */
  chat(id: string): Promise<Message[]>;
  /** The modules that whatsapp-web.js asked for; those of them that the page lacked. */
  required(): Promise<string[]>;
  missing(): Promise<string[]>;
  stop(): Promise<void>;
}

/** The version that the stand-in's page says it is. */
export const STAND_IN_VERSION = '2.3000.1017054665';

/** What a Chromium is to be started with so that the stand-in's page works in it, and reaches nothing but loopback. */
export const STAND_IN_BROWSER_ARGS = [
  '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1',
  // A page of the internet may not call loopback since Chrome 142; the stand-in's page looks like one.
  '--disable-features=LocalNetworkAccessChecks',
];

export async function startWhatsAppWeb(
  options: { port?: number; phone?: string; name?: string } = {},
): Promise<WhatsAppWeb> {
  const state = createState({
    version: STAND_IN_VERSION,
    phone: options.phone ?? '6281299990000',
    name: options.name ?? 'Desa Uji',
  });
  const hand = localHand(state);
  const server = await serve(state, options.port ?? 0, (method, args) => {
    const act = hand[method as keyof Hand] as ((...args: unknown[]) => Promise<unknown>) | undefined;
    if (!act) throw new Error(`no control named ${method}`);
    return act(...args);
  });
  return whatsAppWeb(server.url, hand, () => server.stop());
}

/** The same, standing in another process. `stop` only lets go of it. */
export function connectWhatsAppWeb(url: string): WhatsAppWeb {
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
  return whatsAppWeb(url, hand, () => Promise.resolve());
}

function whatsAppWeb(url: string, hand: Hand, stop: () => Promise<void>): WhatsAppWeb {
  const persons = new Map<string, Person>();
  const wa: WhatsAppWeb = {
    url,
    version: STAND_IN_VERSION,
    person(phone, name, more = {}) {
      const known =
        persons.get(phone) ??
        createPerson(hand, phone, {
          ...(name === undefined ? {} : { name }),
          ...(more.lid === undefined ? {} : { lid: more.lid, appearsAs: 'lid' }),
          ...(more.hidesPhone ? { hidesPhone: true } : {}),
        });
      persons.set(phone, known);
      return known;
    },
    owner: {
      writes: (to, text) => hand.ownerSays(to, { type: 'chat', body: text }),
      sends: (to, raw) => hand.ownerSays(to, raw),
    },
    qr: () => hand.qr(),
    refreshesQr: () => hand.refreshQr(),
    async scans(code) {
      const end = Date.now() + 15_000;
      while ((await hand.qr()) === null && Date.now() < end) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      await hand.scan(code);
    },
    unlinks: (more = {}) => hand.unlink(more),
    state: (state) => hand.state(state),
    isLinked: () => hand.isLinked(),
    isOpen: () => hand.isOpen(),
    reloads: () => hand.tell({ kind: 'reload' }),
    leaves: () => hand.tell({ kind: 'leave' }),
    freezes: () => hand.freeze(),
    fails: (on, kind, more = {}) => hand.fault({ on, kind, times: more.times ?? 1, to: more.to }),
    lacks: (...modules) => hand.lack(modules),
    heals: () => hand.heal(),
    sends: () => hand.sends(),
    chat: (id) => hand.messages(id),
    required: () => hand.required(),
    missing: () => hand.missing(),
    stop,
  };
  return wa;
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({
    options: { port: { type: 'string' }, phone: { type: 'string' }, name: { type: 'string' } },
  });
  const wa = await startWhatsAppWeb({
    port: Number(values.port ?? 0),
    ...(values.phone ? { phone: values.phone } : {}),
    ...(values.name ? { name: values.name } : {}),
  });
  // What a test waits for before it goes on.
  console.log(wa.url);
  process.once('SIGTERM', () => void wa.stop());
}
