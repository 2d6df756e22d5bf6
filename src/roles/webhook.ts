import { createTelegramDoor, type TelegramDoor } from '../channels/index.js';
import { createReceiver } from '../pipeline/receive.js';
import type { Runtime } from '../runtime.js';
import { registerLines } from '../store/lines.js';

export interface StartedWebhook {
  handle: TelegramDoor['handle'];
  stop(): Promise<void>;
}

/**
 * Telegram's webhook in a process that serves pages and holds no line: updates are stored here, and the workers woken.
 * null where no webhook is configured.
 */
export async function openWebhook(runtime: Runtime): Promise<StartedWebhook | null> {
  const telegram = runtime.config.lines.find((line) => line.kind === 'telegram');
  if (!telegram?.webhookSecret) return null;
  const receiver = createReceiver(runtime);
  const door = createTelegramDoor({
    ...telegram,
    secret: telegram.webhookSecret,
    receive: (inbound) => receiver.receive(inbound),
    log: runtime.log,
    now: runtime.now,
  });
  // What comes before the gateway has started has its line as well.
  const line = { id: door.lineId, platform: 'telegram', name: door.lineId };
  await registerLines(runtime.pool, [line]);
  return {
    handle: door.handle,
    async stop() {
      await door.stop();
      await receiver.stop();
    },
  };
}
