import { z } from 'zod';
import { SetupError } from './core/errors.js';

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
  SIMULATOR: flag.optional(),
  TELEGRAM_BOT_TOKEN: z
    .string()
    .regex(/^\d+:[A-Za-z0-9_-]{20,}$/u, 'must look like 123456789:AAE… (from @BotFather)')
    .optional(),
  TELEGRAM_API_ROOT: url(['http:', 'https:'], 'https://api.telegram.org').default('https://api.telegram.org'),
  TELEGRAM_WEBHOOK_SECRET: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,256}$/u, 'may hold letters, digits, _ and - only')
    .optional(),
});

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
  logLevel: string;
  /** `npm start`: npm may be killed without telling us. */
  isRunByNpm?: boolean;
  simulator: boolean;
  telegram: { token: string; apiRoot: string; webhookSecret: string | null } | null;
}

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
  const hasRealLine = e?.TELEGRAM_BOT_TOKEN !== undefined;
  if (e?.SIMULATOR && hasRealLine)
    faults.push('SIMULATOR: refuses to run beside a real line; unset SIMULATOR or TELEGRAM_BOT_TOKEN');
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
    logLevel: e.LOG_LEVEL,
    isRunByNpm: env['npm_lifecycle_event'] !== undefined,
    simulator: e.SIMULATOR ?? (!e.DATABASE_URL && !hasRealLine),
    telegram: e.TELEGRAM_BOT_TOKEN
      ? {
          token: e.TELEGRAM_BOT_TOKEN,
          apiRoot: e.TELEGRAM_API_ROOT.replace(/\/+$/u, ''),
          webhookSecret: e.TELEGRAM_WEBHOOK_SECRET ?? null,
        }
      : null,
  };
}
