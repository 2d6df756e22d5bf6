import type { CaseFact } from '../core/cases.js';
import { handlingOf, officersToTell } from '../core/handlers.js';
import { insertAudit } from '../store/audit.js';
import { caseNotice } from '../store/caseNotice.js';
import { lockCases, writeFacts } from '../store/cases.js';
import { insertNotifications } from '../store/notifications.js';
import type { Sql } from '../store/sql.js';
import { loadVillageOfficers } from '../store/villageOfficers.js';
import type { ApplyContext } from './applier.js';

/** Something that happened to a case and changes nothing of its status. */
export interface SideFact {
  code: string;
  fact: CaseFact;
  /** What `officer-case-notice` calls it, where the case's officers are to hear of it. */
  event: string | null;
}

/**
 * Writes what others said of cases (an RT head, a beneficiary, the register) into their history, and tells whoever has
 * the case in hand; where nobody has, those who handle such requests.
 */
export async function writeSideFacts(sql: Sql, happened: SideFact[], context: ApplyContext): Promise<void> {
  if (happened.length === 0) return;
  const { newId, now } = context;
  const rows = await lockCases(sql, [...new Set(happened.map(({ code }) => code))]);
  const officers = await loadVillageOfficers(
    sql,
    rows.map(({ villageId }) => villageId),
  );
  const changed = rows.map((row) => ({ row, of: happened.filter(({ code }) => code === row.code) }));
  await writeFacts(
    sql,
    changed.map(({ row, of }) => ({
      id: row.id,
      state: row.state,
      firstNumber: row.eventCount + 1,
      facts: of.map(({ fact }) => fact),
    })),
    newId,
    now,
  );
  const told = changed.flatMap(({ row, of }) => {
    const handlers = officersToTell(
      officers.get(row.villageId) ?? [],
      handlingOf(context.services[row.service], row.isConfidential, row.sealedTo),
    );
    const to = row.holder && row.holderIsActive ? [row.holder] : handlers;
    return of.flatMap(({ event }, n) =>
      event === null
        ? []
        : to.map(({ id }) => caseNotice(row, id, { number: row.eventCount + 1 + n, event })),
    );
  });
  await insertNotifications(sql, told, newId, now);
  context.nudges.notify ||= told.length > 0;
  await insertAudit(
    sql,
    changed.flatMap(({ row, of }) =>
      of.flatMap(({ fact }) =>
        fact.officer
          ? [
              {
                officerId: fact.officer.id,
                action: fact.kind,
                subjectKind: 'case',
                subjectId: row.id,
                data: { code: row.code, ...fact.data },
              },
            ]
          : [],
      ),
    ),
    newId,
    now,
  );
}
