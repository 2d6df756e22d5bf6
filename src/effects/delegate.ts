import { faultOfDelegation } from '../core/delegation.js';
import type { EffectResults } from '../core/effect.js';
import { lockLying } from '../store/assignments.js';
import { insertAudit } from '../store/audit.js';
import { dayIn, insertDelegation, loadActingOfficers } from '../store/delegations.js';
import { insertNotifications } from '../store/notifications.js';
import type { Sql } from '../store/sql.js';
import { loadVillageOfficers } from '../store/villageOfficers.js';
import type { Applier, ApplyContext, EffectRequest } from './applier.js';
import { layOn } from './assigning.js';

type Result = EffectResults['delegate'];

/**
 * A role is a colleague's for some days (core/delegation.ts says whose, and by whom). Where it begins today, what lies on
 * whoever is away is laid anew. The deputy is told. A village that the asker does not serve has nobody in it.
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
  if (from <= village.today) await layAnew(sql, officerId, effect.village, context);
  const away = officers.find((officer) => officer.id === officerId)!.name;
  await insertNotifications(
    sql,
    [
      {
        officerId: deputyId,
        kind: 'officer-delegation',
        subjectId: id,
        number: 1,
        vars: { event: 'begins', away, role, from, to, village: village.name },
      },
    ],
    newId,
    now,
  );
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
    deputy: officers.find((officer) => officer.id === deputyId)!.name,
  };
}

/** What lies on somebody goes to whom it falls now. */
export async function layAnew(
  sql: Sql,
  officerId: string,
  villageId: string,
  context: ApplyContext,
): Promise<void> {
  const lying = await lockLying(sql, officerId, villageId);
  if (lying.length === 0) return;
  await layOn(sql, lying, await loadActingOfficers(sql, [villageId], context.now), context);
}
