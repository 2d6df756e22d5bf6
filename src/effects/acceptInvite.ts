import type { EffectResults } from '../core/effect.js';
import { judgeInvite, maskPhone } from '../core/invites.js';
import { insertAudit } from '../store/audit.js';
import { invitesByToken, linkOfficers, markAccepted } from '../store/invites.js';
import { insertNotifications } from '../store/notifications.js';
import type { Applier } from './applier.js';

/**
 * An officer brings an invite's link from the phone that the platform proved. Then the inviter is asked to confirm
 * (`officer-invite-confirm`); an invite that its maker has confirmed beforehand links at once. One without an inviter
 * (made at the command line) waits for the console or for `kentongan officer confirm`.
 */
export const acceptInvite: Applier<'accept_invite'> = async (sql, requests, context) => {
  const { now, newId } = context;
  const hashes = requests.map(({ effect }) => effect.token);
  const invites = await invitesByToken(sql, [...new Set(hashes)], true);
  const accepted: { id: string; addressId: string }[] = [];
  const results = requests.map(({ asker, effect }, n): EffectResults['accept_invite'] => {
    const invite = invites.get(hashes[n]!) ?? null;
    const outcome = judgeInvite(invite, { phone: effect.phone, addressId: asker.addressId }, now);
    if (!invite || outcome === 'not_found') return { outcome, name: null, village: null };
    // Who holds a link that is not theirs learns nothing of whom it names.
    if (outcome !== 'accepted' && outcome !== 'waiting') return { outcome, name: null, village: null };
    if (!invite.acceptedAt) {
      invite.acceptedAt = now;
      invite.addressId = asker.addressId;
      accepted.push({ id: invite.id, addressId: asker.addressId! });
    }
    return { outcome, name: invite.officerName, village: invite.village };
  });
  await markAccepted(sql, accepted, now);
  const fresh = [...invites.values()].filter((invite) => accepted.some((one) => one.id === invite.id));
  await linkOfficers(
    sql,
    fresh
      .filter((invite) => invite.confirmedAt)
      .map((invite) => ({ officerId: invite.officerId, addressId: invite.addressId!, phone: invite.phone })),
    now,
  );
  const asking = fresh.filter((invite) => !invite.confirmedAt && invite.invitedBy);
  await insertNotifications(
    sql,
    asking.map((invite) => ({
      officerId: invite.invitedBy!,
      kind: 'officer-invite-confirm',
      subjectId: invite.id,
      number: 0,
      vars: { invite: invite.id, name: invite.officerName, phone: maskPhone(invite.phone) },
    })),
    newId,
    now,
  );
  await insertAudit(
    sql,
    fresh.map((invite) => ({
      officerId: invite.officerId,
      action: 'invite_accepted',
      subjectKind: 'invite',
      subjectId: invite.id,
    })),
    newId,
    now,
  );
  // A newly linked officer may have notifications from before.
  context.nudges.notify ||= fresh.length > 0;
  return results;
};
