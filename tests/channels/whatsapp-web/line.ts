import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createWhatsAppWeb, type WhatsAppWeb } from '../../../src/channels/whatsapp-web/client.js';
import type { Timing } from '../../../src/channels/whatsapp-web/supervisor.js';
import { startWhatsAppWeb, type WhatsAppWeb as StandIn } from '../../standins/whatsappWeb.js';
import { testIntake, testLog, until, type TestIntake } from '../intake.js';

/** Failures are told within seconds, where the real line gives them a minute. */
export const FAST: Partial<Timing> = {
  heartbeatMs: 1_000,
  pulseMs: 3_000,
  bootMs: 30_000,
  readyMs: 30_000,
  nudgeMs: 4_000,
  backoffMs: () => 50,
  sendMs: 8_000,
  receiveMs: () => 5,
};

/** A browser on a busy machine. */
export const PATIENCE_MS = 60_000;

/** A line of WhatsApp Web before the stand-in: the real Client in a real browser. */
export interface Line {
  wa: StandIn;
  channel: WhatsAppWeb;
  intake: TestIntake;
  log: ReturnType<typeof testLog>;
  profileFolder: string;
  /** Starts it, scans the code where one is shown, and waits until it is up. */
  starts(): Promise<void>;
  isUp(): Promise<void>;
  /** Until the process that runs now is another one, and up. */
  comesBack(since: { pid: number } | null): Promise<void>;
  stop(): Promise<void>;
}

export async function aLine(
  timing: Partial<Timing> = {},
  given: { profileFolder?: string; wa?: StandIn } = {},
): Promise<Line> {
  const wa = given.wa ?? (await startWhatsAppWeb());
  const folder = await mkdtemp(join(tmpdir(), 'kentongan-whatsapp-'));
  const profileFolder = given.profileFolder ?? join(folder, 'desa');
  const log = testLog();
  const channel = createWhatsAppWeb({
    name: 'desa',
    profileFolder,
    browserPath: null,
    browserEnv: { PATH: '/usr/local/bin:/usr/bin:/bin', TMPDIR: folder },
    page: wa.url,
    show: null,
    log,
    now: () => new Date(),
    timing: { ...FAST, ...timing },
  });
  const line: Line = {
    wa,
    channel,
    intake: testIntake(),
    log,
    profileFolder,
    async starts() {
      await channel.start(line.intake);
      if (!(await wa.isLinked())) {
        await until('a code is shown', async () => (await wa.qr()) !== null, PATIENCE_MS);
        await wa.scans();
      }
      await line.isUp();
    },
    isUp: () => until('the line is up', () => channel.health().state === 'up', PATIENCE_MS),
    comesBack: (since) =>
      until(
        'the line is up again',
        () => {
          const now = channel.running();
          return now !== null && now.pid !== since?.pid && channel.health().state === 'up';
        },
        PATIENCE_MS,
      ),
    async stop() {
      await channel.stop();
      if (!given.wa) await wa.stop();
      await until('no browser is left', () => processesOf(profileFolder).length === 0);
      const left = existsSync(folder)
        ? readdirSync(folder).filter((name) => !/^(?:desa|tsx-\d+)$/u.test(name))
        : [];
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
      if (left.length > 0) throw new Error(`left behind: ${left.join(', ')}`);
    },
  };
  return line;
}

/** The processes that have this word in their command line: browsers by their profile. */
export function processesOf(word: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/u.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(word);
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Ends, or stops, a browser's helpers that draw pages: one of them has the tab, the others wait for one. */
export function toTabs(browser: number, signal: 'SIGKILL' | 'SIGSTOP'): void {
  const tabs = processesOf('--type=renderer').filter((pid) => {
    for (let above = pid; above > 1; above = parentOf(above)) if (above === browser) return true;
    return false;
  });
  if (tabs.length === 0) throw new Error('the browser has no tab');
  for (const pid of tabs) process.kill(pid, signal);
}

function parentOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return 0;
  }
}
