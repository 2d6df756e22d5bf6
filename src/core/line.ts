import { z } from 'zod';
import type { Platform } from './content.js';

/** The kinds of client. Two of them share WhatsApp as their platform: a person is the same on both. */
export type LineKind = 'telegram' | 'whatsapp-web' | 'whatsapp-cloud' | 'simulator';

/** The kind stands in front of a line's id: 'telegram:7001', 'whatsapp-web:desa', 'sim:resident'. */
export function lineKind(lineId: string): LineKind {
  const kind = lineId.slice(0, lineId.indexOf(':'));
  return kind === 'sim' ? 'simulator' : (kind as LineKind);
}

/** What @BotFather gives: the bot's number, and its secret. */
export const TELEGRAM_TOKEN = /^\d+:[A-Za-z0-9_-]{20,}$/u;

const apiRoot = z.url({ protocol: /^https?$/u });

/** What a line is made of. Kept sealed (`lines.settings`) where `kentongan line add` made it; else the environment's. */
export const LineSettings = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('telegram'),
    /** From @BotFather. Its number is the bot's. */
    token: z.string().regex(TELEGRAM_TOKEN, 'must look like 123456789:AAE… (from @BotFather)'),
    apiRoot: apiRoot.default('https://api.telegram.org'),
    /** Set: Telegram calls us, else we poll. */
    webhookSecret: z.string().nullable().default(null),
  }),
  z.object({
    kind: z.literal('whatsapp-web'),
    /** Names the profile's folder and, until the account's number is known, the line. */
    name: z.string().regex(/^[a-z0-9-]{1,30}$/u, 'may hold a-z, 0-9 and - only, at most 30'),
  }),
  z.object({
    kind: z.literal('whatsapp-cloud'),
    token: z.string().min(10, 'is too short for an access token'),
    phoneNumberId: z.string().regex(/^\d{1,30}$/u, "must be the number's id (digits), not the number itself"),
    appSecret: z.string().min(16, 'is too short for an app secret'),
    verifyToken: z.string().min(8, 'must have 8 characters at least'),
    apiRoot: apiRoot.default('https://graph.facebook.com'),
    /** The approved template that tells of news: by language, since each is approved by itself. */
    templates: z.record(z.string(), z.string()).default({}),
  }),
]);
export type LineSettings = z.infer<typeof LineSettings>;

export type SettingsOf<K extends LineKind> = Extract<LineSettings, { kind: K }>;

/** The id of the line that these settings make: of one account, always the same. */
export function lineIdOf(settings: LineSettings): string {
  switch (settings.kind) {
    case 'telegram':
      return `telegram:${settings.token.split(':')[0]!}`;
    case 'whatsapp-web':
      return `whatsapp-web:${settings.name}`;
    case 'whatsapp-cloud':
      return `whatsapp-cloud:${settings.phoneNumberId}`;
    default:
      return settings satisfies never;
  }
}

export function platformOf(kind: LineKind): Platform {
  return kind === 'telegram' || kind === 'simulator' ? kind : 'whatsapp';
}

/** The variable that names a line of each kind in the environment. */
export const LINE_VARIABLES = {
  telegram: 'TELEGRAM_BOT_TOKEN',
  'whatsapp-web': 'WHATSAPP_WEB',
  'whatsapp-cloud': 'WHATSAPP_CLOUD_TOKEN',
} as const satisfies { [K in LineSettings['kind']]: string };

/** The lines that the environment names, by id: each with the variable that does. */
export function environmentLines(lines: LineSettings[]): ReadonlyMap<string, string> {
  return new Map(lines.map((line) => [lineIdOf(line), LINE_VARIABLES[line.kind]]));
}

/** The roles that look after lines in their villages; whoever holds one everywhere is the installation's keeper. */
export const LINE_ROLES = ['kepala_desa', 'sekretaris', 'operator', 'admin'] as const;

/** A number as people write it ('+62 812-3456-7890'); any other name as it is. */
export function shownName(name: string): string {
  const digits = /^\+?(62\d{8,13})$/u.exec(name)?.[1];
  if (!digits) return name;
  const groups = digits.slice(2).match(/^(\d{3})(\d{4})(\d+)$/u);
  return groups ? `+62 ${groups[1]}-${groups[2]}-${groups[3]}` : `+${digits}`;
}
