import { maskIdentityNumbers, storable } from '../core/identityNumbers.js';
import { setNames } from '../store/residents.js';
import type { Applier } from './applier.js';

/** The name by which the resident wants to be called. */
export const rememberName: Applier<'remember_name'> = async (sql, requests) => {
  await setNames(
    sql,
    requests.flatMap(({ asker, effect }) => {
      const name = maskIdentityNumbers(storable(effect.name)).text.replace(/\s+/gu, ' ').trim().slice(0, 80);
      // Whoever has the number now does not name the person before.
      return asker.residentId === null || asker.hidden || name === ''
        ? []
        : [{ residentId: asker.residentId, name }];
    }),
  );
  return requests.map(() => null);
};
