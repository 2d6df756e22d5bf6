import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createWhatsAppWeb } from '../../../src/channels/whatsapp-web/client.js';
import { deleteProfile, profileFolderOf, sessionFolder } from '../../../src/channels/whatsapp-web/profile.js';
import type { Timing } from '../../../src/channels/whatsapp-web/supervisor.js';
import type { MediaSource } from '../../../src/channels/channel.js';
import { startWhatsAppWeb } from '../../standins/whatsappWeb.js';
import { testIntake, testLog, until } from '../intake.js';
import { aLine, PATIENCE_MS, processesOf, toTabs, type Line } from './line.js';

// A dozen browsers, one after the other.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

let line: Line;
afterEach(async (context) => {
  if (context.task.result?.state === 'fail') console.log(line?.log.lines.join('\n'));
  await line?.stop();
});

const SITI = '6281200000041';
const noMedia: MediaSource = () => Promise.reject(new Error('no file is sent here'));
const siti = () => line.wa.person(SITI, 'Siti');
const says = async (text: string) => line.channel.send(await siti().id(), { text }, noMedia);
const states = () => line.intake.states.map(({ state }) => state);

async function aRunningLine(timing: Partial<Timing> = {}): Promise<Line> {
  line = await aLine(timing);
  await line.starts();
  return line;
}

/** What came while nobody listened, and what comes after, is there: in order, and answered. */
async function goesOn(): Promise<void> {
  await siti().writes('sesudahnya');
  // A first message at times comes by no event: the look through the chats finds it, once a minute.
  await until('it is stored', () => line.intake.texts().includes('sesudahnya'), 90_000).catch(
    (cause: unknown) => {
      throw new Error(`${(cause as Error).message}:\n${line.log.lines.join('\n')}`);
    },
  );
  await says('kami kembali');
  expect((await siti().hears()).filter((text) => text === 'kami kembali')).toHaveLength(1);
}

