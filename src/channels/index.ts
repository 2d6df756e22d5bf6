import type { Log, Now } from '../core/ports.js';
import type { Channel } from './channel.js';
import type { SimulatedPlatform } from './simulator/platform.js';
import { createSimulatedLines } from './simulator/lines.js';
import { createTelegram } from './telegram/client.js';
import type { MenuCommand } from './telegram/commands.js';

export { createTelegramDoor, type TelegramDoor } from './telegram/door.js';
export { createSimulatedPlatform, type SimulatedPlatform } from './simulator/platform.js';

/** What of the configuration makes lines: config.ts's Config, as far as it concerns them. */
export interface ChannelSettings {
  publicUrl: string | null;
  telegram: { token: string; apiRoot: string; webhookSecret: string | null } | null;
}

export interface ChannelDeps {
  log: Log;
  now: Now;
  /** The commands menu, worded by the flows; a plain one otherwise. */
  commands?: MenuCommand[];
  /** The phones of the simulator, where it is on: made by `createSimulatedPlatform`, and handed to its page as well. */
  simulator: SimulatedPlatform | null;
}

/** Every line of this installation. A new channel is one line here. */
export function createChannels(config: ChannelSettings, deps: ChannelDeps): Channel[] {
  return [...telegramLines(config, deps), ...(deps.simulator ? createSimulatedLines(deps.simulator) : [])];
}

function telegramLines(config: ChannelSettings, deps: ChannelDeps): Channel[] {
  if (!config.telegram) return [];
  const { token, apiRoot, webhookSecret } = config.telegram;
  const webhook =
    webhookSecret && config.publicUrl
      ? { url: `${config.publicUrl}/channels/telegram/webhook`, secret: webhookSecret }
      : null;
  const { log, now, commands } = deps;
  return [createTelegram({ token, apiRoot, webhook, log, now, ...(commands ? { commands } : {}) })];
}
