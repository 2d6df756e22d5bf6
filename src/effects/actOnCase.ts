import { ERASURE_SERVICE, fold, isOpenCase } from '../core/cases.js';
import type { CaseFact } from '../core/cases.js';
import { classIn } from '../core/clocks.js';
import { readCode } from '../core/code.js';
import { actorOn, decide } from '../core/decide.js';
import type { Actor, Decision, Given, Situation } from '../core/decide.js';
import type { EffectResults } from '../core/effect.js';
import { mayBeSeen } from '../core/history.js';
import { handlingOf } from '../core/handlers.js';
import type { VillageOfficer } from '../core/handlers.js';
import { maskIdentityNumbers, storable } from '../core/identityNumbers.js';
import { pathOf, STEP_ACTS } from '../core/path.js';
import { lockCases } from '../store/cases.js';
import { loadActingOfficers } from '../store/delegations.js';
import { lastActs } from '../store/lastActs.js';
import { lockForErasure } from '../store/residentErasure.js';
import type { Sql } from '../store/sql.js';
import type { Applier, ApplyContext, EffectRequest } from './applier.js';
import { writeActs } from './caseWriting.js';
import type { Acted } from './caseWriting.js';
import { holdChecked } from './letterCheck.js';

type Request = EffectRequest<'act_on_case'>;
type Result = EffectResults['act_on_case'];

/**
 * Acts on cases that are locked until the transaction ends, one act after the other in the order of the requests: of
 * two officers the first has the case and the second reads by whom it was taken. A case outside the officer's villages,
 * or somebody else's, is not found: its existence is nobody's business.
 */
export const actOnCase: Applier<'act_on_case'> = (sql, requests, context) =>
  applyActs(sql, requests, context);

/**
 * The same for `sign_cases`: `hasPin` says that the officer's PIN was checked in this very transaction. Nobody else may
 * say so; without it nothing is signed electronically. `isReplacing`, for `replace_letter`: the letter gives way to another in
 * this transaction (effects/letterActs.ts).
 */
export async function applyActs(
  sql: Sql,
  requests: Request[],
  context: ApplyContext,
  { hasPin = false, isReplacing = false } = {},
): Promise<Result[]> {
  const codes = requests.map(({ effect }) => caseCode(effect.code));
  const others = requests.map(({ effect }) =>
    effect.act === 'merge' || effect.act === 'relate' ? caseCode(effect.to) : null,
  );
  const erasing = requests.flatMap(({ asker, effect }, n) =>
    effect.act === 'finish' && asker.platform === 'console' ? (codes[n] ?? []) : [],
  );
  if (erasing.length > 0) await lockForErasure(sql, erasing, ERASURE_SERVICE);
  const rows = await lockCases(sql, [...new Set([...codes, ...others].filter((code) => code !== null))]);
  const officers = await loadActingOfficers(
    sql,
    rows.map((row) => row.villageId),
    context.now,
  );
  const acted = new Map<string, Acted>(
    rows.map((row) => [row.code, { row, state: row.state, facts: [], mergedInto: null }]),
  );
  // Rare: what was before the last act is read where somebody takes it back.
  const undoing = requests.flatMap(({ effect }, n) =>
    effect.act === 'undo' ? (acted.get(codes[n] ?? '')?.row.id ?? []) : [],
  );
  const last = await lastActs(sql, undoing);
  const results = requests.map((request, n): Result => {
    const one = acted.get(codes[n] ?? '');
    if (!one) return notFound(request);
    const other = acted.get(others[n] ?? '') ?? null;
    const serving = officers.get(one.row.villageId) ?? [];
    return act(
      one,
      other,
      request,
      serving,
      { ...situationOf(one, context), hasPin, isReplacing, last: last.get(one.row.id) ?? null },
      context,
    );
  });
  await holdChecked(sql, [...acted.values()], context);
  await writeActs(
    sql,
    [...acted.values()].filter((one) => one.facts.length > 0),
    officers,
    context,
  );
  return results;
}

function act(
  one: Acted,
  other: Acted | null,
  request: Request,
  officers: VillageOfficer[],
  situation: Situation,
  context: ApplyContext,
): Result {
  const { row } = one;
  const { effect } = request;
  const actor = actorOf(request, row, officers, context);
  if (!actor) return notFound(request);
  // Erasing is confirmed where it can be read over, on a page: not by a tap in a chat.
  const isErasure = row.service === ERASURE_SERVICE && effect.act === 'finish';
  if (isErasure && request.asker.platform !== 'console')
    return { ...answer(one, null), outcome: 'not_allowed', reason: 'status' };
  const given = givenOf(one, other, request, officers, context);
  const decision = decide(one.state, effect.act, actor, given, situation);
  if (decision.outcome === 'done') {
    for (const fact of decision.facts) note(one, fact, request);
    if (other && decision.facts.length > 0) tie(one, other, request);
  }
  return {
    ...answer(one, byWhom(decision, one)),
    outcome: decision.outcome,
    ...(decision.outcome === 'not_allowed' ? { reason: decision.reason } : {}),
  };
}

function note(one: Acted, fact: CaseFact, request: Request): void {
  one.state = fold(one.state, fact);
  one.facts.push({ fact, request });
}

