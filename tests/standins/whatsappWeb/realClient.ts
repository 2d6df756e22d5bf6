import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import wweb from 'whatsapp-web.js';
import type { Client, Message, MessageMedia } from 'whatsapp-web.js';
import { BINARY } from '../../support/browser.js';
import { STAND_IN_BROWSER_ARGS, startWhatsAppWeb, type WhatsAppWeb } from '../whatsappWeb.js';

/** The real whatsapp-web.js, about to drive a real Chromium on the page of a stand-in of its own. */
export interface RealClient {
  wa: WhatsAppWeb;
  client: Client;
  /** What the client told, in order: each event's first and second value. */
  heard: { name: string; value: unknown; more: unknown }[];
  /** Lets the page come, and resolves once the client is ready, with the names of what it told meanwhile. */
  comesUp: () => Promise<string[]>;
  /** Resolves with what the client tells under that name; what it told before the first `from` does not count. */
  happens: <T = unknown>(name: string, from?: number, fits?: (value: T) => boolean) => Promise<T>;
  /** Resolves with the incoming message of those words. */
  received: (body: string, from?: number) => Promise<Message>;
  end: () => Promise<void>;
}

/** Waits for the outcome of a send; without it the library resolves before the send. */
export const SENT = { waitUntilMsgSent: true };

const TOLD =
  'qr authenticated auth_failure ready disconnected change_state call vote_update message message_create ' +
  'message_ack message_edit message_revoke_everyone message_ciphertext message_reaction unread_count';

export async function aRealClient(): Promise<RealClient> {
  if (!BINARY) throw new Error('no Chromium is installed: apt-get install chromium');
  const wa = await startWhatsAppWeb();
  const profile = await mkdtemp(join(tmpdir(), 'kentongan-whatsapp-web-'));
  const client = new wweb.Client({
    authStrategy: new wweb.LocalAuth({ dataPath: profile }),
    // Only what a page that left WhatsApp waits for.
    authTimeoutMs: 2_000,
    webVersion: wa.version,
    webVersionCache: { type: 'remote', remotePath: `${wa.url}/{version}.html`, strict: true },
    puppeteer: {
      headless: true,
      executablePath: BINARY,
      args: ['--no-sandbox', '--disable-gpu', ...STAND_IN_BROWSER_ARGS],
      protocolTimeout: 30_000,
    },
  });
  const heard: RealClient['heard'] = [];
  for (const name of TOLD.split(' ')) {
    (client as NodeJS.EventEmitter).on(name, (value: unknown, more: unknown) => {
      heard.push({ name, value, more });
    });
  }
  const happens: RealClient['happens'] = async <T>(
    name: string,
    from = 0,
    fits: (value: T) => boolean = () => true,
  ) => {
    const told = await until(`the client tells: ${name}`, () =>
      heard.slice(from).find((one) => one.name === name && fits(one.value as T)),
    );
    return told.value as T;
  };
  return {
    wa,
    client,
    heard,
    happens,
    received: (body, from) => happens<Message>('message', from, (message) => message.body === body),
    async comesUp() {
      const from = heard.length;
      await client.initialize();
      await happens('ready', from);
      return heard.slice(from).map(({ name }) => name);
    },
    async end() {
      await client.destroy();
      await wa.stop();
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

export function media(mime: string, bytes: Buffer, name: string): MessageMedia {
  return new wweb.MessageMedia(mime, bytes.toString('base64'), name);
}

export async function bytesOf(message: Message): Promise<Buffer> {
  return Buffer.from((await message.downloadMedia()).data, 'base64');
}

export async function aPicture(): Promise<Buffer> {
  return sharp({ create: { width: 8, height: 8, channels: 3, background: '#7a8b94' } })
    .png()
    .toBuffer();
}

/** Resolves with the first answer that is not undefined or false. */
export async function until<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const end = Date.now() + 30_000;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found as T;
    if (Date.now() > end) throw new Error(`it did not happen: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
