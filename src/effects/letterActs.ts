import { isOpenCase } from '../core/cases.js';
import { readCode } from '../core/code.js';
import type { EffectResults } from '../core/effect.js';
import { handlingOf, serves } from '../core/handlers.js';
import type { VillageOfficer } from '../core/handlers.js';
import { handles, holdersOf, pathOf } from '../core/path.js';
import { lockCases } from '../store/cases.js';
import type { LockedCase } from '../store/cases.js';
import { lockLetters } from '../store/letters/state.js';
import type { LockedLetter } from '../store/letters/state.js';
import type { Sql } from '../store/sql.js';
import { loadActingOfficers } from '../store/delegations.js';
import { applyActs } from './actOnCase.js';
import type { Applier, ApplyContext, EffectRequest } from './applier.js';
import { endLetter } from './endLetter.js';
import type { LetterEnd } from './endLetter.js';
import { issueLetters } from './issueLetters.js';
import type { LetterToIssue } from './issueLetters.js';

/** Letters that one click numbers at most. */
export const MOST_ISSUED = 100;
/** Who may take back what the village issued. */
const MAY_CHANGE: readonly string[] = ['kepala_desa', 'sekretaris', 'admin'];

/**
 * The print pile: letters that are to be signed on paper get their numbers and go to the printer. Only cases whose signature
 * waits, in villages that sign on paper; what lacks something is left, with what it lacks.
 */
export const issueLettersApplier: Applier<'issue_letters'> = async (sql, requests, context) => {
  const results: EffectResults['issue_letters'][] = [];
  for (const { asker, effect } of requests) {
    const { officer } = asker;
    const codes = effect.codes.slice(0, MOST_ISSUED).flatMap((code) => spelled(code) ?? []);
    const rows = officer ? await lockCases(sql, [...new Set(codes)]) : [];
    const officers = await loadActingOfficers(
      sql,
      rows.map(({ villageId }) => villageId),
      context.now,
    );
    // Nobody of the village signs: told like anything else that is missing.
    const unsigned = new Set<string>();
    const wanted = rows.flatMap((row): LetterToIssue[] => {
      const of = officers.get(row.villageId) ?? [];
      const handling = handlingOf(context.services[row.service], row.isConfidential, row.sealedTo);
      const may =
        handles(officer!, row.villageId, handling, of) &&
        row.letterWay === 'wet' &&
        // What lies ready keeps its letter; a new one has to be signed first.
        (row.state.status === 'ready'
          ? row.isIssued
          : row.state.status === 'signing' && row.state.step === 'sign');
      const signer = may ? signerOf(row, of, context) : null;
      if (may && !signer) unsigned.add(row.code);
      return signer ? [{ caseId: row.id, ...signer }] : [];
    });
    const { issued, left } = await issueLetters(sql, wanted, context, officer?.id ?? null);
    results.push({
      issued: issued.map(({ code, number, letterId }) => ({ code, number, letter: letterId })),
      left: [
        ...left.map(({ code, missing }) => ({ code, missing })),
        ...codes
          .filter(
            (code) =>
              !rows.some((row) => row.code === code && wanted.some(({ caseId }) => caseId === row.id)),
          )
          .map((code) => ({ code, missing: unsigned.has(code) ? ['Penandatangan'] : [] })),
      ],
      count: issued.length,
    });
  }
  return results;
};

/** A letter no longer holds: its page says so from now on, its resident hears it, its number is never given again. */
export const withdrawLetter: Applier<'withdraw_letter'> = async (sql, requests, context) => {
  const results: EffectResults['withdraw_letter'][] = [];
  for (const request of requests) {
    const found = await find(sql, request);
    if ('outcome' in found) {
      results.push({ outcome: found.outcome, number: null });
      continue;
    }
    await endLetter(sql, found.letter, endOf(request, 'withdrawn', false), context);
    results.push({ outcome: 'done', number: found.letter.number });
  }
  return results;
};

/**
 * A letter is written anew, with what is known now: the one before says from now on that it was replaced. What lay ready or was
 * finished with it goes back: on paper the new one has its number at once, and waits to be printed and signed; where the
 * village signs electronically its case goes its path again, up to the signature.
 */
export const replaceLetter: Applier<'replace_letter'> = async (sql, requests, context) => {
  const results: EffectResults['replace_letter'][] = [];
  for (const request of requests) {
    const found = await find(sql, request);
    if ('outcome' in found) {
      results.push({ outcome: found.outcome, number: null, missing: [] });
      continue;
    }
    results.push(await replace(sql, found, request, context));
  }
  return results;
};

