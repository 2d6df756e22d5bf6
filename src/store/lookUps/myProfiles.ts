import { loadProfiles } from '../profiles.js';
import type { LookUpAnswerer } from './answerer.js';

/** The people who are told apart at the asker's address; nobody is named while silence hides who they were. */
export const myProfiles: LookUpAnswerer<'my_profiles'> = async (sql, requests) => {
  const askers = requests.map(({ asker }) => asker).filter(({ hidden }) => hidden?.why !== 'silence');
  const profiles = await loadProfiles(sql, [...new Set(askers.flatMap(({ addressId }) => addressId ?? []))]);
  return requests.map(({ asker }) => {
    const items = askers.includes(asker)
      ? profiles
          .filter(({ addressId }) => addressId === asker.addressId)
          .map(({ residentId, name }) => ({
            profile: residentId,
            name,
            is_current: residentId === asker.residentId,
          }))
      : [];
    return { count: items.length, items, names: items.map(({ name }) => name).join(', ') || null };
  });
};
