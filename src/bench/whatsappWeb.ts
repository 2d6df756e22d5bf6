import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import type { Intake, LineState } from '../channels/channel.js';
import { findBrowser } from '../channels/whatsapp-web/browser.js';
import { createWhatsAppWeb, type WhatsAppWeb } from '../channels/whatsapp-web/client.js';
import { median, type Bench, type BenchRow } from './report.js';
import { residentMb } from './start.js';

/** What tests/standins/whatsappWeb.ts offers: known by its shape, since src imports nothing from tests. */
interface StandIn {
  url: string;
  isLinked(): Promise<boolean>;
  scans(): Promise<unknown>;
  person(phone: string, name: string): { writes(text: string): Promise<unknown> };
  stop(): Promise<void>;
}

const ROUNDS = 5;
const MESSAGES = 20;
const PATIENCE_MS = 60_000;

/**
 * The real client in a real browser against the stand-in, its account linked before: how long until it is ready, and
 * what the process that watches over the browser weighs after some messages.
 */
export const whatsAppWebBench: Bench = {
  names: ['whatsapp_web.ready_seconds', 'whatsapp_web.process_mb'],
  async run() {
    const browserEnv = { PATH: '/usr/local/bin:/usr/bin:/bin' };
    try {
      findBrowser(null, browserEnv, null);
    } catch (cause) {
      return (cause as Error).message;
    }
    const standIn = await startStandIn();
    if (!standIn) return 'the stand-ins were not built along: npm run prepare';
    const profileFolder = await mkdtemp(join(tmpdir(), 'kentongan-bench-'));
    const open = (): WhatsAppWeb =>
      createWhatsAppWeb({
        name: 'bench',
        profileFolder,
        browserPath: null,
        browserEnv,
        page: standIn.url,
        show: null,
        log: pino({ level: 'silent' }),
        now: () => new Date(),
      });
    try {
      await readyIn(open(), standIn, () => Promise.resolve()); // links the account
      const seconds: number[] = [];
      let megabytes = 0;
      for (let round = 0; round < ROUNDS; round += 1)
        seconds.push(
          await readyIn(open(), standIn, async (line, received) => {
            if (round > 0) return;
            const person = standIn.person('6281200000041', 'Siti');
            for (let n = 0; n < MESSAGES; n += 1) await person.writes(`pesan ${n}`);
            await until(() => received() >= MESSAGES);
            megabytes = await residentMb(line.running()!.pid);
          }),
        );
      return rowsOf(median(seconds), megabytes);
    } finally {
      await standIn.stop();
      await rm(profileFolder, { recursive: true, force: true });
    }
  },
};

/** Starts the line, and answers the seconds until it is up; `meanwhile` is done before it is stopped. */
async function readyIn(
  line: WhatsAppWeb,
  standIn: StandIn,
  meanwhile: (line: WhatsAppWeb, received: () => number) => Promise<void>,
): Promise<number> {
  let state: LineState = 'starting';
  let received = 0;
  const intake: Intake = {
    receive: () => {
      received += 1;
      return Promise.resolve();
    },
    loadOffset: () => Promise.resolve(null),
    saveOffset: () => Promise.resolve(),
    stateChanged: (now) => {
      state = now;
      return Promise.resolve();
    },
    linking: async (qr) => {
      if (qr !== null) await standIn.scans();
    },
  };
  const began = performance.now();
  try {
    await line.start(intake);
    await until(() => state === 'up');
    const seconds = (performance.now() - began) / 1000;
    await meanwhile(line, () => received);
    return seconds;
  } finally {
    await line.stop();
  }
}

function rowsOf(seconds: number, megabytes: number): BenchRow[] {
  return [
    {
      name: 'whatsapp_web.ready_seconds',
      value: seconds,
      unit: 's',
      against: null,
      ratio: null,
      target: '≤ 5',
      met: seconds <= 5,
    },
    {
      name: 'whatsapp_web.process_mb',
      value: megabytes,
      unit: 'MB',
      against: null,
      ratio: null,
      target: '≤ 120',
      met: megabytes <= 120,
    },
  ];
}

async function startStandIn(): Promise<StandIn | null> {
  const built = new URL('../standins/whatsappWeb.js', import.meta.url);
  if (!existsSync(built)) return null;
  const { startWhatsAppWeb } = (await import(built.href)) as { startWhatsAppWeb: () => Promise<StandIn> };
  return await startWhatsAppWeb();
}

async function until(isSo: () => boolean): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!isSo()) {
    if (performance.now() > end) throw new Error('the line did not get there in time');
    await sleep(5);
  }
}
