import type { EffectResults } from '../core/effect.js';
import { LINK_CODE_MINUTES, LINK_CODES_AN_HOUR, newLinkCode } from '../core/linkCode.js';
import { countLinkCodes, insertLinkCode, lockAddresses } from '../store/links.js';
import type { Applier } from './applier.js';

type Result = EffectResults['make_link_code'];

/**
 * A short code by which another address of the same person joins this one. Its digest alone is kept; an earlier one
 * ends. Not for an officer's chat or a group, which stay apart, nor while history is hidden: whoever has the number now
 * could take it along.
 */
export const makeLinkCode: Applier<'make_link_code'> = async (sql, requests, context) => {
  const { now, newId, random, sealer } = context;
  const ids = requests.flatMap(({ asker }) => asker.addressId ?? []);
  const addresses = await lockAddresses(sql, ids);
  const made = await countLinkCodes(sql, ids, now);
  const results: Result[] = [];
  for (const { asker } of requests) {
    const address = addresses.get(asker.addressId ?? '');
    if (!address || address.isGroup) results.push({ outcome: 'group', code: '' });
    else if (address.isOfficer) results.push({ outcome: 'officer', code: '' });
    else if (asker.hidden) results.push({ outcome: 'hidden', code: '' });
    else if ((made.get(address.id) ?? 0) >= LINK_CODES_AN_HOUR)
      results.push({ outcome: 'limited', code: '' });
    else {
      made.set(address.id, (made.get(address.id) ?? 0) + 1);
      const code = newLinkCode(random);
      const hash = sealer.lookUpKey(code);
      const row = { id: newId(), purpose: 'address' as const, hash, addressId: address.id };
      await insertLinkCode(sql, { ...row, minutes: LINK_CODE_MINUTES }, now);
      results.push({ outcome: 'made', code });
    }
  }
  return results;
};
