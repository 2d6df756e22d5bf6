import type { EffectResults } from '../core/effect.js';
import { lockAddresses } from '../store/links.js';
import { giveWord, loadProfiles } from '../store/profiles.js';
import type { Applier } from './applier.js';

/** Gives the word to another person of this address. What is theirs stays hidden until they show who they are. */
export const chooseProfile: Applier<'choose_profile'> = async (sql, requests, context) => {
  const ids = requests.flatMap(({ asker }) => asker.addressId ?? []);
  const addresses = await lockAddresses(sql, ids);
  const known = await loadProfiles(sql, ids);
  const results: EffectResults['choose_profile'][] = [];
  for (const { asker, effect } of requests) {
    const address = addresses.get(asker.addressId ?? '');
    const profile = known.find(
      (one) => one.addressId === address?.id && one.residentId === effect.profile.toLowerCase(),
    );
    if (!address || !profile || asker.hidden?.why === 'silence') {
      results.push({ outcome: 'not_found', name: null });
      continue;
    }
    if (address.residentId !== profile.residentId) {
      await giveWord(sql, address.id, profile.residentId, false, context.now);
      address.residentId = profile.residentId;
    }
    results.push({ outcome: 'done', name: profile.name });
  }
  return results;
};
