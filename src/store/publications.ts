import type { PublicationState, PublishedFiles } from '../core/publication.js';
import { isYoungKeeper } from './officerAccounts.js';
import type { Sql } from './sql.js';

/** A set of changed files of the flows: proposed by one person, published by another. */
export interface Publication {
  id: string;
  /** In order of publishing; null until it is. */
  number: number | null;
  /** What was in use when it was proposed; null: the flows as shipped. */
  baseId: string | null;
  files: PublishedFiles;
  /** Transcripts as they read with it, by their path. */
  chats: { [path: string]: string };
  note: string;
  state: PublicationState;
  isActive: boolean;
  proposedBy: string;
  proposer: string;
  proposedAt: Date;
  decidedBy: string | null;
  decider: string | null;
  decidedAt: Date | null;
}

const COLUMNS = `
  p.id, p.number, p.base_id AS "baseId", p.files, p.chats, p.note, p.state, p.is_active AS "isActive",
  p.proposed_by AS "proposedBy", proposer.name AS proposer, p.proposed_at AS "proposedAt",
  p.decided_by AS "decidedBy", decider.name AS decider, p.decided_at AS "decidedAt"`;
const FROM = `
  flow_publications p JOIN officers proposer ON proposer.id = p.proposed_by
  LEFT JOIN officers decider ON decider.id = p.decided_by`;
/** One change of what is in use at a time: one change waits for another. */
const LOCK = 7_204_113_540;
/** How many are listed. */
const MOST = 50;

/** Which publication is in use, as cheaply as it can be asked: every process asks it every few seconds. */
export async function activePublicationId(sql: Sql): Promise<string | null> {
  const { rows } = await sql.query<{ id: string }>('SELECT id FROM flow_publications WHERE is_active');
  return rows[0]?.id ?? null;
}

export async function readPublication(sql: Sql, id: string): Promise<Publication | null> {
  const { rows } = await sql.query<Publication>(`SELECT ${COLUMNS} FROM ${FROM} WHERE p.id = $1`, [id]);
  return rows[0] ?? null;
}

export async function activePublication(sql: Sql): Promise<Publication | null> {
  const id = await activePublicationId(sql);
  return id === null ? null : await readPublication(sql, id);
}

/** Those that wait first, then the newest. */
export async function listPublications(sql: Sql): Promise<Publication[]> {
  const { rows } = await sql.query<Publication>(
    `SELECT ${COLUMNS} FROM ${FROM}
     ORDER BY p.state = 'proposed' DESC, COALESCE(p.decided_at, p.proposed_at) DESC, p.id LIMIT ${MOST}`,
  );
  return rows;
}

/** What is proposed, over what is in use now. */
export interface Proposal {
  id: string;
  baseId: string | null;
  files: PublishedFiles;
  chats: { [path: string]: string };
  note: string;
  officerId: string;
}

export async function insertProposal(sql: Sql, proposal: Proposal, now: Date): Promise<void> {
  await sql.query(
    `INSERT INTO flow_publications (id, base_id, files, chats, note, proposed_by, proposed_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [
      proposal.id,
      proposal.baseId,
      JSON.stringify(proposal.files),
      JSON.stringify(proposal.chats),
      proposal.note,
      proposal.officerId,
      now,
    ],
  );
}

/**
 * What became of a decision; `own`: who proposes does not agree as well; `too_new`: nor does a keeper whom another made one
 * a few days ago; `stale`: another one was published since.
 */
export type Decided = 'done' | 'own' | 'too_new' | 'stale' | 'not_found';

/**
 * Puts a proposal in use, in the caller's transaction. Its files were checked over its base: where that is not in use
 * any more it has to be proposed anew.
 */
export async function publish(
  sql: Sql,
  id: string,
  { officerId, now }: { officerId: string; now: Date },
): Promise<Decided> {
  await sql.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
  const found = await readPublication(sql, id);
  if (found?.state !== 'proposed') return 'not_found';
  if (found.proposedBy === officerId) return 'own';
  if (await isYoungKeeper(sql, officerId, now)) return 'too_new';
  if ((await activePublicationId(sql)) !== found.baseId) return 'stale';
  await sql.query('UPDATE flow_publications SET is_active = false WHERE is_active');
  await sql.query(
    `UPDATE flow_publications
     SET state = 'published', is_active = true, decided_by = $2, decided_at = $3,
       number = (SELECT COALESCE(max(number), 0) + 1 FROM flow_publications)
     WHERE id = $1`,
    [id, officerId, now],
  );
  return 'done';
}

/** Takes a proposal off the list: by another (`refused`), or by whoever proposed it (`withdrawn`). */
export async function turnDown(
  sql: Sql,
  id: string,
  { officerId, now }: { officerId: string; now: Date },
): Promise<'refused' | 'withdrawn' | 'not_found'> {
  const { rows } = await sql.query<{ state: 'refused' | 'withdrawn' }>(
    `UPDATE flow_publications
     SET state = CASE WHEN proposed_by = $2 THEN 'withdrawn' ELSE 'refused' END, decided_by = $2, decided_at = $3
     WHERE id = $1 AND state = 'proposed' RETURNING state`,
    [id, officerId, now],
  );
  return rows[0]?.state ?? 'not_found';
}

/**
 * Back to an earlier publication, or (null) to the flows as shipped. Both were in use before, so one person may do it
 * at once. False where there is none such.
 */
export async function rollBack(sql: Sql, id: string | null): Promise<boolean> {
  await sql.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
  if (id !== null && (await readPublication(sql, id))?.state !== 'published') return false;
  await sql.query('UPDATE flow_publications SET is_active = false WHERE is_active');
  if (id !== null) await sql.query('UPDATE flow_publications SET is_active = true WHERE id = $1', [id]);
  return true;
}
