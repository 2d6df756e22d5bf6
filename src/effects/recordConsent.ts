import { insertConsents } from '../store/residents.js';
import type { Applier } from './applier.js';

/** Records that a consent was given or withdrawn: purpose, version, time and channel. */
export const recordConsent: Applier<'record_consent'> = async (sql, requests, context) => {
  await insertConsents(
    sql,
    requests.flatMap(({ asker, effect: { purpose, version, given } }) =>
      asker.residentId === null
        ? []
        : [{ residentId: asker.residentId, purpose, version, given, platform: asker.platform }],
    ),
    context.newId,
    context.now,
  );
  return requests.map(() => null);
};
