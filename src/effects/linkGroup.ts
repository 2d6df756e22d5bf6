import type { Asker } from '../core/asker.js';
import type { EffectOf, EffectResults } from '../core/effect.js';
import { insertAudit } from '../store/audit.js';
import { insertInternal } from '../store/inbound.js';
import { endGroups, linkGroup as link } from '../store/officerGroups.js';
import type { Sql } from '../store/sql.js';
import type { Applier, ApplyContext } from './applier.js';

/**
 * A village office's group brings its link: from now on it gets the village's notices. The group that it had before is
 * told that it gets no more. One after the other: a village has one group, and such links are rare.
 */
export const linkGroup: Applier<'link_group'> = async (sql, requests, context) => {
  const { newId, now } = context;
  const results: EffectResults['link_group'][] = [];
  for (const { asker, effect } of requests) {
    if (asker.conversationId === null) {
      results.push({ outcome: 'not_found', village: null });
      continue;
    }
    const given = { codeHash: effect.token, conversationId: asker.conversationId };
    const linked = await link(sql, given, newId, now);
    results.push({ outcome: linked.outcome, village: linked.village?.name ?? null });
    if (linked.linkedBy === null) continue;
    if (linked.replaced !== null) await tellReplaced(sql, linked.replaced, linked.village!.name, context);
    const group = { conversationId: asker.conversationId, villageId: linked.village!.id };
    await audit(sql, 'group_linked', linked.linkedBy, group, context);
  }
  return results;
};

/** `/putus`: the group that asks gets no more notices. From the console that of a village: then the group is told. */
export const endGroup: Applier<'end_group'> = async (sql, requests, context) => {
  const results: EffectResults['end_group'][] = [];
  for (const { asker, effect } of requests) {
    const which = whichGroup(asker, effect);
    const [ended] = which ? await endGroups(sql, which, context.now) : [];
    results.push({ outcome: ended ? 'done' : 'not_found', village: ended?.village ?? null });
    if (!ended) continue;
    if (asker.conversationId === null) await tellReplaced(sql, ended.conversationId, ended.village, context);
    await audit(sql, 'group_ended', asker.officer?.id ?? null, ended, context);
  }
  return results;
};

/** Who manages a village's officers, and so their group. */
const MANAGERS = ['admin', 'kepala_desa', 'sekretaris'];

function whichGroup(asker: Asker, effect: EffectOf<'end_group'>): Parameters<typeof endGroups>[1] | null {
  if (asker.conversationId !== null) return { conversationIds: [asker.conversationId] };
  const { village } = effect;
  const mayEnd = asker.officer?.roles.some(
    (role) => MANAGERS.includes(role.role) && (role.village === null || role.village === village),
  );
  return village !== undefined && mayEnd ? { villageId: village } : null;
}

async function tellReplaced(
  sql: Sql,
  conversationId: string,
  village: string,
  context: ApplyContext,
): Promise<void> {
  const told = await insertInternal(
    sql,
    [
      {
        conversationId,
        externalId: `group-ended:${conversationId}:${context.now.getTime()}`,
        flow: 'officer-group-replaced',
        vars: { village },
      },
    ],
    context.now,
  );
  context.nudges.converse ||= told > 0;
}

async function audit(
  sql: Sql,
  action: string,
  officerId: string | null,
  group: { conversationId: string; villageId: string },
  { newId, now }: ApplyContext,
): Promise<void> {
  const data = { village: group.villageId };
  const subject = { subjectKind: 'conversation' as const, subjectId: group.conversationId };
  await insertAudit(sql, [{ officerId, action, ...subject, data }], newId, now);
}
