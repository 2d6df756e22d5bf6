import { z } from 'zod';
import { SetupError } from './core/errors.js';
import type { LineSettings } from './core/line.js';
import type { OfficerChat } from './store/linkDemonstration.js';

/**
 * The only reader of process.env: once, whole, failing early with every fault named.
 * An empty value counts as unset. Each name is told in .env.example.
 */
const flag = z
  .enum(['true', 'false', '1', '0', 'yes', 'no', 'on', 'off'])
  .transform((v) => ['true', '1', 'yes', 'on'].includes(v));
const url = (protocols: string[], example: string) =>
  z
    .string()
    .refine(
      (v) => URL.canParse(v) && protocols.includes(new URL(v).protocol),
      `must be a URL like ${example}`,
    );

const Environment = z.object({
  PORT: z.coerce.number('must be a port number').int().min(0).max(65535).default(8080),
  HOST: z.string().default('127.0.0.1'),
  PUBLIC_URL: url(['http:', 'https:'], 'https://desa.example.id').optional(),
  DATA_DIR: z.string().default('.data'),
  DATABASE_URL: url(
    ['postgres:', 'postgresql:'],
    'postgresql://user:password@host:5432/kentongan',
  ).optional(),
  REDIS_URL: url(['redis:', 'rediss:'], 'redis://host:6379').optional(),
  SECRET_KEY: z
    .string()
    .regex(
      /^(?:[0-9a-f]{64})(?:,[0-9a-f]{64})*$/u,
      'must be 64 hexadecimal digits (the newest key first, older ones after commas)',
    )
    .optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  LETTER_P12: z.string().optional(),
  LETTER_P12_PASSPHRASE: z.string().optional(),
  SIMULATOR: flag.optional(),
  AUDIT_ADDRESS: url(['https:'], 'https://arsip.example.id/kentongan').optional(),
  TELEGRAM_BOT_TOKEN: z
    .string()
    .regex(/^\d+:[A-Za-z0-9_-]{20,}$/u, 'must look like 123456789:AAE… (from @BotFather)')
    .optional(),
  TELEGRAM_API_ROOT: url(['http:', 'https:'], 'https://api.telegram.org').default('https://api.telegram.org'),
  TELEGRAM_WEBHOOK_SECRET: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,256}$/u, 'may hold letters, digits, _ and - only')
    .optional(),
  WHATSAPP_WEB: flag.optional(),
  PUPPETEER_EXECUTABLE_PATH: z.string().optional(),
  WHATSAPP_WEB_PAGE: url(['http:'], 'http://127.0.0.1:18200')
    .refine(
      (v) => !URL.canParse(v) || ['127.0.0.1', '[::1]', 'localhost'].includes(new URL(v).hostname),
      'must be on this machine: it stands in for WhatsApp in tests',
    )
    .optional(),
  WHATSAPP_CLOUD_TOKEN: z.string().min(10, 'is too short for an access token').optional(),
  WHATSAPP_CLOUD_PHONE_NUMBER_ID: z
    .string()
    .regex(/^\d{1,30}$/u, "must be the number's id (digits), not the number itself")
    .optional(),
  WHATSAPP_CLOUD_APP_SECRET: z.string().min(16, 'is too short for an app secret').optional(),
  WHATSAPP_CLOUD_VERIFY_TOKEN: z.string().min(8, 'must have 8 characters at least').optional(),
  WHATSAPP_CLOUD_API_ROOT: url(['http:', 'https:'], 'https://graph.facebook.com').default(
    'https://graph.facebook.com',
  ),
  WHATSAPP_CLOUD_TEMPLATES: z
    .string()
    .regex(
      /^[a-z]{2,3}=[a-z0-9_]+(?:,[a-z]{2,3}=[a-z0-9_]+)*$/u,
      'must look like id=kabar_layanan,en=service_news (language=template)',
    )
    .optional(),
});
/** A line of the Cloud API needs all of these. */
const CLOUD_NAMES = [
  'WHATSAPP_CLOUD_TOKEN',
  'WHATSAPP_CLOUD_PHONE_NUMBER_ID',
  'WHATSAPP_CLOUD_APP_SECRET',
  'WHATSAPP_CLOUD_VERIFY_TOKEN',
] as const;

export type Role = 'gateway' | 'worker' | 'web' | 'all';

export interface Config {
  port: number;
  host: string;
  /** Without a slash at its end; null where no public page is reachable. */
  publicUrl: string | null;
  dataDir: string;
  /** null: the embedded Postgres under dataDir. */
  databaseUrl: string | null;
  /** null: BullMQ on the same Postgres. */
  redisUrl: string | null;
  secretKeys: string[] | null;
  /** Where the head of the audit log is sent, daily; null: to chats alone. */
  auditAddress: string | null;
  logLevel: string;
  /** A certificate (PKCS#12) that signs letters inside the PDF; null: none. */
  letterP12: { path: string; passphrase: string } | null;
  /** `npm start`: npm may be killed without telling us. */
  isRunByNpm?: boolean;
  simulator: boolean;
  /** Set by `start --standins` alone: where the officers of the invented village are reached. */
  demonstration?: { officers: OfficerChat[] };
  /** The lines that the environment names; others were made by `kentongan line add`. */
  lines: LineSettings[];
  /** Where WhatsApp Web runs. */
  browser: {
    /** null: the first of those that usual systems have. */
    path: string | null;
    /** A page that stands in for WhatsApp's, on this machine: for tests alone. */
    page: string | null;
    /** What of our environment it needs; no secret is among it. */
    env: { [name: string]: string };
  };
}

