import { fold } from '../core/cases.js';
import type { CaseFact, CaseState, Holder } from '../core/cases.js';
import { officerActor } from '../core/decide.js';
import { handlingOf } from '../core/handlers.js';
import type { VillageOfficer } from '../core/handlers.js';
import type { JsonObject } from '../core/json.js';
import { isSigned, pathOf } from '../core/path.js';
import type { NewId } from '../core/ports.js';
import { insertAudit } from './audit.js';
import { caseNotice } from './caseNotice.js';
import { isOpen, lockCases, writeFacts } from './cases.js';
import type { LockedCase } from './cases.js';
import { setClocks } from './clocks.js';
import { loadActingOfficers } from './delegations.js';
import { insertGroupNews } from './groupNews.js';
import { layAnew, layOn } from './laying.js';
import type { LayingContext } from './laying.js';
import { insertNotifications } from './notifications.js';
import type { Sql } from './sql.js';

export interface LetGoContext extends LayingContext {
  newId: NewId;
}

/** What was let go, and whom to wake after the commit. */
export interface LetGo {
  codes: string[];
  notified: number;
  converse: boolean;
}

interface Released {
  row: LockedCase;
  fact: CaseFact;
  state: CaseState;
}

/**
 * What an officer has in hand in a village (null: in all) and may go on with no more is let go: they serve there no more, do not
 * handle such requests any longer, or may neither do nor lead the step of a letter that waits. Else it would wait for nobody,
 * on no board. It is laid on whoever may, who is told that it is their turn, as is who had it. What only lies on them goes
 * to whom it falls now. `by`: who stopped them or took a role away, and from where; null: the clock of a delegation.
 */
export async function letGo(
  sql: Sql,
  officerId: string,
  villageId: string | null,
  by: (Holder & { from: string }) | null,
  context: LetGoContext,
): Promise<LetGo> {
  const { newId, now } = context;
  const { rows: had } = await sql.query<{ code: string; village: string; isHeld: boolean }>(
    `SELECT code, village_id AS village, officer_id IS NOT NULL AS "isHeld" FROM cases
     WHERE (officer_id = $1 OR officer_id IS NULL AND assigned_id = $1) AND ${isOpen('status')}
       AND ($2::text IS NULL OR village_id = $2)`,
    [officerId, villageId],
  );
  const rows = (
    await lockCases(
      sql,
      had.filter(({ isHeld }) => isHeld).map(({ code }) => code),
    )
  ).filter(({ holder }) => holder?.id === officerId);
  const officers = await loadActingOfficers(
    sql,
    rows.map((row) => row.villageId),
    now,
  );
  const released = rows
    .filter((row) => !mayKeep(row, officers.get(row.villageId) ?? [], context))
    .map((row): Released => {
      const officer = by && { id: by.id, name: by.name };
      const fact: CaseFact = { kind: 'case_released', officer, data: { gone: row.holder!.name } };
      return { row, fact, state: fold(row.state, fact) };
    });
  await writeFacts(
    sql,
    released.map(({ row, fact, state }) => ({
      id: row.id,
      // Of a sealed complaint the row holds no words.
      state: row.sealedTo ? { ...state, lastWords: null } : state,
      firstNumber: row.eventCount + 1,
      facts: [fact],
    })),
    newId,
    now,
  );
  await setClocks(
    sql,
    released.map(({ row }) => row.id),
    context,
  );
  const laid = await layOn(
    sql,
    released.map(({ row, state }) => ({ ...row, step: state.step })),
    officers,
    context,
  );
  const notified = await tellOfficers(sql, released, laid, by, context);
  const inGroups = await insertGroupNews(
    sql,
    released.map(({ row }) => ({
      case: row,
      number: row.eventCount + 1,
      event: 'released',
      by: by?.name ?? null,
    })),
    context,
  );
  if (by)
    await insertAudit(
      sql,
      released.map(({ row, fact }) => ({
        officerId: by.id,
        action: fact.kind,
        subjectKind: 'case',
        subjectId: row.id,
        data: { code: row.code, from: by.from },
      })),
      newId,
      now,
    );
  const lying = new Set(had.filter(({ isHeld }) => !isHeld).map(({ village }) => village));
  for (const village of lying) await layAnew(sql, officerId, village, context);
  return { codes: released.map(({ row }) => row.code), notified, converse: inGroups > 0 };
}

/** Whether who has it may go on with it, by all that they hold in the village today. */
function mayKeep(row: LockedCase, officers: VillageOfficer[], { services }: LetGoContext): boolean {
  const holder = officers.find(({ id }) => id === row.holder!.id);
  if (!holder) return false;
  const village = row.villageId;
  const roles = holder.roles.map((role) => ({ role, village: holder.isKeeper ? null : village }));
  const service = services[row.service];
  const path = pathOf(service);
  const handling = handlingOf(service, row.isConfidential, row.sealedTo);
  const actor = officerActor({ ...holder, roles }, village, handling, officers, path);
  const { step } = row.state;
  if (step === null || !isSigned(path)) return actor.mayHandle;
  return actor.mayHandle && (actor.leads || actor.steps[step] !== undefined);
}

/** On whom each lies now hears that it is their turn; who had it, that they have it no more. Nobody hears of their own acts. */
async function tellOfficers(
  sql: Sql,
  released: Released[],
  laid: Map<string, string | null>,
  by: Holder | null,
  { newId, now }: LetGoContext,
): Promise<number> {
  return await insertNotifications(
    sql,
    released.flatMap(({ row, state }) => {
      const next = laid.get(row.id) ?? null;
      const told = [
        ...(row.holderIsActive ? [{ officerId: row.holder!.id, event: 'released' }] : []),
        ...(next === null ? [] : [{ officerId: next, event: state.status === 'open' ? 'laid' : 'step' }]),
      ].filter(({ officerId }) => officerId !== by?.id);
      const more: JsonObject = state.step ? { step: state.step } : {};
      return told.map(({ officerId, event }) =>
        caseNotice(row, officerId, { number: row.eventCount + 1, event, more }),
      );
    }),
    newId,
    now,
  );
}
