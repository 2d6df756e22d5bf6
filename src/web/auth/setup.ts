import { createHash } from 'node:crypto';
import type { OfficerIdentity } from '../../core/asker.js';
import { clockIsBehind } from '../../store/clockGuard.js';
import { inTransaction } from '../../store/sql.js';
import { addOfficer, hasConsoleAccount } from '../../store/web/officers.js';
import { dropSetupToken, isSetupToken, keepSetupToken } from '../../store/web/setup.js';
import type { WebDeps } from '../deps.js';
import { createAccount, deleteAccount } from './accounts.js';
import type { Auth } from './auth.js';

const HOUR = 3_600_000;

/**
 * The path of a one-time link by which the installation's first keeper chooses a name and a password: it works for
 * an hour, once. null where somebody can sign in already. `start` prints it, and a new one at each start until then.
 * null also under a clock that is behind, where an hour would be any time: start again once it is right.
 */
export async function createSetupLink(
  deps: Pick<WebDeps, 'pool' | 'random' | 'now'>,
): Promise<string | null> {
  if (await hasConsoleAccount(deps.pool)) return null;
  const token = Buffer.from(deps.random(24)).toString('base64url');
  if ((await clockIsBehind(deps.pool, deps.now())).isBehind) return null;
  await keepSetupToken(deps.pool, digestOf(token), new Date(deps.now().getTime() + HOUR));
  return `/console/setup/${token}`;
}

/** Whether the link may be used now. */
export async function isSetupOpen(deps: WebDeps, token: string): Promise<boolean> {
  return (
    !(await hasConsoleAccount(deps.pool)) && (await isSetupToken(deps.pool, digestOf(token), deps.now()))
  );
}

export interface NewKeeper {
  name: string;
  username: string;
  password: string;
}

/** Makes the first keeper: admin in every village. `taken`: the username is; `closed`: the link no longer works. */
export async function setUpKeeper(
  deps: WebDeps,
  auth: Auth,
  token: string,
  keeper: NewKeeper,
): Promise<OfficerIdentity | 'taken' | 'closed'> {
  return inTransaction(deps.pool, async (sql) => {
    if (!(await isSetupToken(sql, digestOf(token), deps.now())) || (await hasConsoleAccount(sql)))
      return 'closed';
    const userId = await createAccount(auth, deps, keeper);
    if (!userId) return 'taken';
    try {
      const roles = [{ role: 'admin', village: null }];
      const id = await addOfficer(sql, { name: keeper.name, phone: null, userId, roles }, deps.newId);
      await dropSetupToken(sql);
      return { id: id!, name: keeper.name, roles };
    } catch (cause) {
      // The account was made on a connection of its own: it would keep the username of a set-up that failed.
      await deleteAccount(auth, userId);
      throw cause;
    }
  });
}

function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
