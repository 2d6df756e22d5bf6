import { insertAudit } from '../store/audit.js';
import { insertInternal } from '../store/inbound.js';
import { endOfficerChat } from '../store/linkedOfficers.js';
import { endLinksOf, lockAddresses } from '../store/links.js';
import { deleteProfiles, insertProfile, insertResident, loadProfiles, startAnew } from '../store/profiles.js';
import type { Applier } from './applier.js';

/**
 * Whoever writes from this address cannot or will not show that what was before is theirs: they are somebody new, and the
 * history stays with the person before, and an officer's chat is one no more. Where several people share the address,
 * it stays with the one who was chosen alone.
 * Without anything hidden it changes nothing.
 */
export const startAfresh: Applier<'start_afresh'> = async (sql, requests, context) => {
  const { now, newId } = context;
  const asking = requests.filter(({ asker }) => asker.hidden && asker.addressId !== null);
  const addresses = await lockAddresses(
    sql,
    asking.map(({ asker }) => asker.addressId!),
  );
  for (const { asker } of asking) {
    const address = addresses.get(asker.addressId!)!;
    if (address.residentId !== asker.residentId) continue;
    const id = newId();
    const isShared = asker.hidden!.why === 'profiles';
    const known = isShared ? await loadProfiles(sql, [address.id]) : [];
    const name = known.find(({ residentId }) => residentId === address.residentId)?.name ?? null;
    await insertResident(sql, { id, name, like: address.residentId, withVillage: isShared });
    await startAnew(sql, address.id, address.residentId, id, isShared ? now : null);
    if (name === null) await deleteProfiles(sql, address.id);
    else await insertProfile(sql, { addressId: address.id, residentId: id, name }, now);
    const officerId = isShared ? null : await endOfficerChat(sql, address.id, now);
    if (officerId !== null) {
      const subject = { subjectKind: 'officer' as const, subjectId: officerId };
      await insertAudit(sql, [{ officerId: null, action: 'officer.chat_ended', ...subject }], newId, now);
    }
    const ended = isShared ? [] : await endLinksOf(sql, address.id, now);
    await insertInternal(
      sql,
      ended.map((link) => ({
        conversationId: link.conversationId,
        externalId: `link:${link.id}:unlinked:${link.conversationId}`,
        flow: 'link-notice',
        vars: { event: 'unlinked', platform: address.platform, name: null },
      })),
      now,
    );
    context.nudges.converse ||= ended.length > 0;
    address.residentId = id;
  }
  return requests.map(() => null);
};
