import { fold } from '../core/cases.js';
import type { CaseFact } from '../core/cases.js';
import { isOpen, lockCases } from '../store/cases.js';
import { loadActingOfficers } from '../store/delegations.js';
import { layAnew } from '../store/laying.js';
import type { Sql } from '../store/sql.js';
import type { Applier, ApplyContext, EffectRequest } from './applier.js';
import { writeActs } from './caseWriting.js';
import type { Acted } from './caseWriting.js';

/**
 * What an officer has in hand in villages that they serve no more is let go, in the name of whoever stopped them or took the
 * role away: else it would wait for nobody, on no board, without a clock. What only lies on them goes to whom it falls now.
 * Cases of villages that they still serve stay theirs, so it may be asked again at any time.
 */
export const handBack: Applier<'hand_back'> = async (sql, requests, context) => {
  const results: { codes: string[] }[] = [];
  for (const request of requests) results.push({ codes: await handBackOf(sql, request, context) });
  return results;
};

async function handBackOf(
  sql: Sql,
  { asker, effect }: EffectRequest<'hand_back'>,
  context: ApplyContext,
): Promise<string[]> {
  const { rows: held } = await sql.query<{ code: string }>(
    `SELECT code FROM cases WHERE officer_id = $1 AND ${isOpen('status')}`,
    [effect.officer],
  );
  const rows = (
    await lockCases(
      sql,
      held.map(({ code }) => code),
    )
  ).filter(({ holder, holderIsActive }) => holder?.id === effect.officer && !holderIsActive);
  const officers = await loadActingOfficers(
    sql,
    rows.map(({ villageId }) => villageId),
    context.now,
  );
  const by = asker.officer && { id: asker.officer.id, name: asker.officer.name };
  await writeActs(
    sql,
    rows.map((row): Acted => {
      const fact: CaseFact = { kind: 'case_released', officer: by, data: { gone: row.holder!.name } };
      const release: EffectRequest<'act_on_case'> = {
        asker,
        effect: { kind: 'act_on_case', code: row.code, act: 'release' },
      };
      return { row, state: fold(row.state, fact), facts: [{ fact, request: release }], mergedInto: null };
    }),
    officers,
    context,
  );
  const { rows: lying } = await sql.query<{ village: string }>(
    `SELECT DISTINCT village_id AS village FROM cases WHERE assigned_id = $1 AND officer_id IS NULL AND ${isOpen('status')}`,
    [effect.officer],
  );
  for (const { village } of lying) await layAnew(sql, effect.officer, village, context);
  return rows.map(({ code }) => code);
}
