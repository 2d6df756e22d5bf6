import type { EffectResults } from '../core/effect.js';
import { isSameName, profileName } from '../core/profileName.js';
import { lockAddresses } from '../store/links.js';
import { loadProfiles, renameProfile as rename } from '../store/profiles.js';
import type { Applier } from './applier.js';

/** How a person of this address is called, here and by the office. */
export const renameProfile: Applier<'rename_profile'> = async (sql, requests) => {
  await lockAddresses(
    sql,
    requests.flatMap(({ asker }) => asker.addressId ?? []),
  );
  const results: EffectResults['rename_profile'][] = [];
  for (const { asker, effect } of requests) {
    const name = profileName(effect.name);
    const known = asker.addressId === null ? [] : await loadProfiles(sql, [asker.addressId]);
    const profile = known.find(({ residentId }) => residentId === effect.profile.toLowerCase());
    if (!profile || name === '' || asker.hidden?.why === 'silence')
      results.push({ outcome: 'not_found', name: null });
    else if (known.some((other) => other !== profile && isSameName(other.name, name)))
      results.push({ outcome: 'exists', name });
    else {
      await rename(sql, { ...profile, name });
      results.push({ outcome: 'done', name });
    }
  }
  return results;
};
