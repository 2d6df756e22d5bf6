import { letterContent } from '../core/letterContent.js';
import { readLetterCases } from '../store/letters/sources.js';
import type { Sql } from '../store/sql.js';
import type { ApplyContext } from './applier.js';
import type { Acted } from './caseWriting.js';
import { draftOf, templateOf } from './issueLetters.js';

const NOBODY = { signer: { id: '', name: '—', role: 'kepala_desa' }, onBehalfOf: null };

/**
 * What was just checked is held fast, where nothing was lacking: the fact gets a keyed digest of all that the letter says
 * now. What comes to say something else later (a field, the village's words, the register) is not issued, until somebody
 * has checked it again.
 */
export async function holdChecked(sql: Sql, acted: readonly Acted[], context: ApplyContext): Promise<void> {
  const checked = acted.filter(
    ({ row, facts }) =>
      context.services[row.service]?.letter && facts.some(({ fact }) => fact.kind === 'case_verified'),
  );
  if (checked.length === 0) return;
  const cases = await readLetterCases(
    sql,
    checked.map(({ row }) => row.id),
    context.sealer,
  );
  for (const { row, facts } of checked) {
    const of = cases.get(row.id);
    const template = of && templateOf(context.services[row.service]!.letter ?? null, of.own);
    if (!template) continue;
    const draft = draftOf(of, NOBODY, context);
    if (draft.missingFields.length > 0) continue;
    const letter = context.sealer.lookUpKey(letterContent(row.id, template, draft.values));
    for (const one of facts)
      if (one.fact.kind === 'case_verified') one.fact = { ...one.fact, data: { ...one.fact.data, letter } };
  }
}
