import { decide, ERASURE_SERVICE, fold, isOpenCase } from '../core/cases.js';
import type { Actor, CaseFact, CaseState, Decision } from '../core/cases.js';
import { readCode } from '../core/code.js';
import type { EffectResults } from '../core/effect.js';
import { mayBeSeen } from '../core/history.js';
import { handlingOf, mayHandle, serves } from '../core/handlers.js';
import type { VillageOfficer } from '../core/handlers.js';
import { maskIdentityNumbers, storable } from '../core/identityNumbers.js';
import { eraseRestricted, linkToCases } from '../store/attachments.js';
import { insertAudit } from '../store/audit.js';
import { lockCases, writeFacts } from '../store/cases.js';
import type { LockedCase } from '../store/cases.js';
import { insertInternal } from '../store/inbound.js';
import { eraseResident, lockForErasure } from '../store/residentErasure.js';
import type { Sql } from '../store/sql.js';
import { stopTimers } from '../store/timerRows.js';
import { loadVillageOfficers } from '../store/villageOfficers.js';
import type { Applier, ApplyContext, EffectRequest } from './applier.js';
import { tellOfActs } from './caseNotices.js';
import type { Acted } from './caseNotices.js';

type Request = EffectRequest<'act_on_case'>;
type Result = EffectResults['act_on_case'];

/**
 * Acts on cases that are locked until the transaction ends, one act after the other in the order of the requests: of
 * two officers the first has the case and the second reads by whom it was taken. A case outside the officer's villages,
 * or somebody else's, is not found: its existence is nobody's business.
 */
export const actOnCase: Applier<'act_on_case'> = async (sql, requests, context) => {
  const codes = requests.map(({ effect }) => {
    const read = readCode(effect.code);
    return read.kind === 'case' ? read.code : null;
  });
  const erasing = requests.flatMap(({ asker, effect }, n) =>
    effect.act === 'finish' && asker.platform === 'console' ? (codes[n] ?? []) : [],
  );
  if (erasing.length > 0) await lockForErasure(sql, erasing, ERASURE_SERVICE);
  const rows = await lockCases(sql, [...new Set(codes.filter((code) => code !== null))]);
  const officers = await loadVillageOfficers(
    sql,
    rows.map((row) => row.villageId),
  );
  const acted = new Map<string, Acted>(
    rows.map((row) => [row.code, { row, state: stateOf(row), facts: [] }]),
  );
  const results = requests.map((request, n) => {
    const one = acted.get(codes[n] ?? '');
    return one ? act(one, request, officers, context) : notFound(request);
  });
  await write(
    sql,
    [...acted.values()].filter((one) => one.facts.length > 0),
    context,
  );
  return results;
};

function act(
  one: Acted,
  request: Request,
  officers: Map<string, VillageOfficer[]>,
  context: ApplyContext,
): Result {
  const { row } = one;
  const actor = actorOf(request, row, officers.get(row.villageId) ?? [], context);
  if (!actor) return notFound(request);
  // Erasing is confirmed where it can be read over, on a page: not by a tap in a chat.
  const isErasure = row.service === ERASURE_SERVICE && request.effect.act === 'finish';
  if (isErasure && request.asker.platform !== 'console')
    return { outcome: 'not_allowed', status: one.state.status, by: null, code: row.code };
  const decision = decide(one.state, request.effect.act, actor, words(request), holderIsActive(one));
  if (decision.outcome === 'done')
    for (const fact of decision.facts) {
      one.state = fold(one.state, fact);
      one.facts.push({ fact, request });
    }
  return {
    outcome: decision.outcome,
    status: one.state.status,
    by: byWhom(decision, one.state),
    code: row.code,
  };
}

