import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Channel } from '../../src/channels/channel.js';
import { createSimulatedLines } from '../../src/channels/simulator/lines.js';
import { createSimulatedPlatform } from '../../src/channels/simulator/platform.js';
import { createTelegram } from '../../src/channels/telegram/client.js';
import { createWhatsAppCloud } from '../../src/channels/whatsapp-cloud/client.js';
import { createCloudDoor } from '../../src/channels/whatsapp-cloud/door.js';
import { SIMULATOR_LINES } from '../../src/core/simulator.js';
import { startBotApi, type BotApi } from '../standins/botApi.js';
import { startGraphApi } from '../standins/graphApi.js';
import { testLog } from './intake.js';

/** A person at the platform of a channel, and what they see there. */
export interface Rig {
  channel: Channel;
  chatId: string;
  /** Each resolves once the platform has it (the simulator: once it is stored). */
  writes(text: string): Promise<unknown>;
  taps(label: string): Promise<unknown>;
  sendsPhoto(bytes: Uint8Array, caption?: string): Promise<unknown>;
  sendsDocument(bytes: Uint8Array, name: string): Promise<unknown>;
  sharesOwnContact(): Promise<unknown>;
  sharesOtherContact(): Promise<unknown>;
  sharesLocation(latitude: number, longitude: number): Promise<unknown>;
  edits(text: string): Promise<unknown>;
  blocks(): Promise<unknown>;
  unblocks(): Promise<unknown>;
  /** Only where the platform has groups. */
  writesInGroup?(text: string): Promise<unknown>;
  opensLink(payload: string): Promise<unknown>;
  /** Only where the platform delivers again. */
  writesTwice?(text: string): Promise<unknown>;
  /** What the person sees of us, in order. */
  sees(): Promise<{ text: string; buttons: string[]; photos: number }[]>;
  /** Whether the platform counts everything as delivered. */
  isSettled(): Promise<boolean>;
  log: ReturnType<typeof testLog>;
  close(): Promise<void>;
}

const STARTED_AT = new Date('2026-11-24T03:00:00Z');
const SECRET = 'webhook-secret_of-the-test';

export async function telegramPolling(): Promise<Rig> {
  const bot = await startBotApi();
  const log = testLog();
  const channel = createTelegram({
    token: bot.token,
    apiRoot: bot.url,
    webhook: null,
    log,
    now: () => STARTED_AT,
    backoffMs: () => 5,
  });
  return telegramRig(bot, channel, log, async () => {});
}

