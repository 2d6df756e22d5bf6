import type { EffectResults } from '../core/effect.js';
import { LINK_ANSWER_HOURS } from '../core/linkCode.js';
import { insertInternal } from '../store/inbound.js';
import {
  conversationsElsewhere,
  copyConsents,
  fillIn,
  lockAddresses,
  lockLinks,
  moveBelongings,
  setResident,
  settleLink,
} from '../store/links.js';
import type { AddressLink, LinkedAddress } from '../store/links.js';
import type { Sql } from '../store/sql.js';
import type { Applier, ApplyContext } from './applier.js';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu;

/**
 * The first address says whether the other one may join. Yes: the other belongs to the same resident from then on, with
 * the cases and listings that were made from it and what was consented to there. No: nothing is changed. For all other
 * addresses the link is not found; where either is somebody else's by now, or it was asked too long ago, it is expired.
 */
export const confirmLink: Applier<'confirm_link'> = async (sql, requests, context) => {
  const { now } = context;
  const ids = requests.map(({ effect }) => effect.link).filter((id) => UUID.test(id));
  const links = await lockLinks(sql, ids);
  const results: EffectResults['confirm_link'][] = [];
  for (const { asker, effect } of requests) {
    const link = links.get(effect.link.toLowerCase());
    if (!link || link.toAddressId !== asker.addressId) {
      results.push({ outcome: 'not_found', platform: null, name: null });
      continue;
    }
    const addresses = await lockAddresses(sql, [link.addressId, link.toAddressId]);
    const joining = addresses.get(link.addressId)!;
    const original = addresses.get(link.toAddressId)!;
    const told = { platform: joining.platform, name: joining.name };
    if (link.confirmedAt || link.refusedAt || link.endedAt) {
      // Said before: the same again is as it was, the contrary comes too late.
      const was = link.confirmedAt && !link.endedAt ? 'linked' : link.refusedAt ? 'refused' : 'expired';
      results.push({ outcome: effect.accept === (was === 'linked') ? was : 'expired', ...told });
    } else if (!effect.accept) {
      link.refusedAt = now;
      await settleLink(sql, link.id, 'refused', now);
      await tell(sql, joining, original, link, 'refused', context);
      results.push({ outcome: 'refused', ...told });
    } else if (
      !isStillSo(link, joining, original, asker.hidden !== null && asker.hidden !== undefined, now)
    ) {
      link.endedAt = now;
      await settleLink(sql, link.id, 'ended', now);
      results.push({ outcome: 'expired', ...told });
    } else {
      link.confirmedAt = now;
      await join(sql, link, context);
      await tell(sql, joining, original, link, 'linked', context);
      await tellOthers(sql, joining, link, context);
      results.push({ outcome: 'linked', ...told });
    }
  }
  return results;
};

function isStillSo(
  link: AddressLink,
  joining: LinkedAddress,
  original: LinkedAddress,
  isHidden: boolean,
  now: Date,
): boolean {
  return (
    now.getTime() - link.askedAt.getTime() <= LINK_ANSWER_HOURS * 60 * 60 * 1000 &&
    joining.residentId === link.fromResidentId &&
    original.residentId === link.toResidentId &&
    !joining.isOfficer &&
    !original.isOfficer &&
    !joining.isLinked &&
    !isHidden
  );
}

async function join(sql: Sql, link: AddressLink, { newId, now }: ApplyContext): Promise<void> {
  const { addressId, fromResidentId, toResidentId } = link;
  await settleLink(sql, link.id, 'confirmed', now);
  // The address first: a case that is being opened from it waits for this, or this for it.
  await setResident(sql, [addressId], fromResidentId, toResidentId);
  await moveBelongings(sql, [addressId], fromResidentId, toResidentId);
  await copyConsents(sql, fromResidentId, toResidentId, null, newId);
  await fillIn(sql, fromResidentId, toResidentId);
}

/** The one that asked to join hears what became of it; the first one hears it as the answer to its own words. */
async function tell(
  sql: Sql,
  joining: LinkedAddress,
  original: LinkedAddress,
  link: AddressLink,
  event: 'linked' | 'refused',
  context: ApplyContext,
): Promise<void> {
  const { conversationId } = joining;
  if (conversationId === null) return;
  await insertInternal(
    sql,
    [
      {
        conversationId,
        externalId: `link:${link.id}:${event}:${conversationId}`,
        flow: 'link-notice',
        vars: { event, platform: original.platform, name: event === 'linked' ? original.name : null },
      },
    ],
    context.now,
  );
  context.nudges.converse = true;
}

/** The person's further addresses hear of it: whoever confirmed it here has perhaps only this one. */
async function tellOthers(
  sql: Sql,
  joining: LinkedAddress,
  link: AddressLink,
  { now }: ApplyContext,
): Promise<void> {
  const { addressId, toAddressId, toResidentId } = link;
  const { platform, name } = joining;
  const others = await conversationsElsewhere(sql, toResidentId, [addressId, toAddressId]);
  await insertInternal(
    sql,
    others.map((conversationId) => ({
      conversationId,
      externalId: `link:${link.id}:another:${conversationId}`,
      flow: 'link-notice',
      vars: { event: 'another', platform, name },
    })),
    now,
  );
}
