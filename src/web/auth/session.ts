import { needsSecondFactor, provenRoles, SECOND_FACTOR_DAYS } from '../../core/accounts.js';
import type { OfficerIdentity } from '../../core/asker.js';
import { standingRoles } from '../../store/delegations.js';
import { secondFactorDue } from '../../store/officerAccounts.js';
import { officerOfUser } from '../../store/web/officers.js';
import type { WebDeps } from '../deps.js';
import type { WebContext } from '../env.js';
import type { Auth } from './auth.js';

const SESSION_COOKIE = /(?:^|;\s*)(?:__Secure-)?kentongan\.session_token=/u;

/**
 * Who is signed in; null for nobody, and for an account whose officer serves no longer. Asks better-auth only where
 * the browser brings a session at all.
 */
export async function signedInOfficer(
  deps: WebDeps,
  auth: () => Promise<Auth>,
  c: WebContext,
): Promise<SignedIn | null> {
  if (!SESSION_COOKIE.test(c.req.header('cookie') ?? '')) return null;
  const { headers, response } = await (
    await auth()
  ).api.getSession({
    headers: c.req.raw.headers,
    returnHeaders: true,
  });
  if (!response) return null;
  takeCookies(c, headers);
  const found = await officerOfUser(deps.pool, response.user.id);
  if (!found) return null;
  const { id, name, unconfirmedSince } = found;
  const isUnconfirmed = unconfirmedSince !== null;
  const roles = provenRoles(found.roles, isUnconfirmed);
  const standing = provenRoles(await standingRoles(deps.pool, { id, roles }, deps.now()), isUnconfirmed);
  const wantsCode = needsSecondFactor(roles) && response.user.twoFactorEnabled !== true;
  return {
    officer: {
      id,
      name,
      roles,
      ...(isUnconfirmed ? { isUnconfirmed } : {}),
      ...(standing.length > 0 ? { standing } : {}),
    },
    account: {
      isUnconfirmed: roles.length < found.roles.length,
      codeDue: wantsCode
        ? await secondFactorDue(deps.pool, id, daysFrom(deps.now(), SECOND_FACTOR_DAYS))
        : null,
    },
  };
}

/** Who is signed in: an officer with the roles that their account may stand for. */
export interface SignedIn {
  officer: OfficerIdentity;
  account: AccountState;
}

/** What an officer's own pages tell of their account. */
export interface AccountState {
  /** Roles are withheld until the owner, or another head, says whose account it is. */
  isUnconfirmed: boolean;
  /** Until when the second factor must be set up; null: it is, or need not be. */
  codeDue: Date | null;
}

function daysFrom(now: Date, days: number): Date {
  return new Date(now.getTime() + days * 86_400_000);
}

export type SignIn = 'signed_in' | 'second_factor' | 'refused';

/** Tries a username and a password. The answer is the same for an unknown name and a wrong password. */
export async function signIn(auth: Auth, c: WebContext, username: string, password: string): Promise<SignIn> {
  const response = await auth.api.signInUsername({
    body: { username, password },
    headers: c.req.raw.headers,
    asResponse: true,
  });
  if (!response.ok) return 'refused';
  takeCookies(c, response.headers);
  const told = (await response.json()) as { twoFactorRedirect?: boolean };
  return told.twoFactorRedirect ? 'second_factor' : 'signed_in';
}

/** The second step: a code of the phone's app, or one of the spare codes. */
export async function giveSecondFactor(auth: Auth, c: WebContext, code: string): Promise<boolean> {
  const call = { body: { code }, headers: c.req.raw.headers, asResponse: true } as const;
  const isSpare = !/^\d{6}$/u.test(code);
  const response = await (isSpare ? auth.api.verifyBackupCode(call) : auth.api.verifyTOTP(call));
  if (response.ok) takeCookies(c, response.headers);
  return response.ok;
}

export async function signOut(auth: Auth, c: WebContext): Promise<void> {
  const response = await auth.api.signOut({ headers: c.req.raw.headers, asResponse: true });
  takeCookies(c, response.headers);
}

/** Hands on the cookies that better-auth sets. */
export function takeCookies(c: WebContext, headers: Headers): void {
  for (const cookie of headers.getSetCookie()) c.header('Set-Cookie', cookie, { append: true });
}
