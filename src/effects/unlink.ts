import type { EffectResults } from '../core/effect.js';
import { insertInternal } from '../store/inbound.js';
import {
  copyConsents,
  fillIn,
  lockAddresses,
  lockLinks,
  moveBelongings,
  setResident,
  settleLink,
} from '../store/links.js';
import type { Applier } from './applier.js';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu;

/**
 * Lets an address that joined go again, asked from any address of the person: it gets back who it was before, with the
 * cases and listings that were made from it, and what was consented to or withdrawn meanwhile. The other side is told.
 */
export const unlink: Applier<'unlink'> = async (sql, requests, context) => {
  const { now, newId } = context;
  const ids = requests.map(({ effect }) => effect.link).filter((id) => UUID.test(id));
  const links = await lockLinks(sql, ids);
  const results: EffectResults['unlink'][] = [];
  for (const { asker, effect } of requests) {
    const link = links.get(effect.link.toLowerCase());
    const isTheirs =
      link?.confirmedAt && !link.endedAt && !asker.hidden && asker.residentId === link.toResidentId;
    if (!link || !isTheirs) {
      results.push({ outcome: 'not_found', platform: null, leaves: null });
      continue;
    }
    const addresses = await lockAddresses(sql, [link.addressId, link.toAddressId]);
    const leaving = addresses.get(link.addressId)!;
    const staying = addresses.get(link.toAddressId)!;
    const isHere = leaving.id === asker.addressId;
    link.endedAt = now;
    await settleLink(sql, link.id, 'ended', now);
    await setResident(sql, [leaving.id], link.toResidentId, link.fromResidentId);
    await moveBelongings(sql, [leaving.id], link.toResidentId, link.fromResidentId);
    await copyConsents(sql, link.toResidentId, link.fromResidentId, link.confirmedAt, newId);
    await fillIn(sql, link.toResidentId, link.fromResidentId);
    const [here, there] = isHere ? [leaving, staying] : [staying, leaving];
    if (there.conversationId !== null && there.id !== asker.addressId) {
      await insertInternal(
        sql,
        [
          {
            conversationId: there.conversationId,
            externalId: `link:${link.id}:unlinked:${there.conversationId}`,
            flow: 'link-notice',
            vars: { event: 'unlinked', platform: here.platform, name: null },
          },
        ],
        now,
      );
      context.nudges.converse = true;
    }
    results.push({ outcome: 'done', platform: there.platform, leaves: isHere ? 'here' : 'there' });
  }
  return results;
};
