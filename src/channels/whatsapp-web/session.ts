import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import wweb from 'whatsapp-web.js';
import type { Client, Message } from 'whatsapp-web.js';
import { isPerson } from './address.js';
import { chatOf, editOf, extract } from './extract.js';
import { QUIET_HOOKS } from './hooks.js';
import { killBrowser, readyProfile } from './profile.js';
import type { MessageRecord } from './record.js';
import type { FromProcess, ToProcess } from './talk.js';

export type Opening = Extract<ToProcess, { kind: 'open' }>;

/** One browser with the page of WhatsApp, and the library's Client that drives it. */
export interface Session {
  readonly client: Client;
  /** Our own addresses, once linked. */
  me(): string[];
  /** Both names of a chat, as far as WhatsApp tells them. */
  idsOf(chat: string): Promise<{ lid?: string; phone?: string }>;
  /** Reads a chat after whoever reads it now: what the page loads for one reader it does not give to the next. */
  reading<T>(chat: string, read: () => Promise<T>): Promise<T>;
  /** Resolves with what became of a message within `ms`: 0 where nothing was told. */
  ackOf(id: string, ms: number): Promise<number>;
  begin(): void;
  again(): Promise<void>;
  end(): Promise<void>;
  /** A promise failed that nobody waited for: the library throws what goes wrong in its own hooks there. */
  stray(cause: unknown): void;
}

const CLOSE_MS = 4_000;
const IDS_MS = 3_000;
const REMEMBERED = 1_000;
/** What ends an account's stay here until a person acts. */
const UNLINKED = new Set(['LOGOUT', 'UNPAIRED', 'UNPAIRED_IDLE']);
const REFUSED = new Set(['TOS_BLOCK', 'SMB_TOS_BLOCK']);

