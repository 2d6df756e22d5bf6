import type { WebDeps } from '../deps.js';
import { type Auth, PASSWORD_LINK_HOURS } from './auth.js';

/** What better-auth keeps a password link under. */
const RESET = 'reset-password:';

/**
 * Makes a console account; answers its id, null where the username is taken. Without a password nobody can sign in
 * to it until one was chosen by a link. The address is a form's need of the library: nothing is ever sent there.
 */
export async function createAccount(
  auth: Auth,
  deps: Pick<WebDeps, 'newId'>,
  account: { name: string; username: string; password?: string },
): Promise<string | null> {
  const context = await auth.$context;
  const taken = await context.adapter.findOne({
    model: 'user',
    where: [{ field: 'username', value: account.username.toLowerCase() }],
  });
  if (taken) return null;
  const { user } = await auth.api.createUser({
    body: {
      email: `${deps.newId()}@console.invalid`,
      name: account.name,
      password: account.password,
      data: { username: account.username, displayUsername: account.username },
    },
  });
  return user.id;
}

/** Takes back an account that was made a moment ago. */
export async function deleteAccount(auth: Auth, userId: string): Promise<void> {
  const context = await auth.$context;
  await context.internalAdapter.deleteUser(userId);
}

/** A one-time path by which an officer chooses a new password; older ones of theirs stop working, sessions end then. */
export async function createPasswordLink(
  auth: Auth,
  deps: Pick<WebDeps, 'random' | 'now'>,
  userId: string,
): Promise<string> {
  const context = await auth.$context;
  const token = Buffer.from(deps.random(24)).toString('base64url');
  await context.adapter.deleteMany({ model: 'verification', where: [{ field: 'value', value: userId }] });
  await context.internalAdapter.createVerificationValue({
    identifier: RESET + token,
    value: userId,
    expiresAt: new Date(deps.now().getTime() + PASSWORD_LINK_HOURS * 3_600_000),
  });
  return `/console/kata-sandi/${token}`;
}

export async function isPasswordLink(
  auth: Auth,
  deps: Pick<WebDeps, 'now'>,
  token: string,
): Promise<boolean> {
  const context = await auth.$context;
  const found = await context.internalAdapter.findVerificationValue(RESET + token);
  return found !== null && found.expiresAt > deps.now();
}

/** Whose password a link is for; null where it works no longer. */
export async function userOfLink(
  auth: Auth,
  deps: Pick<WebDeps, 'now'>,
  token: string,
): Promise<string | null> {
  const context = await auth.$context;
  const found = await context.internalAdapter.findVerificationValue(RESET + token);
  return found !== null && found.expiresAt > deps.now() ? found.value : null;
}

/** Ends every session of an account: its officer serves no longer. */
export async function endSessions(auth: Auth, userId: string): Promise<void> {
  const context = await auth.$context;
  await context.internalAdapter.deleteUserSessions(userId);
}
