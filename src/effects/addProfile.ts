import type { EffectResults } from '../core/effect.js';
import { isSameName, MOST_PROFILES, profileName } from '../core/profileName.js';
import { lockAddresses } from '../store/links.js';
import { giveWord, insertProfile, insertResident, loadProfiles } from '../store/profiles.js';
import type { Applier } from './applier.js';

/**
 * Another person at this address, who has the word from then on: a resident of their own, of the same village. Where
 * nobody was told apart yet, the one who was there goes by `own`. Not while silence hides who that was.
 */
export const addProfile: Applier<'add_profile'> = async (sql, requests, context) => {
  const { now, newId } = context;
  const addresses = await lockAddresses(
    sql,
    requests.flatMap(({ asker }) => asker.addressId ?? []),
  );
  const results: EffectResults['add_profile'][] = [];
  for (const { asker, effect } of requests) {
    const address = addresses.get(asker.addressId ?? '');
    const name = profileName(effect.name);
    const own = profileName(effect.own ?? '');
    if (!address || address.isGroup || name === '' || asker.hidden?.why === 'silence') {
      results.push({ outcome: 'not_allowed', name });
      continue;
    }
    const known = await loadProfiles(sql, [address.id]);
    const isFirst = known.length === 0;
    const names = isFirst ? [own] : known.map((profile) => profile.name);
    if (isFirst && own === '') results.push({ outcome: 'not_allowed', name });
    else if (names.some((other) => isSameName(other, name))) results.push({ outcome: 'exists', name });
    else if (known.length >= MOST_PROFILES) results.push({ outcome: 'full', name });
    else {
      const { residentId } = address;
      if (isFirst) await insertProfile(sql, { addressId: address.id, residentId, name: own }, now);
      const id = newId();
      await insertResident(sql, { id, name, like: residentId, withVillage: true });
      await insertProfile(sql, { addressId: address.id, residentId: id, name }, now);
      // Somebody new has nothing that could be anybody else's.
      await giveWord(sql, address.id, id, true, now);
      address.residentId = id;
      results.push({ outcome: 'done', name });
    }
  }
  return results;
};
