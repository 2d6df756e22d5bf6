import { z } from 'zod';

/** The kinds of client. Two of them share WhatsApp as their platform: a person is the same on both. */
export type LineKind = 'telegram' | 'whatsapp-web' | 'whatsapp-cloud' | 'simulator';

/** The kind stands in front of a line's id: 'telegram:7001', 'whatsapp-web:desa', 'sim:resident'. */
export function lineKind(lineId: string): LineKind {
  const kind = lineId.slice(0, lineId.indexOf(':'));
  return kind === 'sim' ? 'simulator' : (kind as LineKind);
}

const apiRoot = z.url({ protocol: /^https?$/u });

/** What a line is made of. Kept sealed (`lines.settings`) where `kentongan line add` made it; else the environment's. */
export const LineSettings = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('telegram'),
    /** From @BotFather. */
    token: z.string(),
    apiRoot: apiRoot.default('https://api.telegram.org'),
    /** Set: Telegram calls us, else we poll. */
    webhookSecret: z.string().nullable().default(null),
  }),
  z.object({
    kind: z.literal('whatsapp-web'),
    /** Names the profile's folder and, until the account's number is known, the line. */
    name: z.string().regex(/^[a-z0-9-]{1,30}$/u),
  }),
  z.object({
    kind: z.literal('whatsapp-cloud'),
    token: z.string(),
    phoneNumberId: z.string().regex(/^\d{1,30}$/u),
    appSecret: z.string(),
    verifyToken: z.string(),
    apiRoot: apiRoot.default('https://graph.facebook.com'),
    /** The approved template that tells of news: by language, since each is approved by itself. */
    templates: z.record(z.string(), z.string()).default({}),
  }),
]);
export type LineSettings = z.infer<typeof LineSettings>;

export type SettingsOf<K extends LineKind> = Extract<LineSettings, { kind: K }>;
