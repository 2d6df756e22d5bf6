import { readCode } from '../core/code.js';
import type { EffectResults } from '../core/effect.js';
import { serves } from '../core/handlers.js';
import { digitsOf } from '../core/keypad.js';
import { lockCases } from '../store/cases.js';
import type { LockedCase } from '../store/cases.js';
import { insertInternal } from '../store/inbound.js';
import { checkPin } from '../store/officerPins.js';
import { endSignPage } from '../store/signPages.js';
import type { Sql } from '../store/sql.js';
import { applyActs } from './actOnCase.js';
import type { Applier, ApplyContext, EffectRequest } from './applier.js';
import { issueLetters } from './issueLetters.js';
import type { LetterToIssue } from './issueLetters.js';

type Request = EffectRequest<'sign_cases'>;
type Result = EffectResults['sign_cases'];
type Left = Result['left'];

/** Cases that one PIN signs at most. */
export const MOST_SIGNED = 100;

/**
 * Signs batches electronically. The PIN is held against the officer's once for each batch; then each case that is theirs to
 * sign is signed and its letter issued, all in the caller's transaction. A case whose letter lacks something is left as it
 * is, with the names of what it lacks; so is one that is another's, signed already, or signed on paper in its village.
 */
export const signCases: Applier<'sign_cases'> = async (sql, requests, context) => {
  const results: Result[] = [];
  for (const request of requests) results.push(await signBatch(sql, request, context));
  return results;
};

async function signBatch(sql: Sql, request: Request, context: ApplyContext): Promise<Result> {
  const { asker, effect } = request;
  const { officer } = asker;
  if (!officer) return nothing('none');
  const check = await checkPin(sql, officer.id, pinOf(request, context), context);
  context.nudges.notify ||= check.outcome === 'locked' && check.isNew;
  switch (check.outcome) {
    case 'none':
      return nothing('no_pin');
    case 'wrong':
      return { ...nothing('wrong_pin'), tries_left: check.triesLeft };
    case 'locked':
      return { ...nothing('locked'), until: check.until.toISOString() };
    case 'right':
  }
  const codes = [...new Set(effect.codes.slice(0, MOST_SIGNED).map(spelled))];
  const rows = await lockCases(sql, codes);
  const onPaper = signedOnPaper(rows, request);
  const wanted = codes.filter((code) => !onPaper.includes(code));
  const { signed, left } = await sign(sql, wanted, rows, request, context);
  const result = told(signed, [...onPaper.map((code) => ({ code, reason: 'wet' })), ...left]);
  if (effect.page !== undefined) await endPage(sql, effect.page, officer.id, result, context);
  return result;
}

/**
 * Signs and issues. What letters lack shows only as they are issued: then all is taken back, and done again without the
 * cases concerned.
 */
async function sign(
  sql: Sql,
  codes: string[],
  rows: LockedCase[],
  request: Request,
  context: ApplyContext,
): Promise<{ signed: string[]; left: Left }> {
  if (codes.length === 0) return { signed: [], left: [] };
  const { asker } = request;
  await sql.query('SAVEPOINT sign_cases');
  const acts = await applyActs(
    sql,
    codes.map((code) => ({ asker, effect: { kind: 'act_on_case', code, act: 'sign' } })),
    context,
    { hasPin: true },
  );
  const left: Left = acts.flatMap(({ code, outcome, reason, by }) =>
    outcome === 'done'
      ? []
      : [{ code, reason: reason ?? outcome, ...(outcome === 'lost' && by ? { by } : {}) }],
  );
  const signed = acts.filter(({ outcome }) => outcome === 'done').map(({ code }) => code);
  const issued = await issueLetters(sql, lettersOf(rows, signed, request), context);
  if (issued.left.length === 0) {
    await sql.query('RELEASE SAVEPOINT sign_cases');
    return { signed, left };
  }
  await sql.query('ROLLBACK TO SAVEPOINT sign_cases');
  const lacking = issued.left.map(({ code, missing }) => ({ code, reason: 'missing', missing }));
  const rest = codes.filter((code) => !lacking.some((one) => one.code === code));
  const again = await sign(sql, rest, rows, request, context);
  return { signed: again.signed, left: [...lacking, ...again.left] };
}

/** The page is over; the officer reads what came of it where they asked for it. */
async function endPage(
  sql: Sql,
  page: string,
  officerId: string,
  { count, signed, missing, others }: Result,
  context: ApplyContext,
): Promise<void> {
  const ended = await endSignPage(sql, page, officerId, context.now);
  if (!ended?.conversationId) return;
  await insertInternal(
    sql,
    [
      {
        conversationId: ended.conversationId,
        externalId: `signed:${page}`,
        flow: 'officer-signed',
        vars: { count, codes: signed, missing, others },
      },
    ],
    context.now,
  );
  context.nudges.converse = true;
}

/**
 * Who stands under each letter: the head of the village themselves, or another a.n. (for them). A letter that stands from
 * before (the case was opened again, or it was numbered for paper) gives way: only what is signed now is sent. `rows`: as
 * they were before.
 */
function lettersOf(rows: LockedCase[], codes: string[], { asker }: Request): LetterToIssue[] {
  const { id, name, roles } = asker.officer!;
  return rows
    .filter(({ code }) => codes.includes(code))
    .map(({ id: caseId, villageId, state }) => {
      const own = roles.filter(({ village }) => village === villageId).map(({ role }) => role);
      const isHead = own.includes('kepala_desa');
      const role = isHead
        ? 'kepala_desa'
        : own.includes('sekretaris')
          ? 'sekretaris'
          : (own[0] ?? 'sekretaris');
      const letter = { caseId, signer: { id, name, role }, onBehalfOf: isHead ? null : 'kepala_desa' };
      // A second tap of who signed it a moment ago signs nothing anew.
      return state.doneBy.sign ? letter : { ...letter, anew: { from: asker.platform } };
    });
}

/** Those of a village that signs on paper: no PIN signs there. Others' are not found, whatever their village does. */
function signedOnPaper(rows: LockedCase[], { asker }: Request): string[] {
  return rows
    .filter(({ villageId, letterWay }) => letterWay === 'wet' && serves(asker.officer!.roles, villageId))
    .map(({ code }) => code);
}

/** `K7M2-PXQ4-3 (Bu Sri)`: the one who was first is named. */
export function withWho({ code, by }: { code: string; by?: string | null }): string {
  return by ? `${code} (${by})` : code;
}

function pinOf({ effect }: Request, { sealer }: ApplyContext): string {
  return effect.pin ?? (effect.keypad ? digitsOf(sealer, effect.keypad) : '');
}

/** A code as it is stored, where it is one. */
function spelled(code: string): string {
  const read = readCode(code);
  return read.kind === 'case' ? read.code : code;
}

function nothing(outcome: Result['outcome']): Result {
  return {
    outcome,
    signed: [],
    left: [],
    tries_left: null,
    until: null,
    count: 0,
    missing: null,
    others: [],
  };
}

function told(signed: string[], left: Left): Result {
  const lacking = left.flatMap(({ code, missing }) => (missing ? [`${code} (${missing.join(', ')})`] : []));
  return {
    ...nothing(signed.length > 0 ? 'done' : 'none'),
    signed,
    left,
    count: signed.length,
    missing: lacking.length > 0 ? lacking.join('\n') : null,
    others: left.filter(({ missing }) => !missing).map(withWho),
  };
}