describe('linking', () => {
  test('the code is shown where it may be, and is void once a phone has scanned it', async () => {
    line = await aLine();
    const codes: (string | null)[] = [];
    line.intake.linking = async (qr) => void codes.push(qr);
    await line.channel.start(line.intake);
    await until('a code is shown', () => codes.length > 0, PATIENCE_MS);
    expect(codes.at(-1)).toBe(await line.wa.qr());
    expect(line.channel.health()).toMatchObject({
      state: 'starting',
      detail: expect.stringContaining('QR') as string,
    });
    await line.wa.refreshesQr();
    await until('another is shown', async () => codes.at(-1) === (await line.wa.qr()));
    const told = codes.filter((code) => code !== null);
    expect(new Set(told).size).toBeGreaterThan(1);
    await line.wa.scans(told.at(-1)!);
    await line.isUp();
    expect(codes.at(-1)).toBeNull();
    expect(line.intake.name).toBe('+6281299990000');
    const logged = line.log.lines.join('\n');
    expect(logged).toContain('waits for its QR code');
    for (const code of told) expect(logged).not.toContain(code.slice(0, 20));
  });

  test('whoever started us sees it drawn', async () => {
    line = await aLine();
    const shown: string[] = [];
    const channel = createWhatsAppWeb({
      name: 'terminal',
      profileFolder: join(line.profileFolder, 'terminal'),
      browserPath: null,
      browserEnv: { PATH: '/usr/bin:/bin' },
      page: line.wa.url,
      show: (text) => void shown.push(text),
      log: testLog(),
      now: () => new Date(),
    });
    await channel.start(testIntake());
    await until('it is drawn', () => shown.length > 0, PATIENCE_MS);
    expect(shown[0]).toMatch(/Perangkat tertaut[\s\S]*[▀▄█]{5}/u);
    await channel.stop();
  });

  test('a line that was removed is unlinked from the phone, which is no fault; its profile can be deleted', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'kentongan-data-'));
    line = await aLine({}, { profileFolder: profileFolderOf(dataDir, 'desa') });
    await line.starts();
    await line.channel.forget!();
    await line.channel.stop();
    expect(await line.wa.isLinked()).toBe(false);
    expect(states()).not.toContain('down');
    for (const other of ['whatsapp-web:..', 'whatsapp-web:', 'telegram:desa'])
      await deleteProfile(dataDir, other);
    expect(existsSync(line.profileFolder)).toBe(true);
    await deleteProfile(dataDir, 'whatsapp-web:desa');
    expect(readdirSync(join(dataDir, 'whatsapp-web'))).toEqual([]);
    await rm(dataDir, { recursive: true });
  });

  test('what lay in the chats before is not ours; what comes after is', async () => {
    line = await aLine();
    await siti().writes('dari kemarin');
    await line.starts();
    await siti().writes('halo');
    await until('it is stored', () => line.intake.stored.length > 0);
    // Nor is it when the chats are read again.
    await line.wa.reloads();
    await until('they are read again', () => line.intake.tries.length > 1);
    expect(line.intake.texts()).toEqual(['halo']);
    expect(new Set(line.intake.tries).size).toBe(1);
  });

  test('the account lies where only we can read, and is found again without a code', async () => {
    await aRunningLine();
    expect(statSync(line.profileFolder).mode & 0o777).toBe(0o700);
    await line.channel.stop();
    let codes = 0;
    line.intake.linking = async (qr) => void (codes += qr === null ? 0 : 1);
    await line.channel.start(line.intake);
    await line.isUp();
    expect(codes).toBe(0);
  });

  test('what was written while we were away is found, also what was read and answered on the phone', async () => {
    await aRunningLine();
    await line.channel.stop();
    await siti().writes('satu');
    await line.wa.owner.writes(SITI, 'saya yang urus');
    await siti().writes('dua');
    await line.channel.start(line.intake);
    await line.isUp();
    await until('all are stored', () => line.intake.stored.length >= 3);
    expect(line.intake.contents()).toEqual([
      { kind: 'text', text: 'satu' },
      { kind: 'owner_wrote', says: 'pause' },
      { kind: 'text', text: 'dua' },
    ]);
  });

  test('what comes by no event is found while the line is up, before what comes after', async () => {
    await aRunningLine({ lookMs: 1_500 });
    await line.wa.fails('message', 'silent');
    await siti().writes('halo?');
    await until('it is stored', () => line.intake.stored.length > 0);
    await siti().writes('dua');
    await until('both are stored', () => line.intake.stored.length > 1);
    await new Promise((resolve) => setTimeout(resolve, 3_200));
    expect(line.intake.texts()).toEqual(['halo?', 'dua']);
    expect(line.intake.tries).toHaveLength(2);
  });

  test('what was said within a second stays in its order, however much it is', async () => {
    await aRunningLine();
    await line.channel.stop();
    const texts = Array.from({ length: 120 }, (_, n) => `pesan ${n}`);
    for (const text of texts) await siti().writes(text);
    await line.channel.start(line.intake);
    await line.isUp();
    await until('all are stored', () => line.intake.stored.length >= texts.length);
    expect(line.intake.texts()).toEqual(texts);
  });

  test('without a browser the line says so, with the cure', async () => {
    line = await aLine();
    const channel = createWhatsAppWeb({
      name: 'desa',
      profileFolder: line.profileFolder,
      browserPath: '/usr/bin/no-such-browser',
      browserEnv: {},
      page: null,
      show: null,
      log: testLog(),
      now: () => new Date(),
    });
    await expect(channel.start(testIntake())).rejects.toMatchObject({
      name: 'SetupError',
      faults: [expect.stringContaining('PUPPETEER_EXECUTABLE_PATH')],
    });
  });
});

