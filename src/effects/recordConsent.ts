import { speakingForOthers } from '../store/hiddenHistories.js';
import { insertConsents } from '../store/residents.js';
import type { Applier } from './applier.js';

/**
 * Records that a consent was given or withdrawn: purpose, version, time and channel. Not where history is hidden and its
 * person has another address: there it would hold as well. No news are pushed to such an address (store/heldChats.ts), so
 * that a "stop" needs no row.
 */
export const recordConsent: Applier<'record_consent'> = async (sql, requests, context) => {
  const others = await speakingForOthers(
    sql,
    requests.map(({ asker }) => asker),
  );
  await insertConsents(
    sql,
    requests.flatMap(({ asker, effect: { purpose, version, given } }) =>
      asker.residentId === null || others.has(asker)
        ? []
        : [{ residentId: asker.residentId, purpose, version, given, platform: asker.platform }],
    ),
    context.newId,
    context.now,
  );
  return requests.map(() => null);
};
