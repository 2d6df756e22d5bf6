import type { Pool } from 'pg';
import type { Channel } from '../channels/channel.js';
import { whatsAppStartLink } from '../channels/startText.js';
import type { Log } from '../core/ports.js';

const LOOK_EVERY_MS = 60_000;

/** Links that hand in a payload: one for each line that has such. */
export interface StartLinks {
  /** Opens a chat. */
  chat: (payload: string) => string[];
  /** Brings us into a group. */
  group: (payload: string) => string[];
}

/**
 * Links that open a chat or bring a group, and hand in a payload. A process that holds the lines asks them; one that only serves pages
 * knows the lines by the names that their gateway wrote down.
 */
export function createStartLinks(
  pool: Pool,
  channels: (() => readonly Channel[]) | null,
  log: Log,
): StartLinks {
  if (channels)
    return {
      chat: (payload) => channels().flatMap((channel) => channel.startLink?.(payload) ?? []),
      group: (payload) => channels().flatMap((channel) => channel.groupLink?.(payload) ?? []),
    };
  let bots: string[] = [];
  let numbers: string[] = [];
  const look = async (): Promise<void> => {
    const { rows } = await pool.query<{ platform: string; name: string }>(
      `SELECT platform, name FROM lines WHERE removed_at IS NULL
         AND (platform = 'telegram' AND name LIKE '@%' OR platform = 'whatsapp' AND name LIKE '+%')
       ORDER BY id`,
    );
    const named = (platform: string) =>
      rows.filter((row) => row.platform === platform).map((row) => row.name.slice(1));
    bots = named('telegram');
    numbers = named('whatsapp');
  };
  const lookSafely = (): void =>
    void look().catch((cause: unknown) => log.warn({ err: cause }, 'lines could not be read'));
  lookSafely();
  setInterval(lookSafely, LOOK_EVERY_MS).unref();
  const telegram = (parameter: string, payload: string) =>
    bots.map((name) => `https://t.me/${name}?${parameter}=${encodeURIComponent(payload)}`);
  return {
    chat: (payload) => [
      ...telegram('start', payload),
      ...numbers.map((number) => whatsAppStartLink(number, payload)),
    ],
    group: (payload) => telegram('startgroup', payload),
  };
}
