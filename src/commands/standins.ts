import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { findBrowser } from '../channels/whatsapp-web/browser.js';
import type { Config } from '../config.js';
import { SetupError } from '../core/errors.js';
import { environmentLines, lineIdOf, lineKind, LineSettings, platformOf } from '../core/line.js';
import type { Stage } from '../roles/run.js';
import type { Runtime } from '../runtime.js';
import { serveVillages } from '../store/lineAdmin.js';
import { hasStoredLines, registerLines } from '../store/lines.js';
import { SIMULATED_OFFICERS } from '../store/linkDemonstration.js';
import { DEMONSTRATION_VILLAGE } from '../store/seedDemonstration.js';
import { inTransaction } from '../store/sql.js';

/** What tests/standins/start.ts offers: known by its shape, since src imports nothing from tests. */
interface StandIns {
  telegram: { token: string; apiRoot: string; phone: string };
  cloud: { settings: object; phone: string };
  web: { page: string; phone: string } | null;
  bringsTo(url: string): Promise<void>;
  stop(): Promise<void>;
}
export interface StandInsModule {
  startStandIns(options: { whatsappWeb: boolean; people: { id: number; name: string }[] }): Promise<StandIns>;
}

/** Names the account's profile folder: never that of a real one. */
const WEB_NAME = 'tiruan';
/** The demonstration's officers have Telegram: ids of their own there, one after the other. */
const FIRST_OFFICER = 101;
const RESIDENTS = [
  { id: 41, name: 'Siti' },
  { id: 42, name: 'Slamet' },
];

/**
 * What `kentongan start --standins` plays on: the real clients, and stand-ins for Telegram, WhatsApp Web and the Cloud
 * API in this process, each with a page that is a phone. The demonstration's village and officers; a data folder of its
 * own, so that nothing mixes with a real installation. Phones forget with the process, the office's data stay.
 */
export function createStandInStage(): Stage {
  let standIns: StandIns | null = null;
  let withoutBrowser: string | null = null;

  async function begin(given: Config): Promise<Config> {
    refuseReal(given);
    try {
      findBrowser(given.browser.path, given.browser.env, null);
    } catch (cause) {
      if (!(cause instanceof SetupError)) throw cause;
      withoutBrowser = cause.faults.join('; ').replace('WHATSAPP_WEB: ', '');
    }
    const officers = SIMULATED_OFFICERS.map(({ name, phone }, n) => ({ name, phone, id: FIRST_OFFICER + n }));
    standIns = await (
      await load()
    ).startStandIns({
      whatsappWeb: withoutBrowser === null,
      people: [...RESIDENTS, ...officers.map(({ id, name }) => ({ id, name }))],
    });
    const { telegram, cloud, web } = standIns;
    const telegramLine = LineSettings.parse({ kind: 'telegram', ...telegram });
    return {
      ...given,
      dataDir: dataDirOf(given),
      simulator: false,
      demonstration: {
        officers: officers.map(({ name, phone, id }) => ({
          name,
          phone,
          id: String(id),
          platform: 'telegram',
          lineId: lineIdOf(telegramLine),
        })),
      },
      lines: [
        telegramLine,
        LineSettings.parse(cloud.settings),
        ...(web ? [LineSettings.parse({ kind: 'whatsapp-web', name: WEB_NAME })] : []),
      ],
      browser: { ...given.browser, page: web?.page ?? null },
    };
  }

  async function opened({ config, pool, sealer, newId, now }: Runtime): Promise<void> {
    if (await hasStoredLines(pool))
      throw new SetupError([
        `--standins: a line was added to ${config.dataDir} (kentongan line add); invented people never run beside it: delete that folder to begin anew`,
      ]);
    await inTransaction(pool, async (sql) => {
      const ids = config.lines.map(lineIdOf);
      await registerLines(
        sql,
        ids.map((id) => ({ id, platform: platformOf(lineKind(id)), name: id })),
      );
      const admin = {
        officerId: null,
        sealer,
        newId,
        now: now(),
        environment: environmentLines(config.lines),
      };
      // Nobody who tries it out need know the name of a village that takes requests.
      for (const id of ids) await serveVillages(sql, id, [DEMONSTRATION_VILLAGE], admin);
    });
    // The stand-in knows nothing of what was linked to an earlier one.
    await rm(join(config.dataDir, 'whatsapp-web', WEB_NAME), { recursive: true, force: true });
  }

  async function up(address: string): Promise<string[]> {
    const { telegram, cloud, web } = standIns!;
    await standIns!.bringsTo(`${address}/channels/whatsapp-cloud/webhook`);
    return [
      'Phones that stand in for the real ones; nothing leaves this computer:',
      `  Telegram (residents, and the officers Bu Sri, Pak Slamet, Pak Kades): ${telegram.phone}`,
      `  WhatsApp, Cloud API: ${cloud.phone}`,
      ...(web
        ? [`  WhatsApp Web: ${web.phone} (scan the QR code there first, with one click)`]
        : [`  WhatsApp Web is left out: ${withoutBrowser}`]),
    ];
  }

  return { begin, opened, up, stop: async () => await standIns?.stop() };
}

/** Always beside what a real installation keeps, never in it. */
function dataDirOf(config: Config): string {
  return join(config.dataDir, 'standins');
}

function refuseReal({ lines, databaseUrl, redisUrl }: Config): void {
  const reason = 'real people and invented ones never meet';
  const faults = [
    ...[...environmentLines(lines).values()].map(
      (name) => `--standins: ${name} names a real line, and ${reason}; unset it, or start without --standins`,
    ),
    ...(databaseUrl ? [`--standins: brings a database of its own, since ${reason}; unset DATABASE_URL`] : []),
    ...(redisUrl ? [`--standins: brings queues of its own, since ${reason}; unset REDIS_URL`] : []),
  ];
  if (faults.length > 0) throw new SetupError(faults);
}

/** In the built program beside the commands' folder; in a clone that runs from the source where the tests are. */
async function load(): Promise<StandInsModule> {
  const found = ['../standins/start.js', '../../tests/standins/start.ts']
    .map((path) => new URL(path, import.meta.url))
    .find((url) => existsSync(url));
  if (!found) throw new SetupError(['--standins: the stand-ins were not built along; run: npm run prepare']);
  return (await import(found.href)) as StandInsModule;
}
