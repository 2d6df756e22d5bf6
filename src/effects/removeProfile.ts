import type { EffectResults } from '../core/effect.js';
import { lockAddresses } from '../store/links.js';
import { deleteProfile, deleteProfiles, giveWord, hideHistory, loadProfiles } from '../store/profiles.js';
import type { Applier } from './applier.js';

/**
 * A person is no longer told apart at this address; what they asked for goes on. Whoever is left has to show who they
 * are before anything from before is shown, unless they just did.
 */
export const removeProfile: Applier<'remove_profile'> = async (sql, requests, context) => {
  const { now } = context;
  const addresses = await lockAddresses(
    sql,
    requests.flatMap(({ asker }) => asker.addressId ?? []),
  );
  const results: EffectResults['remove_profile'][] = [];
  for (const { asker, effect } of requests) {
    const address = addresses.get(asker.addressId ?? '');
    const known = address ? await loadProfiles(sql, [address.id]) : [];
    const gone = known.find(({ residentId }) => residentId === effect.profile.toLowerCase());
    const left = known.filter((profile) => profile !== gone);
    if (!address || !gone || left.length === 0 || asker.hidden?.why === 'silence') {
      results.push({ outcome: 'not_found', name: null });
      continue;
    }
    const isOther = address.residentId !== gone.residentId;
    await deleteProfile(sql, address.id, gone.residentId);
    if (!isOther) {
      address.residentId = left[0]!.residentId;
      await giveWord(sql, address.id, address.residentId, false, now);
    }
    if (left.length === 1) {
      await deleteProfiles(sql, address.id);
      // Alone again, nobody would be asked who they are.
      if (!isOther || asker.hidden) await hideHistory(sql, address.id, now);
    }
    results.push({ outcome: 'done', name: gone.name });
  }
  return results;
};
