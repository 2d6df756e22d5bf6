import { faultOfDelegation } from '../core/delegation.js';
import type { EffectResults } from '../core/effect.js';
import { insertAudit } from '../store/audit.js';
import { dayIn, insertDelegation, lockDelegation } from '../store/delegations.js';
import { layAnew } from '../store/laying.js';
import { tellOfDelegation } from '../store/ringDelegations.js';
import type { Sql } from '../store/sql.js';
import { setTimers } from '../store/timerRows.js';
import { loadVillageOfficers } from '../store/villageOfficers.js';
import type { Applier, ApplyContext, EffectRequest } from './applier.js';

type Result = EffectResults['delegate'];

/**
 * A role is a colleague's for some days (core/delegation.ts says whose, and by whom). Where it begins today, what lies on
 * whoever is away is laid anew; else its clock does that on the first day (store/ringDelegations.ts). The deputy is told, and
 * whoever is away where somebody else arranged it. A village that the asker does not serve has nobody in it.
 */
export const delegate: Applier<'delegate'> = async (sql, requests, context) => {
  const results: Result[] = [];
  for (const request of requests) results.push(await one(sql, request, context));
  return results;
};

async function one(
  sql: Sql,
  { asker, effect }: EffectRequest<'delegate'>,
  context: ApplyContext,
): Promise<Result> {
  const { newId, now } = context;
  const nothing = (outcome: Result['outcome']): Result => ({ outcome, delegation: null, deputy: null });
  const village = await dayIn(sql, effect.village, now);
  const by = asker.officer;
  if (!by || !village) return nothing('not_there');
  const officers = (await loadVillageOfficers(sql, [effect.village])).get(effect.village) ?? [];
  const officerId = effect.officer ?? by.id;
  if (!officers.some(({ id }) => id === by.id)) return nothing('not_there');
  const { deputy: deputyId, role, from, to } = effect;
  const fault = faultOfDelegation({ officerId, deputyId, role, from, to }, by.id, officers, village.today);
  if (fault) return nothing(fault);
  const id = newId();
  const wish = { id, officerId, deputyId, role, villageId: effect.village, from, to, madeBy: by.id };
  if (!(await insertDelegation(sql, wish, now))) return nothing('overlaps');
  const row = (await lockDelegation(sql, id))!;
  const hasBegun = row.beginsAt <= now;
  await setTimers(
    sql,
    [
      {
        subjectKind: 'delegation',
        subjectId: id,
        kind: 'delegation_clock',
        dueAt: hasBegun ? row.endsAt : row.beginsAt,
      },
    ],
    newId,
  );
  if (hasBegun) await layAnew(sql, officerId, effect.village, context);
  await tellOfDelegation(sql, row, hasBegun ? 'begins' : 'arranged', by.id, context);
  context.nudges.notify = true;
  await insertAudit(
    sql,
    [
      {
        officerId: by.id,
        action: 'delegation.made',
        subjectKind: 'officer',
        subjectId: officerId,
        data: {
          deputy: deputyId,
          role,
          village: effect.village,
          from_day: from,
          to_day: to,
          from: asker.platform,
        },
      },
    ],
    newId,
    now,
  );
  return {
    outcome: 'done',
    delegation: id,
    deputy: row.deputyName,
  };
}
