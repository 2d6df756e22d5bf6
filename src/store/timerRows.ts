import type { TimerKind } from '../core/effect.js';
import type { JsonObject } from '../core/json.js';
import type { NewId } from '../core/ports.js';
import type { Sql } from './sql.js';

export interface TimerInsert {
  subjectKind: 'conversation' | 'case' | 'listing' | 'village' | 'delegation';
  subjectId: string;
  kind: TimerKind;
  dueAt: Date;
  vars?: JsonObject;
}

/** Sets timers; one of the same subject and kind is set anew. Of two in one call the later one counts. */
export async function setTimers(sql: Sql, timers: TimerInsert[], newId: NewId): Promise<void> {
  // In one order everywhere: of two who set the same timers neither waits for the other in a ring.
  const last = [
    ...new Map(timers.map((t) => [`${t.subjectKind} ${t.subjectId} ${t.kind}`, t])).values(),
  ].toSorted((a, b) => a.subjectId.localeCompare(b.subjectId));
  if (last.length === 0) return;
  await sql.query(
    `INSERT INTO timers (id, subject_kind, subject_id, kind, due_at, vars)
     SELECT * FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::timestamptz[], $6::jsonb[])
     ON CONFLICT (subject_kind, subject_id, kind) DO UPDATE
       SET due_at = excluded.due_at, vars = excluded.vars, done_at = NULL`,
    [
      last.map(() => newId()),
      last.map((t) => t.subjectKind),
      last.map((t) => t.subjectId),
      last.map((t) => t.kind),
      last.map((t) => t.dueAt),
      last.map((t) => JSON.stringify(t.vars ?? {})),
    ],
  );
}

/** Stops timers; one that is not set is no fault. No kind: all of the subject's. */
export async function stopTimers(
  sql: Sql,
  timers: { subjectKind: TimerInsert['subjectKind']; subjectId: string; kind: TimerKind | null }[],
  now: Date,
): Promise<void> {
  if (timers.length === 0) return;
  await sql.query(
    `UPDATE timers t SET done_at = $4
     FROM unnest($1::text[], $2::uuid[], $3::text[]) AS s (subject_kind, subject_id, kind)
     WHERE t.subject_kind = s.subject_kind AND t.subject_id = s.subject_id AND (s.kind IS NULL OR t.kind = s.kind) AND t.done_at IS NULL`,
    [timers.map((t) => t.subjectKind), timers.map((t) => t.subjectId), timers.map((t) => t.kind), now],
  );
}
