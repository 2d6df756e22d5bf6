import { createHash } from 'node:crypto';
import type { WebDeps } from '../deps.js';

/** Hours for which a link to choose a password works. */
export const PASSWORD_LINK_HOURS = 24;
/** Least characters of a password. */
export const PASSWORD_LENGTH = 10;

/**
 * Sign-in of officers by better-auth: passwords (scrypt), sessions in our Postgres through its Prisma adapter,
 * second factors. Nothing of its HTTP interface is mounted, so that there is no sign-up to close: our own forms call
 * its functions. Imported at the first request that needs it: it and Prisma weigh some 70 MB.
 */
export async function createAuth(deps: WebDeps) {
  const [{ betterAuth }, { prismaAdapter }, { admin }, { twoFactor }, { username }, prisma] =
    await Promise.all([
      import('better-auth/minimal'),
      import('better-auth/adapters/prisma'),
      import('better-auth/plugins/admin'),
      import('better-auth/plugins/two-factor'),
      import('better-auth/plugins/username'),
      deps.prisma(),
    ]);
  return betterAuth({
    appName: 'Kentongan',
    baseURL: deps.settings.publicUrl ?? 'http://localhost',
    // A key's version is told by the key itself: what one of them sealed is opened after the next has come.
    secrets: deps.settings.authKeys.map((value) => ({ version: versionOf(value), value })),
    database: prismaAdapter(prisma, { provider: 'postgresql', transaction: true }),
    user: { modelName: 'authUser' },
    session: {
      modelName: 'authSession',
      // A working day; counted anew while it is used.
      expiresIn: 12 * 3600,
      updateAge: 3600,
    },
    account: { modelName: 'authAccount' },
    verification: { modelName: 'authVerification', storeIdentifier: 'hashed' },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: PASSWORD_LENGTH,
      maxPasswordLength: 128,
      resetPasswordTokenExpiresIn: PASSWORD_LINK_HOURS * 3600,
      revokeSessionsOnPasswordReset: true,
    },
    advanced: {
      cookiePrefix: 'kentongan',
      useSecureCookies: deps.settings.publicUrl?.startsWith('https:') ?? false,
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax', path: '/console' },
      ipAddress: { disableIpTracking: true },
    },
    telemetry: { enabled: false },
    logger: {
      level: 'warn',
      log: (level, message) =>
        level === 'error' ? deps.log.error({}, `auth: ${message}`) : deps.log.info({}, `auth: ${message}`),
    },
    plugins: [
      username({ minUsernameLength: 3, maxUsernameLength: 30 }),
      admin(),
      twoFactor({ issuer: 'Kentongan', twoFactorTable: 'authTwoFactor' }),
    ],
  });
}

export type Auth = Awaited<ReturnType<typeof createAuth>>;

/** Made once, when first asked for. A failed attempt is tried again at the next request. */
export function lazyAuth(deps: WebDeps): () => Promise<Auth> {
  let made: Promise<Auth> | undefined;
  return () => {
    made ??= createAuth(deps).catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}

function versionOf(key: string): number {
  return Number.parseInt(createHash('sha256').update(key).digest('hex').slice(0, 7), 16);
}
