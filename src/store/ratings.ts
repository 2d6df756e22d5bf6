import { ERASURE_SERVICE } from '../core/cases.js';
import { askRatingAt, notAtNight } from '../core/rating.js';
import type { NewId } from '../core/ports.js';
import type { Sql } from './sql.js';
import { setTimers } from './timerRows.js';
import type { DueTimer, Outcome, TimerContext } from './timers.js';

/**
 * A case whose resident may be asked how it was: finished, with somebody to write to who still has the word there; neither
 * sealed nor one with another, and not asked before. Who had their data erased is unknown by then.
 */
const MAY_ASK = `c.status = 'finished' AND c.receiver_role IS NULL AND c.merged_into IS NULL AND NOT c.is_unproven
  AND c.conversation_id IS NOT NULL AND c.service <> '${ERASURE_SERVICE}'
  AND NOT EXISTS (SELECT FROM case_ratings r WHERE r.case_id = c.id)`;

/** Sets the clock that asks how it was, for those of these cases that were finished just now. */
export async function setRatingTimers(
  sql: Sql,
  finished: string[],
  { now, newId }: { now: Date; newId: NewId },
): Promise<void> {
  if (finished.length === 0) return;
  const { rows } = await sql.query<{ id: string; zone: string }>(
    `SELECT c.id, v.zone FROM cases c JOIN villages v ON v.id = c.village_id WHERE c.id = ANY ($1::uuid[]) AND ${MAY_ASK}`,
    [finished],
  );
  await setTimers(
    sql,
    rows.map(({ id, zone }) => ({
      subjectKind: 'case',
      subjectId: id,
      kind: 'ask_rating',
      dueAt: askRatingAt(now, zone),
    })),
    newId,
  );
}

/** "Bagaimana layanannya?", once for a case; at night it waits for the morning. */
export async function askForRatings(sql: Sql, timers: DueTimer[], { now }: TimerContext): Promise<Outcome> {
  const { rows } = await sql.query<{
    id: string;
    code: string;
    service: string;
    zone: string;
    conversationId: string;
    whose: string;
  }>(
    `SELECT c.id, c.code, c.service, v.zone, c.conversation_id AS "conversationId", c.resident_id AS whose
     FROM cases c JOIN villages v ON v.id = c.village_id
     WHERE c.id = ANY ($1::uuid[]) AND ${MAY_ASK}`,
    [timers.map(({ subjectId }) => subjectId)],
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  const again = timers.flatMap((timer) => {
    const row = byId.get(timer.subjectId);
    const dueAt = row && notAtNight(now, row.zone);
    return dueAt && dueAt > now ? [{ timer, dueAt }] : [];
  });
  const waiting = new Set(again.map(({ timer }) => timer));
  const asking = timers.filter((timer) => !waiting.has(timer) && byId.has(timer.subjectId));
  await sql.query(
    'INSERT INTO case_ratings (case_id, asked_at) SELECT id, $2 FROM unnest($1::uuid[]) AS t (id)',
    [asking.map(({ subjectId }) => subjectId), now],
  );
  return {
    done: timers.filter((timer) => !waiting.has(timer)),
    again,
    rows: asking.map((timer) => {
      const { code, service, whose, conversationId } = byId.get(timer.subjectId)!;
      return {
        conversationId,
        externalId: `rate:${timer.subjectId}`,
        flow: 'rate-service',
        vars: { code, service, whose },
      };
    }),
  };
}

/** What residents thought of cases that were finished in a stretch of time. */
export interface RatingFigures {
  /** Cases whose resident was asked, and of these who answered. */
  asked: number;
  rated: number;
  /** Mean of the scores, 1 to 5; null where nobody answered. */
  average: number | null;
  /** Share of those who answered with 4 or 5, 0 to 1; null where nobody answered. */
  satisfied: number | null;
}

/** Figures of these villages (null: all) by the day on which they answered; neither who nor what they wrote. */
export async function ratingFigures(
  sql: Sql,
  villages: readonly string[] | null,
  from: Date,
  to: Date,
): Promise<RatingFigures> {
  const { rows } = await sql.query<RatingFigures>(
    `SELECT count(*) AS asked, count(r.score) AS rated, avg(r.score) AS average,
       avg((r.score >= 4)::int) AS satisfied
     FROM case_ratings r JOIN cases c ON c.id = r.case_id
     WHERE coalesce(r.rated_at, r.asked_at) >= $2 AND coalesce(r.rated_at, r.asked_at) < $3
       AND ($1::text[] IS NULL OR c.village_id = ANY ($1))`,
    [villages, from, to],
  );
  return rows[0]!;
}