export function createSession(opening: Opening, tell: (event: FromProcess) => void): Session {
  readyProfile(opening.profileFolder);
  const folder = mkdtempSync(join(tmpdir(), 'kentongan-browser-'));
  const known = new Map<string, { lid?: string; phone?: string }>();
  const acks = new Map<string, number>();
  const awaited = new Map<string, (ack: number) => void>();
  /** What is being told of each chat: later messages of it wait. */
  const chats = new Map<string, Promise<unknown>>();
  /** Who reads each chat back, the last of them. */
  const readers = new Map<string, Promise<unknown>>();
  let me: string[] = [];
  let browserPid: number | null = null;
  let isEnding = false;

  /** Its hook comes as early as there is a browser: none of its ends may be missed. */
  class Profile extends wweb.LocalAuth {
    override afterBrowserInitialized = async (): Promise<void> => {
      const browser = client.pupBrowser!;
      browserPid = browser.process()?.pid ?? null;
      if (browserPid !== null) tell({ kind: 'opened', browserPid, folder });
      browser.on('disconnected', () => {
        if (client.pupBrowser === browser) trouble('browser', 'the browser is gone');
      });
      client.pupPage!.on('error', () => trouble('tab', 'the tab crashed'));
    };
  }

  const client: Client = new wweb.Client({
    authStrategy: new Profile({ dataPath: opening.profileFolder }),
    authTimeoutMs: opening.bootMs,
    puppeteer: {
      executablePath: opening.browser.path,
      headless: opening.browser.isHeadlessShell ? 'shell' : true,
      args: opening.browser.args,
      env: { ...opening.browser.env, HOME: folder, TMPDIR: folder },
      // No port that another user of this machine could reach; and the browser ends when the pipe does.
      pipe: true,
      protocolTimeout: opening.protocolMs,
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    },
    ...(opening.page === null
      ? { webVersionCache: { type: 'none' as const } }
      : {
          webVersionCache: {
            type: 'remote' as const,
            remotePath: `${opening.page}/{version}.html`,
            strict: true,
          },
        }),
  });

  client.on('qr', (qr: string) => tell({ kind: 'qr', qr }));
  client.on('authenticated', () => tell({ kind: 'linked' }));
  client.on('ready', () => void ready().catch(stray));
  client.on('message_create', (message: Message) => read(message));
  client.on('message_edit', (message: Message) => {
    const edit = editOf(message);
    if (edit !== undefined && !message.fromMe) read(message, { edit });
  });
  // Nobody could read it: its writer is asked to send it again.
  client.on('message_ciphertext_failed', (message: Message) => read(message, { type: 'ciphertext' }));
  client.on('message_ack', (message: Message, ack: number) => acked(message, ack));
  client.on('change_state', (state: unknown) => tell({ kind: 'state', state: String(state) }));
  client.on('auth_failure', (why: string) => trouble('page', why));
  client.on('disconnected', (reason: unknown) => {
    const why = String(reason);
    trouble(UNLINKED.has(why) ? 'unlinked' : REFUSED.has(why) ? 'refused' : 'disconnected', why);
  });

  /** Comes again when the page was loaded anew. */
  async function ready(): Promise<void> {
    // Without it all works, only louder.
    await client.pupPage!.evaluate(QUIET_HOOKS).catch(() => {});
    const wid = client.info.wid as { _serialized: string; user: string; server: string } | undefined;
    const lid: unknown = await client
      .pupPage!.evaluate(`window.require('WAWebUserPrefsMeUser').getMaybeMeLidUser()?._serialized`)
      .catch(() => undefined);
    me = [wid?._serialized, lid].filter((one) => typeof one === 'string');
    tell({ kind: 'ready', number: wid?.server === 'c.us' ? wid.user : null });
  }

  /** Tells a message on, after those that came before it in its chat; of groups and lists nothing leaves this process. */
  function read(message: Message, more: Partial<MessageRecord> = {}): void {
    const chat = chatOf(message);
    if (!isPerson(chat) || me.includes(chat)) return;
    inTurn(chats, chat, async () => {
      tell({ kind: 'message', record: { ...extract(message, me, await idsOf(chat)), ...more } });
    }).catch(stray);
  }

  async function idsOf(chat: string): Promise<{ lid?: string; phone?: string }> {
    const told = known.get(chat);
    if (told) return told;
    try {
      const [found] = await within(IDS_MS, client.getContactLidAndPhone([chat]));
      const ids = {
        ...(found?.lid ? { lid: found.lid } : {}),
        ...(found?.pn ? { phone: found.pn } : {}),
      };
      remember(known, chat, ids);
      return ids;
    } catch {
      // What the address itself says will do; asked again with the next message.
      return {};
    }
  }

  function acked(message: Message, ack: number): void {
    if (!message.fromMe || !isPerson(chatOf(message))) return;
    const id = message.id._serialized;
    remember(acks, id, ack);
    awaited.get(id)?.(ack);
    // What the owner wrote by hand is not ours to report on.
    if (!['android', 'ios'].includes(message.deviceType)) tell({ kind: 'ack', id, ack });
  }

  function trouble(what: Extract<FromProcess, { kind: 'trouble' }>['what'], why: string): void {
    if (!isEnding) tell({ kind: 'trouble', what, why: why.slice(0, 300) });
  }

  function stray(cause: unknown): void {
    const why = cause instanceof Error ? cause.message : String(cause);
    // The library's own hook for a code that is void runs outside the page, and fails: what it meant to do is done here.
    if (why.includes('window is not defined')) {
      client.pupPage?.evaluate(`window.require('WAWebCmd').Cmd.refreshQR()`).catch(() => {});
      return;
    }
    trouble('page', why);
  }

  async function close(): Promise<void> {
    await within(CLOSE_MS, client.destroy()).catch(() => {});
    if (browserPid !== null) killBrowser(browserPid);
    browserPid = null;
  }

  return {
    client,
    me: () => me,
    idsOf,
    reading: (chat, read) => inTurn(readers, chat, read),
    async ackOf(id, ms) {
      const told = acks.get(id) ?? 0;
      if (told !== 0) return told;
      return await new Promise((resolve) => {
        const end = (ack: number): void => {
          clearTimeout(timer);
          awaited.delete(id);
          resolve(ack);
        };
        const timer = setTimeout(() => end(0), ms);
        awaited.set(id, end);
      });
    },
    begin() {
      client.initialize().catch(stray);
    },
    async again() {
      isEnding = true;
      await close();
      isEnding = false;
      client.initialize().catch(stray);
    },
    async end() {
      isEnding = true;
      await close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
    stray,
  };
}

/** Does work for a chat after what is done for it already, however that ends; what is over is forgotten. */
function inTurn<T>(turns: Map<string, Promise<unknown>>, chat: string, work: () => Promise<T>): Promise<T> {
  const mine = (turns.get(chat) ?? Promise.resolve()).then(work);
  const over = mine
    .catch(() => {})
    .finally(() => {
      if (turns.get(chat) === over) turns.delete(chat);
    });
  turns.set(chat, over);
  return mine;
}

/** Rejects where it takes longer: a tab that crashed never answers. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Keeps a bounded memory: the oldest is forgotten first. */
function remember<V>(memory: Map<string, V>, key: string, value: V): void {
  if (memory.size >= REMEMBERED) memory.delete(memory.keys().next().value!);
  memory.set(key, value);
}
