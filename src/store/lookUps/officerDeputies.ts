import { faultOfDelegation } from '../../core/delegation.js';
import type { OfficerDeputies } from '../../core/lookup.js';
import { dayIn, delegationsOf } from '../delegations.js';
import { loadVillageOfficers } from '../villageOfficers.js';
import type { Sql } from '../sql.js';
import type { LookUpAnswerer, LookUpContext, LookUpRequest } from './answerer.js';

/** So many colleagues are offered at once, in a chat. */
const MOST = 7;

/**
 * For an officer who will be away: the roles that somebody may hold for them, each with those who may (core/delegation.ts), and
 * what they have arranged already. One asker at a time: few ask.
 */
export const officerDeputies: LookUpAnswerer<'officer_deputies'> = async (sql, requests, context) => {
  const results: OfficerDeputies[] = [];
  for (const request of requests) results.push(await one(sql, request, context));
  return results;
};

async function one(
  sql: Sql,
  { asker }: LookUpRequest<'officer_deputies'>,
  { now }: LookUpContext,
): Promise<OfficerDeputies> {
  const nothing: OfficerDeputies = {
    count: 0,
    roles: [],
    delegation: null,
    deputy: null,
    from: null,
    to: null,
  };
  const { officer } = asker;
  if (!officer) return nothing;
  const villages = [...new Set(officer.roles.flatMap(({ village }) => village ?? []))];
  const serving = await loadVillageOfficers(sql, villages);
  const result = nothing;
  for (const villageId of villages) {
    const village = await dayIn(sql, villageId, now);
    if (!village) continue;
    const { today, name } = village;
    const colleagues = serving.get(villageId) ?? [];
    const arranged = (await delegationsOf(sql, villageId, today)).find(
      ({ officerId }) => officerId === officer.id,
    );
    if (arranged && result.delegation === null)
      Object.assign(result, {
        delegation: arranged.id,
        deputy: arranged.deputyName,
        from: arranged.from,
        to: arranged.to,
      });
    for (const { role } of officer.roles.filter((held) => held.village === villageId)) {
      const may = (deputyId: string): boolean =>
        faultOfDelegation(
          { officerId: officer.id, deputyId, role, from: today, to: today },
          officer.id,
          colleagues,
          today,
        ) === null;
      const deputies = colleagues.filter(({ id }) => may(id)).slice(0, MOST);
      if (deputies.length > 0)
        result.roles.push({
          role,
          village: villageId,
          where: name,
          deputies: deputies.map((deputy) => ({ id: deputy.id, name: deputy.name })),
        });
    }
  }
  return { ...result, count: result.roles.length };
}
