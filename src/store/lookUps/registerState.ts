import type { LookUpAnswerer } from './answerer.js';

/**
 * Whether the asker's village has a register, and whether an officer has found the asker in it. Not while history is
 * hidden: the number may be somebody else's by now.
 */
export const registerState: LookUpAnswerer<'register_state'> = async (sql, requests) => {
  const villages = [...new Set(requests.flatMap(({ asker }) => asker.villageId ?? []))];
  const { rows: usable } = await sql.query<{ id: string }>(
    `SELECT id FROM villages v WHERE id = ANY ($1::text[])
       AND EXISTS (SELECT FROM residents_register r WHERE r.village_id = v.id AND r.removed_at IS NULL)`,
    [villages],
  );
  const { rows: known } = await sql.query<{ id: string; villageId: string }>(
    `SELECT r.id, g.village_id AS "villageId" FROM residents r JOIN residents_register g ON g.id = r.register_id
     WHERE r.id = ANY ($1::uuid[]) AND g.removed_at IS NULL`,
    [requests.flatMap(({ asker }) => (asker.hidden ? [] : (asker.residentId ?? [])))],
  );
  return requests.map(({ asker }) => ({
    usable: usable.some(({ id }) => id === asker.villageId),
    known: known.some(
      ({ id, villageId }) => !asker.hidden && id === asker.residentId && villageId === asker.villageId,
    ),
  }));
};
