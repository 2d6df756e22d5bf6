import type { Sql } from './sql.js';

export interface IntroductionInsert {
  id: string;
  draftId: string;
  conversationId: string;
  villageId: string;
  way: 'rt_tap' | 'photo';
  rt: string | null;
  rw: string | null;
  officerId: string | null;
  photos: string[];
  /** The RT head applies for a resident of theirs: that is the answer. */
  isAnswered: boolean;
}

/** One for each draft: what was said last. One that belongs to a case already stays. */
export async function noteIntroductions(sql: Sql, rows: IntroductionInsert[], now: Date): Promise<void> {
  for (const row of rows)
    await sql.query(
      `INSERT INTO introductions (id, draft_id, conversation_id, village_id, way, rt, rw, officer_id, photos, created_at,
         answer, answered_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::uuid[], $10, CASE WHEN $11 THEN 'mine' END,
         CASE WHEN $11 THEN $10::timestamptz END)
       ON CONFLICT (draft_id) DO UPDATE SET way = excluded.way, rt = excluded.rt, rw = excluded.rw,
         officer_id = excluded.officer_id, photos = excluded.photos, answer = excluded.answer,
         answered_at = excluded.answered_at
       WHERE introductions.case_id IS NULL AND introductions.conversation_id = excluded.conversation_id`,
      [
        row.id,
        row.draftId,
        row.conversationId,
        row.villageId,
        row.way,
        row.rt,
        row.rw,
        row.officerId,
        row.photos,
        now,
        row.isAnswered,
      ],
    );
}

/** An RT head who can be asked in a chat. */
export interface RtHead {
  officerId: string;
  searchHamlet: string | null;
}

/** The heads of an RT of a village who have a chat with us, by officer. */
export async function findRtHeads(sql: Sql, villageId: string, rt: string, rw: string): Promise<RtHead[]> {
  const { rows } = await sql.query<{ officerId: string; hamlet: string | null }>(
    `SELECT DISTINCT o.id AS "officerId", r.hamlet FROM officer_roles r JOIN officers o ON o.id = r.officer_id
     WHERE r.role = 'ketua_rt' AND r.village_id = $1 AND r.rt = $2 AND r.rw = $3 AND o.is_active
       AND EXISTS (SELECT FROM addresses a WHERE a.officer_id = o.id AND a.blocked_at IS NULL AND a.merged_into IS NULL)
     ORDER BY o.id`,
    [villageId, rt, rw],
  );
  return rows.map(({ officerId, hamlet }) => ({ officerId, searchHamlet: hamlet }));
}

/** How these villages have the pengantar. */
export async function introductionWays(
  sql: Sql,
  villageIds: string[],
): Promise<Map<string, 'rt_tap' | 'photo' | 'counter' | 'none'>> {
  const { rows } = await sql.query<{ id: string; way: 'rt_tap' | 'photo' | 'counter' | 'none' }>(
    'SELECT id, introduction AS way FROM villages WHERE id = ANY ($1::text[])',
    [[...new Set(villageIds)]],
  );
  return new Map(rows.map((row) => [row.id, row.way]));
}

export interface OpenedIntroduction {
  id: string;
  draftId: string;
  officerId: string | null;
  rt: string | null;
  rw: string | null;
  answer: 'mine' | null;
}

/**
 * What was noted for these drafts belongs to their cases now: register matches, pengantar, its photos. Answers the
 * pengantar of which an RT head is to hear.
 */
export async function claimDraftParts(
  sql: Sql,
  cases: { draftId: string; caseId: string; conversationId: string }[],
): Promise<OpenedIntroduction[]> {
  if (cases.length === 0) return [];
  const { rows } = await sql.query<OpenedIntroduction & { photos: string[] }>(
    `WITH n AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS n (draft_id, case_id, conversation_id)),
     matched AS (
       UPDATE register_matches m SET case_id = n.case_id FROM n
       WHERE m.draft_id = n.draft_id AND m.conversation_id = n.conversation_id AND m.case_id IS NULL)
     UPDATE introductions i SET case_id = n.case_id FROM n
     WHERE i.draft_id = n.draft_id AND i.conversation_id = n.conversation_id AND i.case_id IS NULL
     RETURNING i.id, i.draft_id AS "draftId", i.officer_id AS "officerId", i.rt, i.rw, i.answer, i.photos`,
    [cases.map((c) => c.draftId), cases.map((c) => c.caseId), cases.map((c) => c.conversationId)],
  );
  if (rows.some(({ photos }) => photos.length > 0))
    await sql.query(
      `UPDATE attachments a SET case_id = i.case_id FROM introductions i
       WHERE i.id = ANY ($1::uuid[]) AND a.id = ANY (i.photos) AND a.conversation_id = i.conversation_id
         AND a.case_id IS NULL`,
      [rows.map(({ id }) => id)],
    );
  return rows;
}

export interface LockedIntroduction {
  id: string;
  officerId: string | null;
  /** They are that head still: an office that ended answers nothing any more. */
  isHead: boolean;
  answer: 'mine' | 'not_mine' | null;
  code: string | null;
}

/** Pengantar by their ids, locked, each with its case's code. */
export async function lockIntroductions(sql: Sql, ids: string[]): Promise<Map<string, LockedIntroduction>> {
  const { rows } = await sql.query<LockedIntroduction>(
    `SELECT i.id, i.officer_id AS "officerId", i.answer, c.code,
       EXISTS (SELECT FROM officer_roles r WHERE r.officer_id = i.officer_id AND r.role = 'ketua_rt'
         AND r.village_id = i.village_id AND r.rt = i.rt AND r.rw = i.rw) AS "isHead"
     FROM introductions i LEFT JOIN cases c ON c.id = i.case_id
     WHERE i.id = ANY ($1::uuid[]) ORDER BY i.id FOR NO KEY UPDATE OF i`,
    [ids],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

export async function answerIntroductionRow(
  sql: Sql,
  id: string,
  answer: 'mine' | 'not_mine',
  now: Date,
): Promise<void> {
  await sql.query('UPDATE introductions SET answer = $2, answered_at = $3 WHERE id = $1', [id, answer, now]);
}