export async function telegramWebhook(): Promise<Rig> {
  const bot = await startBotApi();
  const log = testLog();
  let channel: Channel | null = null;
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const headers = request.headers as { [name: string]: string };
      void channel!.handleWebhook!(headers, Buffer.concat(parts)).then(({ status }) =>
        response.writeHead(status).end(),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  channel = createTelegram({
    token: bot.token,
    apiRoot: bot.url,
    webhook: { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, secret: SECRET },
    log,
    now: () => STARTED_AT,
    backoffMs: () => 5,
  });
  return telegramRig(bot, channel, log, () => closeServer(server));
}

function telegramRig(
  bot: BotApi,
  channel: Channel,
  log: ReturnType<typeof testLog>,
  close: () => Promise<void>,
): Rig {
  const person = bot.person(41, 'Siti');
  return {
    channel,
    chatId: '41',
    log,
    writes: (text) => person.writes(text),
    taps: (label) => person.taps(label),
    sendsPhoto: (bytes, caption) => person.sendsPhoto(bytes, caption === undefined ? {} : { caption }),
    sendsDocument: (bytes, name) => person.sendsDocument(bytes, { name }),
    sharesOwnContact: () => person.sharesContact('+6281200000041'),
    sharesOtherContact: () => person.sharesContact('081200000042', { of: 42 }),
    sharesLocation: (latitude, longitude) => person.sharesLocation(latitude, longitude),
    edits: (text) => person.edits(text),
    blocks: () => person.blocks(),
    unblocks: () => person.unblocks(),
    writesInGroup: (text) => person.writesInGroup(-100_200, text),
    opensLink: (payload) => person.starts(payload),
    writesTwice: (text) => person.writes(text, { times: 2 }),
    async sees() {
      const messages = (await person.messages()).filter((message) => message.from === 'bot');
      return messages.map((m) => ({ text: m.text, buttons: m.buttons.flat(), photos: m.photos.length }));
    },
    isSettled: async () => (await bot.waiting()) === 0,
    async close() {
      await channel.stop();
      await close();
      await bot.stop();
    },
  };
}

export async function whatsappCloud(): Promise<Rig> {
  const meta = await startGraphApi({ isReporting: false });
  const log = testLog();
  const channel = createWhatsAppCloud({ settings: meta.settings, log, backoffMs: () => 5 });
  const door = createCloudDoor({ lines: () => [channel.doorLine], log });
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const query = new URL(request.url!, 'http://door.test').searchParams;
      if (request.method === 'GET') {
        const { status, body } = door.handshake(query);
        response.writeHead(status).end(body);
        return;
      }
      const headers = request.headers as { [name: string]: string };
      void channel.handleWebhook!(headers, Buffer.concat(parts)).then(({ status }) =>
        response.writeHead(status).end(),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await meta.bringsTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const person = meta.person('6281200000041', 'Siti');
  return {
    channel,
    chatId: person.key,
    log,
    writes: (text) => person.writes(text),
    taps: (label) => person.taps(label),
    sendsPhoto: (bytes, caption) => person.sendsPhoto(bytes, caption === undefined ? {} : { caption }),
    sendsDocument: (bytes, name) => person.sendsDocument(bytes, { name }),
    sharesOwnContact: () => person.sharesContact('6281200000041'),
    sharesOtherContact: () => person.sharesContact('6281200000042', 'Tini'),
    sharesLocation: (latitude, longitude) => person.sharesLocation(latitude, longitude),
    edits: (text) => person.edits(text),
    blocks: () => person.isUnreachable(),
    unblocks: () => person.isUnreachable(false),
    opensLink: (payload) => person.starts(payload),
    writesTwice: (text) => person.writes(text, { times: 2 }),
    async sees() {
      return (await person.ours()).map((one) => ({
        text: one.text,
        buttons: one.buttons.map((button) => button.title),
        photos: one.photos.length,
      }));
    },
    isSettled: async () => (await meta.waiting()) === 0,
    async close() {
      await channel.stop();
      await closeServer(server);
      await meta.stop();
    },
  };
}

export function simulatorNumbers(): Promise<Rig> {
  return simulator(SIMULATOR_LINES.numbers);
}

export function simulatorButtons(): Promise<Rig> {
  return simulator(SIMULATOR_LINES.buttons);
}

async function simulator(lineId: string): Promise<Rig> {
  const dir = await mkdtemp(join(tmpdir(), 'kentongan-simulator-'));
  let ids = 0;
  const platform = createSimulatedPlatform({
    now: () => STARTED_AT,
    newId: () => `id-${(ids += 1)}`,
    dir,
    people: [{ id: 'siti', name: 'Siti', lineId, phone: '6281200000041', role: 'resident' }],
  });
  const channel = createSimulatedLines(platform).find((line) => line.lineId === lineId)!;
  const ours = async () => (await platform.messages('siti')).filter((message) => message.from === 'office');
  return {
    channel,
    chatId: 'siti',
    log: testLog(),
    writes: (text) => platform.writes('siti', text),
    async taps(label) {
      const message = (await ours()).findLast((one) =>
        one.choices?.some((choice) => choice.label === label),
      )!;
      await platform.taps(
        'siti',
        message.id,
        message.choices!.find((choice) => choice.label === label)!.payload,
      );
    },
    sendsPhoto: (bytes, caption) =>
      platform.sendsPhoto('siti', bytes, caption === undefined ? {} : { caption }),
    sendsDocument: (bytes, name) => platform.sendsDocument('siti', bytes, { name, mime: 'application/pdf' }),
    sharesOwnContact: () => platform.sharesContact('siti'),
    sharesOtherContact: () => platform.sharesContact('siti', { phone: '6281200000042', name: 'Tini' }),
    sharesLocation: (latitude, longitude) => platform.sharesLocation('siti', latitude, longitude),
    async edits(text) {
      const last = (await platform.messages('siti')).findLast((message) => message.from === 'person')!;
      await platform.edits('siti', last.id, text);
    },
    blocks: () => platform.blocks('siti'),
    unblocks: () => platform.unblocks('siti'),
    opensLink: (payload) => platform.opensLink('siti', payload),
    async sees() {
      return (await ours()).map((m) => ({
        text: m.text,
        buttons: (m.choices ?? []).map((choice) => choice.label),
        photos: m.photos?.length ?? 0,
      }));
    },
    isSettled: async () => true,
    async close() {
      await channel.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