/** Two cases that have to do with each other say so in both histories. */
function tie(one: Acted, other: Acted, request: Request): void {
  const officer = one.facts.at(-1)!.fact.officer;
  const isMerged = request.effect.act === 'merge';
  if (isMerged) one.mergedInto = other.row.id;
  const isOwn = one.row.residentId === other.row.residentId;
  const data = { code: one.row.code, ...(isMerged ? { is_merged: true, is_own: isOwn } : {}) };
  note(other, { kind: 'case_related', officer, data }, request);
  one.relatedTo = { id: other.row.id, officerId: officer!.id };
}

/** Who acts, or null for somebody to whom this case does not exist. */
function actorOf(
  { asker, effect }: Request,
  row: Acted['row'],
  officers: VillageOfficer[],
  context: ApplyContext,
): Actor | null {
  // Who answers for their own request does so as its resident, officer or not.
  const isOwn = mayBeSeen(asker, { ...row, at: row.openedAt });
  if (effect.act === 'answer' || effect.act === 'cancel') return isOwn ? { kind: 'resident' } : null;
  if (effect.act === 'reopen' && isOwn) return { kind: 'resident' };
  const service = context.services[row.service];
  const handling = handlingOf(service, row.isConfidential, row.sealedTo);
  return asker.officer && actorOn(asker.officer, row.villageId, handling, officers, pathOf(service));
}

function situationOf({ row, state }: Acted, context: ApplyContext): Omit<Situation, 'hasPin' | 'last'> {
  return {
    now: context.now,
    service: row.service,
    path: pathOf(context.services[row.service]),
    way: row.letterWay,
    // Somebody who took it in this very batch serves the village, or could not have taken it.
    holderIsActive: state.holder?.id === row.holder?.id ? row.holderIsActive : true,
    closedAt: row.closedAt,
    isIssued: row.isIssued,
    isMadeElsewhere: row.isMadeElsewhere,
    isOwnLetter: Boolean(context.services[row.service]?.letter),
    hasChat: row.conversationId !== null,
    isSealed: row.sealedTo !== null,
    isConfidential: row.isConfidential,
    isComplaint: context.services[row.service]?.kind === 'complaint',
    residentId: row.residentId,
  };
}

/** What comes with the act, as the rules want it: people and other cases are looked up, and only those that may be had. */
function givenOf(
  one: Acted,
  other: Acted | null,
  request: Request,
  officers: VillageOfficer[],
  context: ApplyContext,
): Given {
  const { effect, asker } = request;
  const given: Given = { text: words(effect.text), items: effect.items };
  switch (effect.act) {
    // As flows name them (`usaha.ktp`) or bare; only what this service's checklist knows.
    case 'ask':
    case 'answer': {
      const checklist = context.services[one.row.service]?.checklist ?? [];
      const named = (effect.items ?? []).map((item) => item.slice(item.lastIndexOf('.') + 1));
      return { ...given, items: named.filter((id) => checklist.some((item) => item.id === id)) };
    }
    case 'give': {
      const found = officers.find(({ id }) => id === effect.to);
      const colleague = found && {
        ...found,
        roles: found.roles.map((role) => ({ role, village: found.isKeeper ? null : one.row.villageId })),
      };
      const actor =
        colleague && actorOf({ asker: { ...asker, officer: colleague }, effect }, one.row, officers, context);
      return {
        ...given,
        colleague: actor?.kind === 'officer' && actor.mayHandle ? { id: actor.id, name: actor.name } : null,
      };
    }
    case 'classify':
      return { ...given, class: classIn(effect.to) };
    case 'ready':
      return { ...given, number: words(effect.to) };
    case 'forward':
      return { ...given, office: words(effect.to) };
    case 'return':
      return { ...given, step: STEP_ACTS.find((step) => step === effect.to) };
    case 'merge':
    case 'relate': {
      const mine =
        other && other.row.id !== one.row.id ? actorOf(request, other.row, officers, context) : null;
      const may = other?.row.villageId === one.row.villageId && mine?.kind === 'officer' && mine.mayHandle;
      return {
        ...given,
        other: may
          ? {
              code: other.row.code,
              service: other.row.service,
              isOpen: isOpenCase(other.state.status),
              isSealed: other.row.sealedTo !== null,
              isConfidential: other.row.isConfidential,
              residentId: other.row.residentId,
            }
          : null,
      };
    }
    default:
      return given;
  }
}

function byWhom(decision: Decision, { state }: Acted): string | null {
  return decision.outcome === 'lost' ? decision.by : (state.holder?.name ?? null);
}

function words(text: string | undefined): string | undefined {
  return text === undefined ? undefined : maskIdentityNumbers(storable(text)).text.trim();
}

function caseCode(typed: string | undefined): string | null {
  const read = typed === undefined ? null : readCode(typed);
  return read?.kind === 'case' ? read.code : null;
}

function answer({ row, state }: Acted, by: string | null): Omit<Result, 'outcome'> {
  return { status: state.status, by, code: row.code, step: state.step };
}

function notFound({ effect }: Request): Result {
  return { outcome: 'not_found', status: null, by: null, code: effect.code, step: null };
}
