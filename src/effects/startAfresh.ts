import { insertAudit } from '../store/audit.js';
import { insertInternal } from '../store/inbound.js';
import { endOfficerChat } from '../store/linkedOfficers.js';
import { endLinksOf, lockAddresses } from '../store/links.js';
import { insertResident, startAnew } from '../store/profiles.js';
import type { Applier } from './applier.js';

/**
 * Whoever writes from this address after a long silence cannot or will not show that what was before is theirs: they are
 * somebody new, and the history stays with the person before, and an officer's chat is one no more. Without anything
 * hidden it changes nothing; nor where people share the address: anybody there could part another from what is theirs.
 */
export const startAfresh: Applier<'start_afresh'> = async (sql, requests, context) => {
  const { now, newId } = context;
  const asking = requests.filter(({ asker }) => asker.hidden?.why === 'silence' && asker.addressId !== null);
  const addresses = await lockAddresses(
    sql,
    asking.map(({ asker }) => asker.addressId!),
  );
  for (const { asker } of asking) {
    const address = addresses.get(asker.addressId!)!;
    if (address.residentId !== asker.residentId) continue;
    const id = newId();
    await insertResident(sql, { id, name: null, like: address.residentId, withVillage: false });
    await startAnew(sql, address.id, id);
    const officerId = await endOfficerChat(sql, address.id, now);
    if (officerId !== null) {
      const subject = { subjectKind: 'officer' as const, subjectId: officerId };
      await insertAudit(sql, [{ officerId: null, action: 'officer.chat_ended', ...subject }], newId, now);
    }
    const ended = await endLinksOf(sql, address.id, now);
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