describe('what dies is started anew', () => {
  test('a browser that was killed', async () => {
    await aRunningLine();
    const before = line.channel.running()!;
    process.kill(before.browserPid()!, 'SIGKILL');
    await siti().writes('sementara itu');
    await line.comesBack(before);
    await until('it is found', () => line.intake.texts().includes('sementara itu'));
    await goesOn();
    expect(line.intake.texts()).toEqual(['sementara itu', 'sesudahnya']);
  });

  test('a tab that crashed', async () => {
    await aRunningLine();
    const before = line.channel.running()!;
    toTabs(before.browserPid()!, 'SIGKILL');
    await siti().writes('sementara itu');
    await line.comesBack(before);
    await goesOn();
    expect(line.intake.texts()).toEqual(['sementara itu', 'sesudahnya']);
  });

  test('a tab that hangs', async () => {
    await aRunningLine({ heartbeatMs: 200 });
    const before = line.channel.running()!;
    toTabs(before.browserPid()!, 'SIGSTOP');
    await line.comesBack(before);
    expect(line.log.lines.join('\n')).toContain('does not answer');
    await goesOn();
  });

  test('the process of the line: its browser goes with it', async () => {
    await aRunningLine();
    const before = line.channel.running()!;
    const browser = before.browserPid()!;
    process.kill(before.pid, 'SIGKILL');
    await line.comesBack(before);
    // One that nobody has taken note of yet may still be listed, without its command line.
    expect(processesOf('chrom')).not.toContain(browser);
    await goesOn();
  });

  test('a page that left', async () => {
    await aRunningLine({ bootMs: 3_000 });
    const before = line.channel.running()!;
    await line.wa.leaves();
    await siti().writes('sementara itu');
    await line.comesBack(before);
    await goesOn();
    expect(line.intake.texts()).toEqual(['sementara itu', 'sesudahnya']);
  });

  test('a page that lacks what the library needs: tried again, and told after a while', async () => {
    await aRunningLine({ downAfterMs: 1_500 });
    await line.wa.lacks('WAWebCollections');
    const before = line.channel.running()!;
    process.kill(before.pid, 'SIGKILL');
    await until('people are told', () => states().at(-1) === 'down');
    await line.wa.heals();
    await line.comesBack(before);
    await goesOn();
  });

  test('a page that is ready, but whose chats cannot be read', async () => {
    await aRunningLine({ heartbeatMs: 300 });
    await siti().writes('sebelumnya');
    await until('it is stored', () => line.intake.stored.length === 1);
    await line.wa.lacks('WAWebChatLoadMessages');
    const before = line.channel.running()!;
    process.kill(before.pid, 'SIGKILL');
    await siti().writes('sementara itu');
    await line.comesBack(before);
    const without = line.channel.running()!;
    await line.wa.heals();
    await line.comesBack(without);
    expect(line.log.lines.join('\n')).toContain('the chats cannot be read');
    await goesOn();
    expect(line.intake.texts()).toEqual(['sebelumnya', 'sementara itu', 'sesudahnya']);
  });
});

describe('what lives is left alone', () => {
  test('a page that was loaded anew is ready again, and nothing comes twice', async () => {
    await aRunningLine();
    await siti().writes('satu');
    await until('it is stored', () => line.intake.stored.length === 1);
    const before = line.channel.running()!;
    await line.wa.reloads();
    await until('it came again', () => line.intake.tries.length > 1);
    await goesOn();
    expect(line.channel.running()!.pid).toBe(before.pid);
    expect(line.intake.texts()).toEqual(['satu', 'sesudahnya']);
  });

  test.each(['synced_early', 'never_syncs'] as const)(
    'a page that is not heard to be ready (%s) is nudged',
    async (kind) => {
      await aRunningLine({ readyMs: 8_000, nudgeMs: 15_000, pulseMs: 15_000 });
      await line.channel.stop();
      await line.wa.fails('boot', kind);
      await line.channel.start(line.intake);
      await until('it runs', () => line.channel.running() !== null);
      const { pid } = line.channel.running()!;
      await line.isUp();
      expect(line.channel.running()!.pid).toBe(pid);
      expect(line.log.lines.join('\n')).toContain('does not become ready');
      await goesOn();
    },
  );

  test('while WhatsApp is not reached, what is to be sent waits', async () => {
    await aRunningLine({ pulseMs: 15_000 });
    const before = line.channel.running()!;
    await line.wa.state('TIMEOUT');
    await until('it is told', () => line.channel.health().state === 'degraded');
    await expect(says('halo')).rejects.toMatchObject({ failure: 'throttled' });
    // What is in the chat can be seen all the same.
    expect(await line.channel.findSent!(await siti().id(), { text: 'halo' }, new Date(0))).toEqual([]);
    await line.wa.state('CONNECTED');
    await line.isUp();
    await goesOn();
    expect(line.channel.running()!.pid).toBe(before.pid);
    expect(await siti().hears()).toEqual(['kami kembali']);
  });
});

