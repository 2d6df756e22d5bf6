import { setVillages } from '../store/residents.js';
import type { Applier } from './applier.js';

/** The resident belongs to this village; cases go there from now on. */
export const setVillage: Applier<'set_village'> = async (sql, requests) => {
  await setVillages(
    sql,
    requests.flatMap(({ asker, effect }) =>
      asker.residentId === null ? [] : [{ residentId: asker.residentId, village: effect.village }],
    ),
  );
  return requests.map(() => null);
};
