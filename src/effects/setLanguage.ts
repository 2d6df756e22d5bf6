import { setLanguages } from '../store/residents.js';
import type { Applier } from './applier.js';

/** The resident is answered in this language from now on. */
export const setLanguage: Applier<'set_language'> = async (sql, requests) => {
  await setLanguages(
    sql,
    requests.flatMap(({ asker, effect }) =>
      asker.residentId === null ? [] : [{ residentId: asker.residentId, language: effect.language }],
    ),
  );
  return requests.map(() => null);
};
