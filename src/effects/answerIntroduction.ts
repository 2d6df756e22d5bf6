import type { EffectResults } from '../core/effect.js';
import { answerIntroductionRow, lockIntroductions } from '../store/introductions.js';
import type { Applier } from './applier.js';
import { writeSideFacts } from './caseFacts.js';
import type { SideFact } from './caseFacts.js';

const TAP = /^(mine|not_mine)\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/u;

/** An RT head's tap: only that head's, while they are it, and once. It stands in the case's history; a "not mine" is told to its officers. */
export const answerIntroduction: Applier<'answer_introduction'> = async (sql, requests, context) => {
  const taps = requests.map(({ effect }) => TAP.exec(effect.answer));
  const rows = await lockIntroductions(
    sql,
    taps.flatMap((tap) => tap?.[2] ?? []),
  );
  const happened: SideFact[] = [];
  const results: EffectResults['answer_introduction'][] = [];
  for (const [n, { asker }] of requests.entries()) {
    const tap = taps[n];
    const row = rows.get(tap?.[2] ?? '');
    if (!tap || !row?.code || !asker.officer || row.officerId !== asker.officer.id || !row.isHead) {
      results.push({ outcome: 'not_found', resident: null });
      continue;
    }
    if (row.answer !== null) {
      results.push({ outcome: 'already', resident: null });
      continue;
    }
    const answer = tap[1] as 'mine' | 'not_mine';
    row.answer = answer;
    await answerIntroductionRow(sql, row.id, answer, context.now);
    const { id, name } = asker.officer;
    happened.push({
      code: row.code,
      fact: { kind: 'case_introduced', officer: { id, name }, data: { answer } },
      event: answer === 'not_mine' ? 'not_introduced' : null,
    });
    results.push({ outcome: 'done', resident: null });
  }
  await writeSideFacts(sql, happened, context);
  return results;
};
