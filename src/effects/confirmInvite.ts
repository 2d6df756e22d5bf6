import type { OfficerIdentity } from '../core/asker.js';
import type { EffectResults } from '../core/effect.js';
import { settleInvites } from '../store/confirmInvites.js';
import { lockInvites } from '../store/invites.js';
import type { LockedInvite } from '../store/invites.js';
import type { Applier } from './applier.js';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu;

/** The inviter says whether it was the officer who brought the link. For everybody else the invite is not found. */
export const confirmInvite: Applier<'confirm_invite'> = async (sql, requests, context) => {
  const ids = requests.map(({ effect }) => effect.invite).filter((id) => UUID.test(id));
  const invites = await lockInvites(sql, [...new Set(ids)]);
  const decided: { invite: LockedInvite; accept: boolean; by: string }[] = [];
  const results = requests.map(({ asker, effect }): EffectResults['confirm_invite'] => {
    const invite = invites.get(effect.invite.toLowerCase());
    if (!invite || !asker.officer || !mayConfirm(asker.officer, invite))
      return { outcome: 'not_found', name: null };
    const name = invite.officerName;
    // Said before: the same again is done, the contrary comes too late.
    if (invite.confirmedAt || invite.refusedAt)
      return { outcome: (invite.confirmedAt !== null) === effect.accept ? 'done' : 'not_allowed', name };
    if (!invite.acceptedAt || invite.expiresAt <= context.now) return { outcome: 'not_allowed', name };
    if (effect.accept) invite.confirmedAt = context.now;
    else invite.refusedAt = context.now;
    decided.push({ invite, accept: effect.accept, by: asker.officer.id });
    return { outcome: 'done', name };
  });
  await settleInvites(sql, decided, context.newId, context.now);
  context.nudges.converse ||= decided.length > 0;
  context.nudges.notify ||= decided.length > 0;
  return results;
};

/**
 * The inviter alone; and for an invite that nobody in the village made (command line), its head, its secretary or an
 * admin. Never the invited officer.
 */
function mayConfirm(officer: OfficerIdentity, invite: LockedInvite): boolean {
  if (officer.id === invite.officerId) return false;
  if (officer.id === invite.invitedBy) return true;
  if (invite.invitedBy !== null) return false;
  const deciding = officer.roles.filter(({ role }) => ['admin', 'kepala_desa', 'sekretaris'].includes(role));
  if (deciding.some(({ village }) => village === null)) return true;
  return (
    invite.villageIds.length > 0 &&
    invite.villageIds.every((id) => deciding.some(({ village }) => village === id))
  );
}
