import { findCode } from '../../core/code.js';
import { itemName } from '../../core/caseSeen.js';
import { officerActor, possibleActs } from '../../core/decide.js';
import { firstName } from '../../core/firstName.js';
import { handlingOf, serves } from '../../core/handlers.js';
import type { OfficerCaseSeen } from '../../core/lookup.js';
import { holdersOf, isHandler, isSigned } from '../../core/path.js';
import { readStandings } from '../caseStanding.js';
import { sealedToOf } from '../cases.js';
import { loadActingOfficers } from '../delegations.js';
import type { Sql } from '../sql.js';
import type { LookUpAnswerer } from './answerer.js';
import { readCases } from './caseRows.js';

/** So many colleagues are offered at once, in a chat. */
const MOST_COLLEAGUES = 7;
/** So many who could do a step are named. */
const MOST_NAMED = 3;

/**
 * A case for the officer who asks. Not found outside the villages of their roles, and where a confidential one is not
 * theirs to handle; of a complaint that others handle the author's name is left out. `acts`: what they could do to it now.
 */
export const officerCase: LookUpAnswerer<'officer_case'> = async (sql, requests, { services, now }) => {
  const codes = requests.map(({ args }) => {
    const found = findCode(args.code);
    return found.kind === 'case' ? found.code : null;
  });
  const rows = await readCases(sql, { codes: codes.filter((code) => code !== null) });
  const byCode = new Map(rows.map((row) => [row.code, row]));
  const officers = await loadActingOfficers(
    sql,
    rows.map((row) => row.villageId),
    now,
  );
  const standings = await readStandings(
    sql,
    rows.map((row) => row.id),
    services,
    now,
  );
  const sent = await itemsSent(
    sql,
    rows.map((row) => row.id),
  );
  return requests.map(({ asker, args }, n): OfficerCaseSeen => {
    const row = byCode.get(codes[n] ?? '');
    const officer = asker.officer;
    if (!row || !officer || !serves(officer.roles, row.villageId)) return notFound(args.code);
    const service = services[row.service];
    const sealedTo = sealedToOf(row);
    const handling = handlingOf(service, row.isConfidential, sealedTo);
    const serving = officers.get(row.villageId) ?? [];
    const { state, situation } = standings.get(row.id)!;
    const actor = officerActor(officer, row.villageId, handling, serving, situation.path);
    if (!actor.mayHandle && row.isConfidential) return notFound(args.code);
    const step = situation.path.find(({ act }) => act === row.step);
    const holders = step ? holdersOf(step, serving, row.villageId, handling) : [];
    const assigned = serving.find(({ id }) => id === row.assignedId);
    const colleagues = serving.filter(
      (one) => !one.isKeeper && one.id !== officer.id && isHandler(one, serving, row.villageId, handling),
    );
    return {
      found: true,
      code: row.code,
      service: row.service,
      status: row.status,
      resident: actor.mayHandle && sealedTo === null ? firstName(row.residentName) : null,
      unproven: row.isUnproven,
      taken_by: row.officerName,
      is_mine: row.officerId !== null && row.officerId === officer.id,
      due: row.dueAt?.toISOString() ?? null,
      step: row.step,
      acts: possibleActs(state, actor, situation),
      is_letter: isSigned(situation.path),
      way: situation.way,
      no_chat: !situation.hasChat,
      waits_for:
        row.officerId === null && actor.mayHandle
          ? holders
              .slice(0, MOST_NAMED)
              .map((one) => one.officer.name)
              .join(', ') || null
          : null,
      assigned_to: row.officerId === null ? (assigned?.name ?? null) : null,
      is_urgent: row.isUrgent,
      items: (service?.checklist ?? []).map(({ id }) => ({
        id,
        item: itemName(row.service, id),
        is_sent: sent.has(`${row.id} ${id}`),
        is_missing: row.missing.includes(id),
      })),
      colleagues: actor.mayHandle
        ? colleagues.slice(0, MOST_COLLEAGUES).map(({ id, name }) => ({ id, name }))
        : [],
    };
  });
};

/** Items of checklists that came in the chat, each as its case's id and its own. */
async function itemsSent(sql: Sql, caseIds: string[]): Promise<Set<string>> {
  if (caseIds.length === 0) return new Set();
  const { rows } = await sql.query<{ sent: string }>(
    `SELECT DISTINCT case_id || ' ' || item AS sent FROM attachments
     WHERE case_id = ANY ($1::uuid[]) AND item IS NOT NULL AND state IN ('waiting', 'stored')`,
    [caseIds],
  );
  return new Set(rows.map((row) => row.sent));
}

function notFound(code: string): OfficerCaseSeen {
  return {
    found: false,
    code,
    service: '',
    status: '',
    resident: null,
    unproven: false,
    taken_by: null,
    is_mine: false,
    due: null,
    step: null,
    acts: [],
    is_letter: false,
    way: null,
    no_chat: false,
    assigned_to: null,
    waits_for: null,
    is_urgent: false,
    items: [],
    colleagues: [],
  };
}
