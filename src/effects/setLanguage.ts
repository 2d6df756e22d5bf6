import { speakingForOthers } from '../store/hiddenHistories.js';
import { setLanguages } from '../store/residents.js';
import type { Applier } from './applier.js';

/** The resident is answered in this language from now on; not by the word of somebody who may be another. */
export const setLanguage: Applier<'set_language'> = async (sql, requests) => {
  const others = await speakingForOthers(
    sql,
    requests.map(({ asker }) => asker),
  );
  await setLanguages(
    sql,
    requests.flatMap(({ asker, effect }) =>
      asker.residentId === null || others.has(asker)
        ? []
        : [{ residentId: asker.residentId, language: effect.language }],
    ),
  );
  return requests.map(() => null);
};
