import type { NewId } from '../core/ports.js';
import type { Sql } from './sql.js';

/** An attachment, what it was sent for, and the conversation that it must have come by. */
interface Link {
  id: string;
  subjectId: string;
  conversationId: string | null;
  /** The item of the checklist that it answers. */
  item?: string | null;
}

/**
 * Links what people sent to what it was sent for, in the order given. Only attachments of that very conversation: an id
 * that came from elsewhere links nothing.
 */
export async function linkToCases(
  sql: Sql,
  links: { id: string; caseId: string; conversationId: string | null; item?: string | null }[],
): Promise<void> {
  await linkTo(
    sql,
    'case_id',
    links.map(({ caseId, ...link }) => ({ ...link, subjectId: caseId })),
  );
}

/** As linkToCases, for the photos of a listing. */
export async function linkToListings(
  sql: Sql,
  links: { id: string; listingId: string; conversationId: string | null }[],
): Promise<void> {
  await linkTo(
    sql,
    'listing_id',
    links.map(({ listingId, ...link }) => ({ ...link, subjectId: listingId })),
  );
}

async function linkTo(sql: Sql, column: 'case_id' | 'listing_id', links: Link[]): Promise<void> {
  if (links.length === 0) return;
  await sql.query(
    `UPDATE attachments a SET ${column} = l.subject_id, position = l.ord - 1, item = coalesce(l.item, a.item)
     FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[]) WITH ORDINALITY AS l (id, subject_id, conversation_id, item, ord)
     WHERE a.id = l.id AND a.conversation_id IS NOT DISTINCT FROM l.conversation_id`,
    [
      links.map((l) => l.id),
      links.map((l) => l.subjectId),
      links.map((l) => l.conversationId),
      links.map((l) => l.item ?? null),
    ],
  );
}

/** What a scan of the signed paper is called among the files of its case. What residents send came in a conversation. */
export const SCAN = 'surat-bertanda-tangan';

/**
 * Erases identity documents that were sent anyway, at the closing of their cases, and those that came into the same
 * conversations without belonging to a case. Those of a form were asked for, and stay as long as it does; the office's own scan
 * of a letter is as closed to eyes as they are, and stays as long as other files of a case. A row that is 'erased' and still has
 * a storage key is the order to delete the bytes: whoever deletes them then clears the key (`takeErased`, `forgetKeys`).
 * `erasures` remembers it, so that a restored backup forgets it again.
 */
export async function eraseRestricted(sql: Sql, caseIds: string[], newId: NewId, now: Date): Promise<number> {
  if (caseIds.length === 0) return 0;
  const { rows } = await sql.query<{ id: string }>(
    `UPDATE attachments SET state = 'erased', erased_at = $2, remote = NULL, name = NULL
     WHERE is_restricted AND state <> 'erased' AND NOT (conversation_id IS NULL AND name IS NOT DISTINCT FROM '${SCAN}')
       AND NOT EXISTS (SELECT FROM form_values v WHERE v.attachment_id = attachments.id) AND (case_id = ANY ($1::uuid[]) OR case_id IS NULL
       AND conversation_id IN (SELECT conversation_id FROM cases WHERE id = ANY ($1::uuid[]))) RETURNING id`,
    [caseIds, now],
  );
  await rememberErased(
    sql,
    rows.map((row) => row.id),
    newId,
    now,
  );
  return rows.length;
}

/** Of these, the photos that came in that very conversation, and are no identity documents: by their ids. */
export async function ownPhotos(
  sql: Sql,
  photos: { id: string; conversationId: string | null }[],
): Promise<Set<string>> {
  if (photos.length === 0) return new Set();
  const { rows } = await sql.query<{ id: string }>(
    `SELECT a.id FROM unnest($1::text[], $2::uuid[]) AS p (id, conversation_id)
     JOIN attachments a ON a.id::text = p.id AND a.conversation_id = p.conversation_id
     WHERE a.kind = 'photo' AND NOT a.is_restricted AND a.state IN ('waiting', 'stored')`,
    [photos.map(({ id }) => id), photos.map(({ conversationId }) => conversationId)],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Remembers that these were erased, so that a restored backup forgets them again. */
export async function rememberErased(
  sql: Sql,
  attachmentIds: string[],
  newId: NewId,
  now: Date,
): Promise<void> {
  if (attachmentIds.length === 0) return;
  await sql.query(
    `INSERT INTO erasures (id, subject_kind, subject_id, at)
     SELECT id, 'attachment', subject_id, $3 FROM unnest($1::uuid[], $2::text[]) AS e (id, subject_id)`,
    [attachmentIds.map(() => newId()), attachmentIds, now],
  );
}

/** Files whose bytes are still to be deleted; at most `limit`. */
export async function takeErased(sql: Sql, limit = 100): Promise<{ id: string; storageKey: string }[]> {
  const { rows } = await sql.query<{ id: string; storageKey: string }>(
    `SELECT id, storage_key AS "storageKey" FROM attachments
     WHERE state = 'erased' AND storage_key IS NOT NULL ORDER BY erased_at LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED`,
    [limit],
  );
  return rows;
}

/** The bytes are gone. */
export async function forgetKeys(sql: Sql, attachmentIds: string[]): Promise<void> {
  await sql.query('UPDATE attachments SET storage_key = NULL WHERE id = ANY ($1::uuid[])', [attachmentIds]);
}
