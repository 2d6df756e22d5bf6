import { readCode } from '../core/code.js';
import type { EffectResults } from '../core/effect.js';
import { handlingOf, serves } from '../core/handlers.js';
import { handles } from '../core/path.js';
import { lockCases } from '../store/cases.js';
import { loadActingOfficers } from '../store/delegations.js';
import { decideMatchRow, lockMatches } from '../store/registerMatches.js';
import type { Applier } from './applier.js';
import { writeSideFacts } from './caseFacts.js';
import type { SideFact } from './caseFacts.js';

/**
 * An officer who may handle the case says who its resident is: one of the candidates that were shown, or none, once. The
 * resident is not asked again then, where they asked for themselves and it is sure that it was they.
 */
export const decideMatch: Applier<'decide_match'> = async (sql, requests, context) => {
  const codes = requests.map(({ effect }) => {
    const read = readCode(effect.code);
    return read.kind === 'case' ? read.code : '';
  });
  const cases = await lockCases(sql, [...new Set(codes)]);
  const officers = await loadActingOfficers(
    sql,
    cases.map(({ villageId }) => villageId),
    context.now,
  );
  const matches = await lockMatches(
    sql,
    cases.map(({ id }) => id),
  );
  const happened: SideFact[] = [];
  const results: EffectResults['decide_match'][] = [];
  for (const [n, { asker, effect }] of requests.entries()) {
    const row = cases.find(({ code }) => code === codes[n]);
    const match = matches.get(row?.id ?? '');
    const { officer } = asker;
    if (!row || !match || !officer || !serves(officer.roles, row.villageId)) {
      results.push({ outcome: 'not_found' });
      continue;
    }
    const handling = handlingOf(context.services[row.service], row.isConfidential, row.sealedTo);
    if (!handles(officer, row.villageId, handling, officers.get(row.villageId) ?? [])) {
      results.push({ outcome: 'not_allowed' });
      continue;
    }
    if (match.isDecided || (effect.register !== null && !match.candidates.includes(effect.register))) {
      results.push({ outcome: 'not_found' });
      continue;
    }
    match.isDecided = true;
    await decideMatchRow(sql, match.id, { registerId: effect.register, officerId: officer.id }, context.now);
    happened.push({
      code: row.code,
      fact: {
        kind: 'case_matched',
        officer: { id: officer.id, name: officer.name },
        data: { found: effect.register !== null },
      },
      event: null,
    });
    results.push({ outcome: 'done' });
  }
  await writeSideFacts(sql, happened, context);
  return results;
};
