import type { LineSettings, SettingsOf } from '../core/line.js';
import type { Log, Now } from '../core/ports.js';
import type { Channel, SlotBook, TopicBook } from './channel.js';
import type { SimulatedPlatform } from './simulator/platform.js';
import { createSimulatedLines } from './simulator/lines.js';
import { createTelegram } from './telegram/client.js';
import type { MenuCommand } from './telegram/commands.js';
import { createWhatsAppWeb } from './whatsapp-web/client.js';
import { profileFolderOf } from './whatsapp-web/profile.js';
import { telegramLine } from './telegram/lineId.js';
import { createWhatsAppCloud } from './whatsapp-cloud/client.js';

export { deleteProfile } from './whatsapp-web/profile.js';

export { createTelegramDoor, type TelegramDoor } from './telegram/door.js';
export {
  CLOUD_WEBHOOK_BYTES,
  createCloudDoor,
  createCloudDoorLine,
  type CloudDoor,
  type CloudDoorLine,
} from './whatsapp-cloud/door.js';
export type { WhatsAppCloud } from './whatsapp-cloud/client.js';
export { createSimulatedPlatform, type SimulatedPlatform } from './simulator/platform.js';

export interface ChannelDeps {
  publicUrl: string | null;
  log: Log;
  now: Now;
  /** Where linked accounts of WhatsApp Web lie, each in a folder of its own. */
  dataDir: string;
  /** Where WhatsApp Web runs: see config. */
  browser: { path: string | null; page: string | null; env: { [name: string]: string } };
  /** Shows what only whoever started us may see: a QR code. */
  show?: (text: string) => void;
  /** The commands menu, worded by the flows; a plain one otherwise. */
  commands?: MenuCommand[];
  /** Where the topics of a line's groups are kept. */
  topics?: (lineId: string) => TopicBook;
  /** Where it is kept which messages of a line hold slots. */
  slots?: (lineId: string) => SlotBook;
  /** The phones of the simulator, where it is on: made by `createSimulatedPlatform`, and handed to its page as well. */
  simulator: SimulatedPlatform | null;
}

/** These lines, and the simulator's where it is on. */
export function createChannels(lines: LineSettings[], deps: ChannelDeps): Channel[] {
  return [
    ...lines.map((settings) => createChannel(settings, deps)),
    ...(deps.simulator ? createSimulatedLines(deps.simulator) : []),
  ];
}

/** One line, by its kind. A new kind of channel is one case here. */
export function createChannel(settings: LineSettings, deps: ChannelDeps): Channel {
  switch (settings.kind) {
    case 'telegram':
      return telegram(settings, deps);
    case 'whatsapp-cloud':
      return createWhatsAppCloud({ settings, log: deps.log });
    case 'whatsapp-web':
      return whatsAppWeb(settings, deps);
    default:
      return settings satisfies never;
  }
}

function telegram(settings: SettingsOf<'telegram'>, deps: ChannelDeps): Channel {
  const { token, apiRoot, webhookSecret } = settings;
  const { publicUrl, log, now, commands } = deps;
  const webhook =
    webhookSecret && publicUrl
      ? { url: `${publicUrl}/channels/telegram/webhook`, secret: webhookSecret }
      : null;
  return createTelegram({
    token,
    apiRoot,
    webhook,
    log,
    now,
    ...(commands ? { commands } : {}),
    ...(deps.topics ? { topics: deps.topics(telegramLine(token)) } : {}),
    ...(deps.slots ? { slots: deps.slots(telegramLine(token)) } : {}),
  });
}

function whatsAppWeb({ name }: SettingsOf<'whatsapp-web'>, deps: ChannelDeps): Channel {
  const { browser, log, now, show } = deps;
  return createWhatsAppWeb({
    name,
    profileFolder: profileFolderOf(deps.dataDir, name),
    browserPath: browser.path,
    browserEnv: browser.env,
    page: browser.page,
    show: show ?? null,
    log,
    now,
  });
}
