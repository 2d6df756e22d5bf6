import { needsSecondFactor } from '../core/accounts.js';
import type { EffectResults } from '../core/effect.js';
import {
  OWN_PASSWORD_LINKS,
  OWN_PASSWORD_MINUTES,
  passwordIdentifier,
  passwordPath,
  passwordToken,
} from '../core/passwordLink.js';
import { insertAudit } from '../store/audit.js';
import { insertPasswordLink, loadAccount } from '../store/officerAccounts.js';
import type { Sql } from '../store/sql.js';
import { isWithinLimit } from '../store/web/attempts.js';
import type { Applier, ApplyContext, EffectRequest } from './applier.js';

const DAY_SECONDS = 24 * 3600;

/**
 * Officers ask in their own chat for a link to choose a new password of the console: of one use, for half an hour; what was
 * made for them before ends with it. Whose role signs in with a second factor has none by chat until that is set up: a lost
 * phone alone would open what is sealed. As after any link, the account proves nobody until its owner answered in their chat.
 */
export const openPasswordLink: Applier<'open_password_link'> = async (sql, requests, context) => {
  const results: EffectResults['open_password_link'][] = [];
  for (const request of requests) results.push(await open(sql, request, context));
  return results;
};

async function open(
  sql: Sql,
  { asker: { officer } }: EffectRequest<'open_password_link'>,
  { now, newId, sealer }: ApplyContext,
): Promise<EffectResults['open_password_link']> {
  const refused = (outcome: EffectResults['open_password_link']['outcome']) => ({
    outcome,
    path: '',
    username: null,
    until: null,
  });
  const account = officer && (await loadAccount(sql, officer.id));
  if (!officer || !account) return refused('no_account');
  if (needsSecondFactor(officer.roles) && !account.hasSecondFactor) return refused('in_person');
  const attempt = { id: newId(), kind: 'own_password', target: officer.id, source: officer.id, at: now };
  const limit = { perPair: OWN_PASSWORD_LINKS, perTarget: OWN_PASSWORD_LINKS, perSource: OWN_PASSWORD_LINKS };
  if (!(await isWithinLimit(sql, attempt, { ...limit, seconds: DAY_SECONDS }))) return refused('too_many');
  const id = newId();
  const expiresAt = new Date(now.getTime() + OWN_PASSWORD_MINUTES * 60_000);
  const identifier = passwordIdentifier(passwordToken(sealer, id));
  await insertPasswordLink(
    sql,
    { id, officerId: officer.id, userId: account.userId, identifier, expiresAt },
    now,
  );
  await insertAudit(
    sql,
    [
      {
        officerId: officer.id,
        action: 'officer.own_password_link',
        subjectKind: 'officer',
        subjectId: officer.id,
        data: { by: 'own_chat' },
      },
    ],
    newId,
    now,
  );
  return {
    outcome: 'open',
    path: passwordPath(id),
    username: account.username,
    until: expiresAt.toISOString(),
  };
}
