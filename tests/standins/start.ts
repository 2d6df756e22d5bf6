import { startBotApi } from './botApi.js';
import { startGraphApi } from './graphApi.js';
import { startWhatsAppWeb } from './whatsappWeb.js';

/** Which are wanted, and who has opened a chat with the Telegram bot already. */
export interface StandInsOptions {
  whatsappWeb: boolean;
  people: { id: number; name: string }[];
}

/**
 * All stand-ins together, in this process, each on a free port of loopback: what `kentongan start --standins` runs on.
 * The program is built without tests/, so it knows this module by its shape alone (src/commands/standins.ts).
 */
export async function startStandIns({ whatsappWeb, people }: StandInsOptions) {
  // What was stored of an earlier run has numbers of its own: no later one may repeat them.
  const first = Math.floor(Date.now() / 1000);
  const telegram = await startBotApi({ first, people });
  const cloud = await startGraphApi({ first });
  const web = whatsappWeb ? await startWhatsAppWeb() : null;
  return {
    telegram: { token: telegram.token, apiRoot: telegram.url, phone: `${telegram.url}/phone` },
    cloud: { settings: cloud.settings, phone: `${cloud.url}/phone` },
    /** Null where it was not wanted. */
    web: web && { page: web.url, phone: `${web.url}/phone` },
    /** Where the Cloud API brings what people write. Rejects where the handshake fails. */
    bringsTo: (url: string): Promise<void> => cloud.bringsTo(url),
    async stop(): Promise<void> {
      await Promise.all([telegram.stop(), cloud.stop(), web?.stop()]);
    },
  };
}