describe('what was missed is read again', () => {
  test('though it could not be had at first, and WhatsApp was not reached at that moment', async () => {
    await aRunningLine();
    await siti().writes('satu');
    await until('it is stored', () => line.intake.stored.length === 1);
    const before = line.channel.running()!;
    await line.wa.fails('earlier', { afterMs: 6_000 });
    process.kill(before.pid, 'SIGKILL');
    await siti().writes('sementara itu');
    await line.comesBack(before);
    await line.wa.state('TIMEOUT');
    await until('it is told', () => line.channel.health().state === 'degraded');
    await until('it failed', () => line.log.lines.join('\n').includes('could not be read again'));
    await until('it is stored', () => line.intake.texts().includes('sementara itu'));
    await line.wa.state('CONNECTED');
    await line.isUp();
    await goesOn();
    expect(line.intake.texts()).toEqual(['satu', 'sementara itu', 'sesudahnya']);
  });
});

describe('what a person must mend is left to them', () => {
  test.each([false, true])(
    'a phone that unlinks us (page leaves: %s): down, until it is linked again',
    async (leaves) => {
      await aRunningLine();
      await line.wa.unlinks({ leaves });
      await until('it is down', () => line.channel.health().state === 'down');
      expect(line.channel.health().detail).toContain('unlinked');
      await until(
        'its browser is gone',
        () => line.channel.running() === null && processesOf(line.profileFolder).length === 0,
      );
      await expect(says('halo')).rejects.toMatchObject({ failure: 'throttled' });
      await siti().writes('sementara itu');
      await line.channel.stop();
      const codes: (string | null)[] = [];
      line.intake.linking = async (qr) => void codes.push(qr);
      await line.channel.start(line.intake);
      await until('a code is shown', () => codes.some(Boolean), PATIENCE_MS);
      // Somebody must hear that the line waits: it was linked before.
      await until('it is told', () => line.channel.health().state === 'down');
      await line.wa.scans();
      await line.isUp();
      await goesOn();
      expect(line.intake.texts()).toEqual(['sementara itu', 'sesudahnya']);
    },
  );

  test('an account that WhatsApp blocks is not tried again', async () => {
    await aRunningLine();
    await line.wa.state('TOS_BLOCK');
    await until('it is down', () => line.channel.health().state === 'down');
    expect(line.channel.health().detail).toContain('blocked');
    await until('its browser is gone', () => processesOf(line.profileFolder).length === 0);
    expect(line.channel.running()).toBeNull();
  });

  test('an account that is used elsewhere is connected again', async () => {
    await aRunningLine();
    const before = line.channel.running()!;
    await line.wa.state('CONFLICT');
    await line.comesBack(before);
    await goesOn();
  });
});

describe('nothing is left behind', () => {
  test('a lock of a browser that is gone, here or on another host, is no hindrance', async () => {
    line = await aLine();
    const session = sessionFolder(line.profileFolder);
    mkdirSync(session, { recursive: true });
    symlinkSync(`${hostname()}-4194301`, join(session, 'SingletonLock'));
    await line.starts();
    await line.channel.stop();
    await rm(join(session, 'SingletonLock'), { force: true });
    symlinkSync('another-host-1', join(session, 'SingletonLock'));
    await line.channel.start(line.intake);
    await line.isUp();
  });

  test('a gateway that is killed leaves neither browser nor process nor folder', async () => {
    line = await aLine();
    const wa = await startWhatsAppWeb();
    const folder = await mkdtemp(join(tmpdir(), 'kentongan-killed-'));
    const gateway = spawn(
      process.execPath,
      ['--import', 'tsx', join(import.meta.dirname, 'gatewayProcess.ts'), wa.url, folder],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const told = await new Promise<string>((resolve) =>
      gateway.stdout.once('data', (data) => resolve(String(data))),
    );
    const { pid, browserPid } = JSON.parse(told) as { pid: number; browserPid: number };
    expect(processesOf(folder)).toContain(browserPid);
    gateway.kill('SIGKILL');
    await until('all are gone', () => processesOf(folder).length === 0 && !existsSync(`/proc/${pid}`));
    const left = processesOf(folder);
    expect(left).toEqual([]);
    await until(
      'its folder is gone',
      () => !existsSync(folder) || !readdirSync(folder).some((name) => name.startsWith('kentongan-browser-')),
    );
    await wa.stop();
    await rm(folder, { recursive: true, force: true });
  });
});
