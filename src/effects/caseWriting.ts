import { ERASURE_SERVICE, isOpenCase } from '../core/cases.js';
import type { CaseFact, CaseState } from '../core/cases.js';
import type { VillageOfficer } from '../core/handlers.js';
import { keptServices } from '../core/service.js';
import { eraseRestricted, linkToCases } from '../store/attachments.js';
import { insertAudit } from '../store/audit.js';
import { relateCases } from '../store/caseRelations.js';
import { writeFacts } from '../store/cases.js';
import type { LockedCase } from '../store/cases.js';
import { setClocks } from '../store/clocks.js';
import { insertInternal } from '../store/inbound.js';
import { setRatingTimers } from '../store/ratings.js';
import { eraseResident } from '../store/residentErasure.js';
import type { Sql } from '../store/sql.js';
import { stopTimers } from '../store/timerRows.js';
import type { ApplyContext, EffectRequest } from './applier.js';
import { layOn } from '../store/laying.js';
import type { Laid } from '../store/laying.js';
import { leftBehind, tellFollowers } from './followers.js';
import { tellOfActs } from './caseNotices.js';

/** A case with what the acts of this batch have made of it. */
export interface Acted {
  row: LockedCase;
  state: CaseState;
  facts: { fact: CaseFact; request: EffectRequest<'act_on_case'> }[];
  /** The id of the case that it is one with from now on. */
  mergedInto: string | null;
  relatedTo?: { id: string; officerId: string };
}

/** Writes what acts made of cases, and of those that follow them: rows, history, files, timers, audit lines; and tells of it. */
export async function writeActs(
  sql: Sql,
  acted: Acted[],
  officers: Map<string, VillageOfficer[]>,
  context: ApplyContext,
): Promise<void> {
  if (acted.length === 0) return;
  const { newId, now } = context;
  await writeFacts(
    sql,
    acted.map(({ row, state, facts, mergedInto }) => ({
      id: row.id,
      // What was said about a complaint is sealed with it: its history keeps the words, the row none.
      state: row.sealedTo ? { ...state, lastWords: null } : state,
      mergedInto,
      firstNumber: row.eventCount + 1,
      facts: facts.map(({ fact, request }) => sealedFact(withAttachments(fact, request), row, context)),
    })),
    newId,
    now,
  );
  await relateCases(
    sql,
    acted.flatMap(({ row, relatedTo }) => (relatedTo ? [{ id: row.id, other: relatedTo }] : [])),
    now,
  );
  await linkToCases(sql, acted.flatMap(filesOf));
  const closed = acted
    .filter(({ row, state }) => isOpenCase(row.state.status) && !isOpenCase(state.status))
    .map(({ row }) => row.id);
  await eraseRestricted(sql, closed, newId, now);
  await stopTimers(
    sql,
    closed.map((id) => ({ subjectKind: 'case' as const, subjectId: id, kind: null })),
    now,
  );
  await setClocks(
    sql,
    acted.map(({ row }) => row.id),
    context,
  );
  await setRatingTimers(
    sql,
    acted
      .filter(({ row, state }) => state.status === 'finished' && row.state.status !== 'finished')
      .map(({ row }) => row.id),
    context,
  );
  const assigned = await layAgain(sql, acted, officers, context);
  await tellOfActs(sql, acted, officers, assigned, context);
  await tellFollowers(sql, acted, context);
  await erase(sql, acted, context);
  await insertAudit(
    sql,
    acted.flatMap(({ row, facts }) =>
      facts.flatMap(({ fact, request }) =>
        fact.officer
          ? [
              {
                officerId: fact.officer.id,
                action: fact.kind,
                subjectKind: 'case',
                subjectId: row.id,
                data: {
                  code: row.code,
                  from: request.asker.platform,
                  ...(fact.data['in_place_of'] ? { in_place_of: fact.data['in_place_of'] } : {}),
                  ...(fact.data['elsewhere'] ? { elsewhere: fact.data['elsewhere'] } : {}),
                },
              },
            ]
          : [],
      ),
    ),
    newId,
    now,
  );
  await writeActs(sql, await leftBehind(sql, acted, context), officers, context);
}

/**
 * On whom a case lies after an act: on whoever has it; where it went a step on or back, or was let go, on the next by role and
 * load. What waits to be fetched lies on nobody: the whole desk hands it out.
 */
async function layAgain(
  sql: Sql,
  acted: Acted[],
  officers: Map<string, VillageOfficer[]>,
  context: ApplyContext,
): Promise<Map<string, string | null>> {
  const laid = acted.flatMap(({ row, state }): Laid[] => {
    const { id, villageId, service, isConfidential, sealedTo } = row;
    const one = { id, villageId, service, isConfidential, sealedTo, step: state.step };
    if (!isOpenCase(state.status)) return [];
    if (state.holder) return row.assignedId === state.holder.id ? [] : [{ ...one, known: state.holder.id }];
    if (state.status === 'ready') return [{ ...one, known: null }];
    const isSame = row.holder === null && row.state.step === state.step && isOpenCase(row.state.status);
    return isSame && row.assignedId !== null ? [] : [one];
  });
  return layOn(sql, laid, officers, context);
}

/** What came with an act, bound to the item of the checklist that it answers, where it answers one. */
function filesOf({ row, facts }: Acted) {
  return [...new Set(facts.map(({ request }) => request))].flatMap(({ asker, effect }) =>
    effect.code === row.code || effect.act === 'answer'
      ? (effect.attachments ?? []).map((id) => ({
          id,
          caseId: row.id,
          conversationId: asker.conversationId,
          item: effect.act === 'answer' && effect.items?.length === 1 ? bare(effect.items[0]!) : null,
        }))
      : [],
  );
}

/** `usaha.ktp`, as flows name an item. */
function bare(item: string): string {
  return item.slice(item.lastIndexOf('.') + 1);
}

/** Requests of `hapus data` that were finished just now: the data go, and who asked is told as somebody unknown. */
async function erase(sql: Sql, acted: Acted[], context: ApplyContext): Promise<void> {
  const { newId, now, services } = context;
  for (const { row, facts } of acted) {
    if (row.service !== ERASURE_SERVICE || !facts.some(({ fact }) => fact.kind === 'case_finished')) continue;
    await eraseResident(sql, row.residentId, { keptServices: keptServices(services), newId, now });
    if (row.conversationId === null) continue;
    await insertInternal(
      sql,
      [
        {
          conversationId: row.conversationId,
          externalId: `erased:${row.id}:${row.conversationId}`,
          flow: 'data-erased',
          vars: { code: row.code },
        },
      ],
      now,
    );
    context.nudges.converse = true;
  }
}

function withAttachments(fact: CaseFact, { effect }: EffectRequest<'act_on_case'>): CaseFact {
  if (fact.kind === 'case_taken' || fact.kind === 'case_related' || !effect.attachments?.length) return fact;
  return { ...fact, data: { ...fact.data, attachments: effect.attachments } };
}

function sealedFact(fact: CaseFact, row: LockedCase, context: ApplyContext): CaseFact {
  const { text, ...data } = fact.data;
  if (!row.sealedTo || text === undefined) return fact;
  return { ...fact, data, sealed: context.sealer.seal('case', row.id, { text }) };
}
