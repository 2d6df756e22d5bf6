import type { EffectResults } from '../core/effect.js';
import { HEADS } from '../core/handlers.js';
import { insertAudit } from '../store/audit.js';
import { endDelegationRow, lockDelegation } from '../store/delegations.js';
import { letGo } from '../store/letGo.js';
import { tellOfDelegation } from '../store/ringDelegations.js';
import type { Sql } from '../store/sql.js';
import { stopTimers } from '../store/timerRows.js';
import type { Applier, ApplyContext, EffectRequest } from './applier.js';
import { wake } from './handBack.js';

type Result = EffectResults['end_delegation'];

/**
 * A delegation ends before its last day: by whoever was away, by the deputy, or by a head of the village. What lies on
 * the deputy for them is laid anew, what they have in hand and may go on with no more is let go, and both are told, but for who ended it.
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
  const { id, villageId, officerId, deputyId, role } = standing;
  const isHead = by.roles.some((held) => held.village === villageId && HEADS.includes(held.role));
  if (by.id !== officerId && by.id !== deputyId && !isHead) return { outcome: 'not_found' };
  await endDelegationRow(sql, id, now);
  const from = asker.platform;
  wake(await letGo(sql, deputyId, villageId, { id: by.id, name: by.name, from }, context), context);
  await stopTimers(sql, [{ subjectKind: 'delegation', subjectId: id, kind: null }], now);
  await tellOfDelegation(sql, standing, 'ended', by.id, context);
  context.nudges.notify = true;
  await insertAudit(
    sql,
    [
      {
        officerId: by.id,
        action: 'delegation.ended',
        subjectKind: 'officer',
        subjectId: officerId,
        data: { deputy: deputyId, role, village: villageId, from },
      },
    ],
    newId,
    now,
  );
  return { outcome: 'done' };
}
