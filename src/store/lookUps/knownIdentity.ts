import { knownForms } from '../forms.js';
import type { LookUpAnswerer } from './answerer.js';

/** The newest form of an earlier request of the resident in their village; none while history is hidden. */
export const knownIdentity: LookUpAnswerer<'known_identity'> = async (sql, requests) => {
  const known = await knownForms(
    sql,
    requests.map(({ asker }) => ({
      residentId: asker.hidden ? null : asker.residentId,
      villageId: asker.villageId,
    })),
  );
  return known.map((found) => ({
    found: found !== null,
    form: found?.form ?? null,
    since: found?.since.toISOString() ?? null,
  }));
};
