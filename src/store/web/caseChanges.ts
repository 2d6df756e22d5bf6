import type { Sql } from '../sql.js';

/** What changed since the last look: topics, or all where it cannot be told. */
export type Changes = 'all' | ReadonlySet<string>;

/** What is looked at again: an id is drawn before its row is committed, so that a row may come behind a later one. */
const LOOKS_KEPT = 30;
/** More than this between two looks, and everybody is told. */
const MOST = 2000;
const NIL = '00000000-0000-0000-0000-000000000000';

/** The topic of what an officer is to be told; that of a case is its village. */
export function officerTopic(officerId: string): string {
  return `officer:${officerId}`;
}

/**
 * Looks for what happened to cases, by village, and what officers are to be told, by officer: what live pages watch. Each look
 * reads the newest ends of two indexes, a few rows. The first one cannot know what was before, and answers all.
 */
export function caseChanges(): (sql: Sql) => Promise<Changes> {
  let ends: { event: string; notification: string }[] = [];
  let seen = new Set<string>();
  return async (sql) => {
    const [floor] = ends;
    if (!floor) {
      const { rows } = await sql.query<{ event: string | null; notification: string | null }>(
        `SELECT (SELECT id FROM case_events ORDER BY id DESC LIMIT 1) AS event,
           (SELECT id FROM notifications ORDER BY id DESC LIMIT 1) AS notification`,
      );
      ends = [{ event: rows[0]?.event ?? NIL, notification: rows[0]?.notification ?? NIL }];
      return 'all';
    }
    const { rows } = await sql.query<{ id: string; village: string | null; officer: string | null }>(
      `(SELECT e.id, c.village_id AS village, NULL::uuid AS officer FROM case_events e JOIN cases c ON c.id = e.case_id
        WHERE e.id > $1 ORDER BY e.id DESC LIMIT ${MOST})
       UNION ALL
       (SELECT n.id, NULL, n.officer_id FROM notifications n WHERE n.id > $2 ORDER BY n.id DESC LIMIT ${MOST})`,
      [floor.event, floor.notification],
    );
    const fresh = rows.filter(({ id }) => !seen.has(id));
    seen = new Set(rows.map(({ id }) => id));
    const last = ends.at(-1)!;
    ends.push({
      event: latest(last.event, rows, ({ officer }) => officer === null),
      notification: latest(last.notification, rows, ({ officer }) => officer !== null),
    });
    if (ends.length > LOOKS_KEPT) ends.shift();
    if (fresh.length >= MOST) return 'all';
    return new Set(fresh.map(({ village, officer }) => village ?? officerTopic(officer!)));
  };
}

/** Ids of version 7 stand in the order of their text. */
function latest<R extends { id: string }>(known: string, rows: R[], isOne: (row: R) => boolean): string {
  return rows.filter(isOne).reduce((last, { id }) => (id > last ? id : last), known);
}
