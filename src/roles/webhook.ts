import { setTimeout as sleep } from 'node:timers/promises';
import {
  createCloudDoor,
  createCloudDoorLine,
  createTelegramDoor,
  type CloudDoorLine,
  type TelegramDoor,
  type WhatsAppCloud,
} from '../channels/index.js';
import type { SentReport } from '../channels/channel.js';
import { lineIdOf, lineKind, LineSettings, platformOf } from '../core/line.js';
import { createReceiver } from '../pipeline/receive.js';
import { createReporter } from '../pipeline/reports.js';
import type { Runtime } from '../runtime.js';
import { registerLines, wantedLines } from '../store/lines.js';
import type { WebhookDoors } from '../web/routes/webhook.js';
import type { StartedGateway } from './gateway.js';

export interface StartedWebhooks extends WebhookDoors {
  stop(): Promise<void>;
}

/** A line that was added is known after this long, as the gateway knows it. */
const LOOK_EVERY_MS = 3_000;
/** At the start the database may still be busy. */
const FIRST_LOOK_TRIES = 5;

type Handle = TelegramDoor['handle'];

/** A door of this process's own, for a line that it does not hold. */
interface OwnDoor {
  /** Another text where the settings are others: then it is opened anew. */
  version: string;
  telegram: TelegramDoor | null;
  cloud: (CloudDoorLine & { stop(): Promise<void> }) | null;
  stop(): Promise<void>;
}

/**
 * The webhooks of all lines, in every process that serves HTTP. A line that this process holds takes what comes itself;
 * for any other there is a door that stores it and wakes the workers. Lines may come and go meanwhile.
 */
export async function openWebhooks(
  runtime: Runtime,
  gateway: Pick<StartedGateway, 'channels'> | null,
): Promise<StartedWebhooks> {
  const { config, pool, log, now, sealer, nudge, counters } = runtime;
  const receiver = createReceiver(runtime);
  const reporter = createReporter({ pool, log, nudge });
  const own = new Map<string, OwnDoor>();
  let isStopped = false;

  /** What the environment names, and what `kentongan line add` made. */
  async function wanted(): Promise<Map<string, { version: string; settings: () => LineSettings }>> {
    const lines = new Map<string, { version: string; settings: () => LineSettings }>();
    for (const line of await wantedLines(pool)) {
      const { id, settings } = line;
      if (settings === null || line.isRemoved || config.simulator || config.demonstration) continue;
      lines.set(id, {
        version: settings,
        settings: () => LineSettings.parse(sealer.open('line', id, settings)),
      });
    }
    for (const settings of config.lines)
      lines.set(lineIdOf(settings), { version: 'environment', settings: () => settings });
    return lines;
  }

  async function look(): Promise<void> {
    const lines = await wanted();
    for (const [lineId, door] of own) {
      if (lines.get(lineId)?.version === door.version) continue;
      own.delete(lineId);
      await door.stop();
    }
    for (const [lineId, { version, settings }] of lines) {
      if (own.has(lineId)) continue;
      const door = open(lineId, version, settings);
      if (!door) continue;
      // What comes before any gateway has started has its line as well.
      await registerLines(pool, [{ id: lineId, platform: platformOf(lineKind(lineId)), name: lineId }]);
      own.set(lineId, door);
    }
  }

  function open(lineId: string, version: string, read: () => LineSettings): OwnDoor | null {
    const receive = receiver.receive.bind(receiver);
    try {
      const settings = read();
      if (settings.kind === 'telegram' && settings.webhookSecret !== null) {
        const telegram = createTelegramDoor({
          ...settings,
          secret: settings.webhookSecret,
          receive,
          log,
          now,
        });
        return { version, telegram, cloud: null, stop: () => telegram.stop() };
      }
      if (settings.kind !== 'whatsapp-cloud') return null;
      const intake = {
        receive,
        reported: (reports: SentReport[]) => reporter.reported(lineId, reports),
      };
      const cloud = createCloudDoorLine({
        settings,
        intake,
        isQuiet: (chatId) => receiver.isQuiet(lineId, chatId),
        log,
      });
      return { version, telegram: null, cloud, stop: () => cloud.stop() };
    } catch (cause) {
      log.error({ err: cause, line: lineId }, 'the settings of a line cannot be read; its webhook is closed');
      return null;
    }
  }

  /** Those that are held here come first. */
  function telegramDoors(): Handle[] {
    const held = (gateway?.channels ?? []).filter(
      (one) => one.platform === 'telegram' && 'handleWebhook' in one,
    );
    const isHeld = new Set(held.map((one) => one.lineId));
    return [
      ...held.map(
        (one): Handle =>
          (headers, body) =>
            one.handleWebhook!(headers, body),
      ),
      ...[...own.values()].flatMap(({ telegram }) =>
        telegram && !isHeld.has(telegram.lineId) ? telegram.handle : [],
      ),
    ];
  }

  function cloudLines(): CloudDoorLine[] {
    const held = (gateway?.channels ?? []).flatMap((one) =>
      'doorLine' in one ? (one as WhatsAppCloud).doorLine : [],
    );
    const isHeld = new Set(held.map((one) => one.lineId));
    return [
      ...held,
      ...[...own.values()].flatMap(({ cloud }) => (cloud && !isHeld.has(cloud.lineId) ? cloud : [])),
    ];
  }

  const cloud = createCloudDoor({ lines: cloudLines, log });

  function counted(answer: { status: number }): { status: number } {
    if (answer.status === 401) counters.webhooksRefused += 1;
    return answer;
  }

  /** Each bot has a secret of its own: the one that knows it takes the update. */
  async function takeTelegram(headers: Parameters<Handle>[0], body: Uint8Array): Promise<{ status: number }> {
    let status = 404;
    for (const handle of telegramDoors()) {
      const answer = await handle(headers, body);
      if (answer.status !== 401 && answer.status !== 404) return answer;
      if (answer.status === 401) status = 401;
    }
    return counted({ status });
  }

  for (let tries = 1; ; tries += 1) {
    try {
      await look();
      break;
    } catch (cause) {
      if (tries >= FIRST_LOOK_TRIES) throw cause;
      await sleep(200 * tries);
    }
  }
  let looking: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    looking = looking
      .then(() => (isStopped ? undefined : look()))
      .catch((cause: unknown) =>
        log.warn({ err: cause }, 'the lines could not be read; their webhooks stay as they are'),
      );
  }, LOOK_EVERY_MS);

  return {
    telegram: takeTelegram,
    whatsAppCloud: {
      handshake: (query) => cloud.handshake(query),
      handle: async (headers, body) =>
        cloudLines().length === 0 ? { status: 404 } : counted(await cloud.handle(headers, body)),
    },
    async stop() {
      isStopped = true;
      clearInterval(timer);
      await looking;
      for (const door of own.values()) await door.stop();
      await receiver.stop();
      await reporter.stop();
    },
  };
}
