import { speakingForOthers } from '../store/hiddenHistories.js';
import { setVillages } from '../store/residents.js';
import type { Applier } from './applier.js';

/**
 * The resident belongs to this village; cases go there from now on. By the word of somebody who may be another only where
 * none is known yet.
 */
export const setVillage: Applier<'set_village'> = async (sql, requests) => {
  const others = await speakingForOthers(
    sql,
    requests.map(({ asker }) => asker),
  );
  await setVillages(
    sql,
    requests.flatMap(({ asker, effect }) =>
      asker.residentId === null || (others.has(asker) && asker.villageId !== null)
        ? []
        : [{ residentId: asker.residentId, village: effect.village }],
    ),
  );
  return requests.map(() => null);
};
