import type { EffectResults } from '../core/effect.js';
import { lockAddresses } from '../store/links.js';
import { deleteProfile, deleteProfiles, giveWord, hasBelongings, loadProfiles } from '../store/profiles.js';
import type { Applier } from './applier.js';

/**
 * A person is no longer told apart at this address; what they asked for goes on. Where they asked for anything, only who
 * showed just now that they are that person takes them away (`not_shown`). Whoever is left has to show who they are
 * before anything from before is shown, unless they just did.
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
    if ((isOther || asker.hidden) && (await hasBelongings(sql, address.id, gone.residentId))) {
      results.push({ outcome: 'not_shown', name: gone.name });
      continue;
    }
    await deleteProfile(sql, address.id, gone.residentId);
    const isShown = isOther && !asker.hidden;
    if (!isOther) address.residentId = left[0]!.residentId;
    if (!isShown) await giveWord(sql, address.id, address.residentId, false, now);
    // Alone again, nobody is told apart; but one who has something stays written down until they show that it is theirs.
    if (left.length === 1 && (isShown || !(await hasBelongings(sql, address.id, address.residentId))))
      await deleteProfiles(sql, address.id);
    results.push({ outcome: 'done', name: gone.name });
  }
  return results;
};