interface Found {
  letter: LockedLetter;
  row: LockedCase;
}

async function replace(
  sql: Sql,
  { letter, row }: Found,
  request: EffectRequest<'replace_letter'>,
  context: ApplyContext,
): Promise<EffectResults['replace_letter']> {
  await sql.query('SAVEPOINT replace_letter');
  const isWet = row.letterWay === 'wet';
  await endLetter(sql, letter, endOf(request, isWet ? 'replaced' : 'withdrawn', true), context);
  // One that goes its path already comes to its signature by itself.
  const isOnItsWay = isOpenCase(row.state.status) && row.state.status !== 'ready';
  if (!isOnItsWay) {
    const [act] = await applyActs(
      sql,
      [
        {
          asker: request.asker,
          effect: { kind: 'act_on_case', code: row.code, act: 'reopen', text: request.effect.reason },
        },
      ],
      context,
      { isReplacing: true },
    );
    if (act?.outcome !== 'done') {
      await sql.query('ROLLBACK TO SAVEPOINT replace_letter');
      return { outcome: 'not_allowed', number: null, missing: [] };
    }
  }
  if (!isWet) return { outcome: 'to_sign', number: null, missing: [] };
  const officers = await loadActingOfficers(sql, [row.villageId], context.now);
  const signer = signerOf(row, officers.get(row.villageId) ?? [], context);
  const done = signer
    ? await issueLetters(sql, [{ caseId: row.id, ...signer }], context, request.asker.officer!.id)
    : { issued: [], left: [{ missing: ['Penandatangan'] }] };
  const issued = done.issued[0];
  if (!issued) {
    await sql.query('ROLLBACK TO SAVEPOINT replace_letter');
    return { outcome: 'missing', number: null, missing: done.left[0]?.missing ?? [] };
  }
  return { outcome: 'done', number: issued.number, missing: [] };
}

/** Who stands under a letter on paper: whoever signs in this village now; another than its head signs a.n. */
export function signerOf(
  row: Pick<LockedCase, 'service' | 'villageId' | 'isConfidential' | 'sealedTo'>,
  officers: VillageOfficer[],
  { services }: Pick<ApplyContext, 'services'>,
): Pick<LetterToIssue, 'signer' | 'onBehalfOf'> | null {
  const service = services[row.service];
  const step = pathOf(service).find(({ act }) => act === 'sign') ?? {
    act: 'sign' as const,
    roles: ['kepala_desa'],
  };
  const handling = handlingOf(service, row.isConfidential, row.sealedTo);
  const [holder] = holdersOf(step, officers, row.villageId, handling);
  if (!holder) return null;
  const { id, name, roles } = holder.officer;
  const isHead = holder.inPlaceOf === null && roles.includes('kepala_desa');
  const role = isHead
    ? 'kepala_desa'
    : roles.includes('sekretaris')
      ? 'sekretaris'
      : (roles[0] ?? 'sekretaris');
  return { signer: { id, name, role }, onBehalfOf: isHead ? null : 'kepala_desa' };
}

async function find(
  sql: Sql,
  { asker, effect }: EffectRequest<'withdraw_letter'> | EffectRequest<'replace_letter'>,
): Promise<Found | { outcome: 'not_found' | 'not_allowed' | 'already' }> {
  const [letter] = asker.officer ? await lockLetters(sql, [effect.letter]) : [];
  if (!letter || !serves(asker.officer!.roles, letter.villageId)) return { outcome: 'not_found' };
  const may = asker.officer!.roles.some(
    ({ role, village }) => MAY_CHANGE.includes(role) && (village === null || village === letter.villageId),
  );
  if (!may || effect.reason.trim() === '') return { outcome: 'not_allowed' };
  if (letter.state !== 'issued') return { outcome: 'already' };
  const [row] = await lockCases(sql, [letter.code]);
  return row ? { letter, row } : { outcome: 'not_found' };
}

function endOf(
  { asker, effect }: EffectRequest<'withdraw_letter'> | EffectRequest<'replace_letter'>,
  state: LetterEnd['state'],
  isReplaced: boolean,
): LetterEnd {
  return { state, isReplaced, officerId: asker.officer!.id, from: asker.platform, reason: effect.reason };
}

function spelled(code: string): string | null {
  const read = readCode(code);
  return read.kind === 'case' ? read.code : null;
}
