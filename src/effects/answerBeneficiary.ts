import type { EffectResults } from '../core/effect.js';
import { answerBeneficiaryRow, lockBeneficiaries } from '../store/beneficiaries.js';
import type { Applier } from './applier.js';
import { writeSideFacts } from './caseFacts.js';
import type { SideFact } from './caseFacts.js';

const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u;

/** Whoever is helped says yes or no, in the chat where they were asked, once. A no is told to the case's officers. */
export const answerBeneficiary: Applier<'answer_beneficiary'> = async (sql, requests, context) => {
  const rows = await lockBeneficiaries(
    sql,
    requests.map(({ effect }) => effect.beneficiary).filter((id) => ID.test(id)),
  );
  const happened: SideFact[] = [];
  const results: EffectResults['answer_beneficiary'][] = [];
  for (const { asker, effect } of requests) {
    const row = rows.get(effect.beneficiary);
    if (!row || row.askedIn === null || row.askedIn !== asker.conversationId) {
      results.push({ outcome: 'not_found' });
      continue;
    }
    if (row.answer !== null) {
      results.push({ outcome: 'already' });
      continue;
    }
    const answer = effect.agrees ? 'agreed' : 'refused';
    row.answer = answer;
    await answerBeneficiaryRow(sql, row.id, answer, context.now);
    happened.push({
      code: row.code,
      fact: { kind: 'case_agreed', officer: null, data: { answer } },
      event: answer === 'refused' ? 'not_agreed' : null,
    });
    results.push({ outcome: 'done' });
  }
  await writeSideFacts(sql, happened, context);
  return results;
};
