import type { EffectResults } from '../core/effect.js';
import { insertInternal } from '../store/inbound.js';
import {
  copyConsents,
  fillIn,
  lockAddresses,
  lockJoinedThrough,
  lockLinks,
  moveBelongings,
  setResident,
  settleLink,
  type AddressLink,
  type LinkedAddress,
} from '../store/links.js';
import type { Sql } from '../store/sql.js';
import type { Applier, ApplyContext } from './applier.js';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu;

/**
 * Lets an address that joined go again, asked from any address of the person: it gets back who it was before, with the
 * cases and listings that were made from it, and what was consented to or withdrawn meanwhile. So does whoever joined
 * through it since then. The other sides are told.
 */
export const unlink: Applier<'unlink'> = async (sql, requests, context) => {
  const { now } = context;
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
    const ending = [link, ...(await lockJoinedThrough(sql, link))];
    const addresses = await lockAddresses(
      sql,
      ending.flatMap((one) => [one.addressId, one.toAddressId]),
    );
    for (const one of ending) {
      const known = links.get(one.id);
      if (known) known.endedAt = now;
      await end(sql, one, context);
    }
    await tell(sql, ending, addresses, asker.addressId, context);
    const isHere = link.addressId === asker.addressId;
    const there = addresses.get(isHere ? link.toAddressId : link.addressId)!;
    results.push({ outcome: 'done', platform: there.platform, leaves: isHere ? 'here' : 'there' });
  }
  return results;
};

async function end(sql: Sql, link: AddressLink, { now, newId }: ApplyContext): Promise<void> {
  await settleLink(sql, link.id, 'ended', now);
  await setResident(sql, [link.addressId], link.toResidentId, link.fromResidentId);
  await moveBelongings(sql, [link.addressId], link.toResidentId, link.fromResidentId);
  await copyConsents(sql, link.toResidentId, link.fromResidentId, link.confirmedAt, newId);
  await fillIn(sql, link.toResidentId, link.fromResidentId);
}

/** Each chat that is parted from another hears of it once; not who asked for it, nor who may be somebody else by now. */
async function tell(
  sql: Sql,
  ended: AddressLink[],
  addresses: Map<string, LinkedAddress>,
  askerAddressId: string | null,
  context: ApplyContext,
): Promise<void> {
  const told = new Set<string | null>([askerAddressId]);
  const notices = ended.flatMap((link) => {
    const sides = [addresses.get(link.addressId)!, addresses.get(link.toAddressId)!];
    return sides.flatMap((side, n) => {
      if (told.has(side.id) || side.isHidden || side.conversationId === null) return [];
      told.add(side.id);
      return [
        {
          conversationId: side.conversationId,
          externalId: `link:${link.id}:unlinked:${side.conversationId}`,
          flow: 'link-notice',
          vars: { event: 'unlinked', platform: sides[1 - n]!.platform, name: null },
        },
      ];
    });
  });
  if (notices.length === 0) return;
  await insertInternal(sql, notices, context.now);
  context.nudges.converse = true;
}