/** Who acts, or null for somebody to whom this case does not exist. */
function actorOf(
  { asker, effect }: Request,
  row: LockedCase,
  officers: VillageOfficer[],
  context: ApplyContext,
): Actor | null {
  if (effect.act === 'answer' || effect.act === 'cancel')
    return mayBeSeen(asker, { ...row, at: row.openedAt }) ? { kind: 'resident' } : null;
  if (!asker.officer || !serves(asker.officer.roles, row.villageId)) return null;
  const handling = handlingOf(context.services[row.service], row.isConfidential, row.sealedTo);
  const may = mayHandle(asker.officer.roles, row.villageId, handling, officers, asker.officer.id);
  if (!may && row.isConfidential) return null;
  return { kind: 'officer', id: asker.officer.id, name: asker.officer.name, mayHandle: may };
}

async function write(sql: Sql, acted: Acted[], context: ApplyContext): Promise<void> {
  if (acted.length === 0) return;
  const { newId, now } = context;
  await writeFacts(
    sql,
    acted.map(({ row, state, facts }) => ({
      id: row.id,
      status: state.status,
      officerId: state.holder?.id ?? null,
      // What was said about a complaint is sealed with it: its history keeps the words, the row none.
      lastWords: row.sealedTo ? null : state.lastWords,
      firstNumber: row.eventCount + 1,
      facts: facts.map(({ fact, request }) => sealedFact(withAttachments(fact, request), row, context)),
    })),
    newId,
    now,
  );
  await linkToCases(
    sql,
    acted.flatMap(({ row, facts }) =>
      [...new Set(facts.map(({ request }) => request))].flatMap(({ asker, effect }) =>
        (effect.attachments ?? []).map((id) => ({
          id,
          caseId: row.id,
          conversationId: asker.conversationId,
        })),
      ),
    ),
  );
  const closed = acted
    .filter(({ row, state }) => isOpenCase(row.status) && !isOpenCase(state.status))
    .map(({ row }) => row.id);
  await eraseRestricted(sql, closed, newId, now);
  await stopTimers(
    sql,
    closed.map((id) => ({ subjectKind: 'case' as const, subjectId: id, kind: null })),
    now,
  );
  await tellOfActs(sql, acted, context);
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
                data: { code: row.code, from: request.asker.platform },
              },
            ]
          : [],
      ),
    ),
    newId,
    now,
  );
}

/** Requests of `hapus data` that were finished just now: the data go, and who asked is told as somebody unknown. */
async function erase(sql: Sql, acted: Acted[], context: ApplyContext): Promise<void> {
  const { newId, now, services } = context;
  const kinds: readonly string[] = ARCHIVED;
  const keptServices = Object.keys(services).filter((id) => kinds.includes(services[id]!.kind));
  for (const { row, facts } of acted) {
    if (row.service !== ERASURE_SERVICE || !facts.some(({ fact }) => fact.kind === 'case_finished')) continue;
    await eraseResident(sql, row.residentId, { keptServices, newId, now });
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

/** Kinds of service whose requests are kept by rules of archives. */
const ARCHIVED = ['letter', 'referral', 'appointment'] as const;

function stateOf(row: LockedCase): CaseState {
  return { status: row.status, holder: row.holder, lastWords: row.lastWords };
}

/** Somebody who took it in this very batch serves the village, or could not have taken it. */
function holderIsActive({ row, state }: Acted): boolean {
  return state.holder?.id === row.holder?.id ? row.holderIsActive : true;
}

function byWhom(decision: Decision, state: CaseState): string | null {
  return decision.outcome === 'lost' ? decision.by : (state.holder?.name ?? null);
}

function words({ effect }: Request): string | undefined {
  return effect.text === undefined ? undefined : maskIdentityNumbers(storable(effect.text)).text.trim();
}

function withAttachments(fact: CaseFact, { effect }: Request): CaseFact {
  if (fact.kind === 'case_taken' || !effect.attachments?.length) return fact;
  return { ...fact, data: { ...fact.data, attachments: effect.attachments } };
}

function sealedFact(fact: CaseFact, row: LockedCase, context: ApplyContext): CaseFact {
  const { text, ...data } = fact.data;
  if (!row.sealedTo || text === undefined) return fact;
  return { ...fact, data, sealed: context.sealer.seal('case', row.id, { text }) };
}

function notFound({ effect }: Request): Result {
  return { outcome: 'not_found', status: null, by: null, code: effect.code };
}