/** What a browser asks its environment: where programs lie, the way to the internet, time zone and language. */
const BROWSER_NAMES = ['PATH', 'TMPDIR', 'TZ', 'LANG', 'LD_LIBRARY_PATH', 'FONTCONFIG_PATH'];
const PROXY_NAMES = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'];

/** Reads the environment. Throws SetupError naming every fault at once. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = Environment.safeParse(given);
  const faults = parsed.success
    ? []
    : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  const e = parsed.data;
  if (e?.TELEGRAM_WEBHOOK_SECRET && !e.PUBLIC_URL)
    faults.push('TELEGRAM_WEBHOOK_SECRET: needs PUBLIC_URL, where Telegram reaches the webhook');
  const missing = e ? CLOUD_NAMES.filter((name) => e[name] === undefined) : [];
  if (missing.length > 0 && missing.length < CLOUD_NAMES.length)
    faults.push(...missing.map((name) => `${name}: is needed beside the other WHATSAPP_CLOUD_… names`));
  const lines = e && faults.length === 0 ? linesOf(e) : [];
  if (e?.SIMULATOR && lines.length > 0)
    faults.push(
      'SIMULATOR: refuses to run beside a real line; unset SIMULATOR, or TELEGRAM_BOT_TOKEN, WHATSAPP_WEB and WHATSAPP_CLOUD_TOKEN',
    );
  if (e?.DATABASE_URL && !e.SECRET_KEY)
    faults.push(
      'SECRET_KEY: must be set when DATABASE_URL is (several processes share it); make one with: openssl rand -hex 32',
    );
  if (!e || faults.length > 0) throw new SetupError(faults);
  return {
    port: e.PORT,
    host: e.HOST,
    publicUrl: e.PUBLIC_URL?.replace(/\/+$/u, '') ?? null,
    dataDir: e.DATA_DIR,
    databaseUrl: e.DATABASE_URL ?? null,
    redisUrl: e.REDIS_URL ?? null,
    secretKeys: e.SECRET_KEY?.split(',') ?? null,
    auditAddress: e.AUDIT_ADDRESS ?? null,
    logLevel: e.LOG_LEVEL,
    letterP12: e.LETTER_P12 ? { path: e.LETTER_P12, passphrase: e.LETTER_P12_PASSPHRASE ?? '' } : null,
    isRunByNpm: env['npm_lifecycle_event'] !== undefined,
    simulator: e.SIMULATOR ?? (!e.DATABASE_URL && lines.length === 0),
    lines,
    browser: {
      path: e.PUPPETEER_EXECUTABLE_PATH ?? null,
      page: e.WHATSAPP_WEB_PAGE ?? null,
      env: browserEnv(env),
    },
  };
}

function browserEnv(env: NodeJS.ProcessEnv): { [name: string]: string } {
  const names = [...BROWSER_NAMES, ...PROXY_NAMES, ...PROXY_NAMES.map((name) => name.toLowerCase())];
  return Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
}

function linesOf(e: z.infer<typeof Environment>): LineSettings[] {
  const lines: LineSettings[] = [];
  if (e.TELEGRAM_BOT_TOKEN)
    lines.push({
      kind: 'telegram',
      token: e.TELEGRAM_BOT_TOKEN,
      apiRoot: e.TELEGRAM_API_ROOT.replace(/\/+$/u, ''),
      webhookSecret: e.TELEGRAM_WEBHOOK_SECRET ?? null,
    });
  if (e.WHATSAPP_WEB) lines.push({ kind: 'whatsapp-web', name: 'desa' });
  if (e.WHATSAPP_CLOUD_TOKEN)
    lines.push({
      kind: 'whatsapp-cloud',
      token: e.WHATSAPP_CLOUD_TOKEN,
      phoneNumberId: e.WHATSAPP_CLOUD_PHONE_NUMBER_ID!,
      appSecret: e.WHATSAPP_CLOUD_APP_SECRET!,
      verifyToken: e.WHATSAPP_CLOUD_VERIFY_TOKEN!,
      apiRoot: e.WHATSAPP_CLOUD_API_ROOT.replace(/\/+$/u, ''),
      templates: Object.fromEntries(
        (e.WHATSAPP_CLOUD_TEMPLATES ?? '').split(',').flatMap((pair) => (pair ? [pair.split('=')] : [])),
      ) as { [language: string]: string },
    });
  return lines;
}
