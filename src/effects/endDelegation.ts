import type { EffectResults } from '../core/effect.js';
import { HEADS } from '../core/handlers.js';
import { insertAudit } from '../store/audit.js';
import { dayIn, endDelegationRow, lockDelegation } from '../store/delegations.js';
import { insertNotifications } from '../store/notifications.js';
import type { Sql } from '../store/sql.js';
import type { Applier, ApplyContext, EffectRequest } from './applier.js';
import { layAnew } from './delegate.js';

type Result = EffectResults['end_delegation'];

/**
 * A delegation ends before its last day: by whoever was away, by the deputy, or by a head of the village. What lies on
 * the deputy for them is laid anew, and the deputy is told.
 */
export const endDelegation: Applier<'end_delegation'> = async (sql, requests, context) => {
  const results: Result[] = [];
  for (const request of requests) results.push(await end(sql, request, context));
  return results;
};

async function end(
  sql: Sql,
  { asker, effect }: EffectRequest<'end_delegation'>,
  context: ApplyContext,
): Promise<Result> {
  const { newId, now } = context;
  const by = asker.officer;
  const standing = by && (await lockDelegation(sql, effect.delegation));
  if (!by || !standing) return { outcome: 'not_found' };
  const { id, villageId, officerId, officerName, deputyId, role, from, to } = standing;
  const isHead = by.roles.some((held) => held.village === villageId && HEADS.includes(held.role));
  if (by.id !== officerId && by.id !== deputyId && !isHead) return { outcome: 'not_found' };
  await endDelegationRow(sql, id, now);
  await layAnew(sql, deputyId, villageId, context);
  const village = await dayIn(sql, villageId, now);
  if (by.id !== deputyId) {
    await insertNotifications(
      sql,
      [
        {
          officerId: deputyId,
          kind: 'officer-delegation',
          subjectId: id,
          number: 2,
          vars: { event: 'ended', away: officerName, role, from, to, village: village!.name },
        },
      ],
      newId,
      now,
    );
    context.nudges.notify = true;
  }
  await insertAudit(
    sql,
    [
      {
        officerId: by.id,
        action: 'delegation.ended',
        subjectKind: 'officer',
        subjectId: officerId,
        data: { deputy: deputyId, role, village: villageId, from: asker.platform },
      },
    ],
    newId,
    now,
  );
  return { outcome: 'done' };
}
