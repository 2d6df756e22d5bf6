import type { FormField } from '../core/formField.js';
import type { KeptFile } from '../core/file.js';
import type { NewId, Sealer } from '../core/ports.js';
import { rememberErased } from './attachments.js';
import type { Sql } from './sql.js';

/** A form as the step that asks for it, its page and its case see it: never with what was entered. */
export interface FormRow {
  id: string;
  conversationId: string;
  residentId: string;
  villageId: string | null;
  draftId: string;
  title: string;
  language: string;
  fields: FormField[];
  state: 'open' | 'done';
  link: number;
  expiresAt: Date;
}

const COLUMNS = `f.id, f.conversation_id AS "conversationId", f.resident_id AS "residentId", f.village_id AS "villageId",
  f.draft_id AS "draftId", f.title, f.language, f.fields, f.state, f.link, f.expires_at AS "expiresAt"`;

/** The form of a draft's step, locked; null where it was not asked for yet. */
export async function lockFormOfStep(sql: Sql, draftId: string, step: string): Promise<FormRow | null> {
  const { rows } = await sql.query<FormRow>(
    `SELECT ${COLUMNS} FROM forms f WHERE draft_id = $1 AND step = $2 FOR UPDATE`,
    [draftId, step],
  );
  return rows[0] ?? null;
}

/** A new form, used by its own draft. */
export async function insertForm(
  sql: Sql,
  form: Omit<FormRow, 'state' | 'link'> & { step: string; tokenHash: string },
  now: Date,
): Promise<void> {
  await sql.query(
    `INSERT INTO forms (id, conversation_id, resident_id, village_id, draft_id, step, title, language, fields, token_hash,
       created_at, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      form.id,
      form.conversationId,
      form.residentId,
      form.villageId,
      form.draftId,
      form.step,
      form.title,
      form.language,
      JSON.stringify(form.fields),
      form.tokenHash,
      now,
      form.expiresAt,
    ],
  );
  await insertUse(sql, form.id, form.draftId, now);
}

/** The next link of a form: the one before ends. What it asks for is as the flow says now. */
export async function renewForm(
  sql: Sql,
  form: Pick<FormRow, 'id' | 'link' | 'expiresAt' | 'fields' | 'language'> & { tokenHash: string },
): Promise<void> {
  await sql.query(
    `UPDATE forms SET link = $2, token_hash = $3, expires_at = $4, fields = $5, language = $6 WHERE id = $1`,
    [form.id, form.link, form.tokenHash, form.expiresAt, JSON.stringify(form.fields), form.language],
  );
}

async function insertUse(sql: Sql, formId: string, draftId: string, now: Date): Promise<void> {
  await sql.query(
    `INSERT INTO form_uses (form_id, draft_id, used_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
    [formId, draftId, now],
  );
}

export interface FormSeen extends FormRow {
  village: string | null;
  /** 'desa' or 'kelurahan'. */
  villageType: string | null;
  zone: string | null;
  /** Ids of the fields that are saved. */
  saved: string[];
}

/** The form of a link by its token's digest; null where there is none (any more). */
export async function formByToken(sql: Sql, tokenHash: string): Promise<FormSeen | null> {
  const { rows } = await sql.query<FormSeen>(
    `SELECT ${COLUMNS}, v.name AS village, v.type AS "villageType", v.zone,
       ARRAY(SELECT field FROM form_values WHERE form_id = f.id) AS saved
     FROM forms f LEFT JOIN villages v ON v.id = f.village_id WHERE f.token_hash = $1`,
    [tokenHash],
  );
  return rows[0] ?? null;
}

/** A form that can still be filled in, locked; null where it is finished or its link has ended. */
export async function lockOpenForm(sql: Sql, formId: string, now: Date): Promise<FormRow | null> {
  const { rows } = await sql.query<FormRow>(
    `SELECT ${COLUMNS} FROM forms f WHERE id = $1 AND state = 'open' AND expires_at > $2 FOR UPDATE`,
    [formId, now],
  );
  return rows[0] ?? null;
}

/** What every change of a form's values is handed. */
export interface FormContext {
  newId: NewId;
  now: Date;
  sealer: Sealer;
}

/** Saves what was entered in a field of a locked form, sealed under the row's own id. What was there before goes. */
export async function saveText(
  sql: Sql,
  formId: string,
  field: string,
  value: string,
  { newId, now, sealer }: FormContext,
): Promise<void> {
  await forgetValue(sql, formId, field, newId, now);
  const id = newId();
  await sql.query(
    `INSERT INTO form_values (id, form_id, field, value, saved_at) VALUES ($1, $2, $3, $4, $5)`,
    [id, formId, field, sealer.seal('form', id, { field, value }), now],
  );
}

/** The same for a photo whose bytes are stored, sealed, under `attachmentId`. */
export async function savePhoto(
  sql: Sql,
  form: Pick<FormRow, 'id' | 'conversationId'>,
  field: string,
  photo: { attachmentId: string; file: KeptFile },
  { newId, now }: Omit<FormContext, 'sealer'>,
): Promise<void> {
  await forgetValue(sql, form.id, field, newId, now);
  const { attachmentId, file } = photo;
  await sql.query(
    `INSERT INTO attachments (id, conversation_id, kind, state, mime, bytes, width, height, sha256, storage_key,
       is_restricted, created_at)
     VALUES ($1, $2, 'photo', 'stored', $3, $4, $5, $6, $7, $8, true, $9)`,
    [
      attachmentId,
      form.conversationId,
      file.mime,
      file.bytes,
      file.width,
      file.height,
      file.sha256,
      file.storageKey,
      now,
    ],
  );
  await sql.query(
    `INSERT INTO form_values (id, form_id, field, attachment_id, saved_at) VALUES ($1, $2, $3, $4, $5)`,
    [newId(), form.id, field, attachmentId, now],
  );
}

async function forgetValue(sql: Sql, formId: string, field: string, newId: NewId, now: Date): Promise<void> {
  const { rows } = await sql.query<{ id: string | null }>(
    'DELETE FROM form_values WHERE form_id = $1 AND field = $2 RETURNING attachment_id AS id',
    [formId, field],
  );
  await erasePhotos(
    sql,
    rows.flatMap(({ id }) => id ?? []),
    newId,
    now,
  );
}

/** Ids of the fields of a form that are saved. */
export async function savedFields(sql: Sql, formId: string): Promise<string[]> {
  const { rows } = await sql.query<{ field: string }>('SELECT field FROM form_values WHERE form_id = $1', [
    formId,
  ]);
  return rows.map(({ field }) => field);
}

export async function markDone(sql: Sql, formId: string, now: Date): Promise<void> {
  await sql.query(`UPDATE forms SET state = 'done', done_at = $2 WHERE id = $1`, [formId, now]);
}

/** The newest finished form by which these residents made themselves known for a request of their own in this village. */
export async function knownForms(
  sql: Sql,
  of: { residentId: string | null; villageId: string | null }[],
): Promise<({ form: string; since: Date } | null)[]> {
  const { rows } = await sql.query<{ n: number; form: string; since: Date }>(
    `SELECT DISTINCT ON (o.n) o.n::int AS n, f.id AS form, f.done_at AS since
     FROM unnest($1::uuid[], $2::text[]) WITH ORDINALITY AS o (resident_id, village_id, n)
     JOIN forms f ON f.resident_id = o.resident_id AND f.village_id = o.village_id AND f.state = 'done'
     WHERE EXISTS (SELECT FROM form_uses u JOIN cases c ON c.id = u.case_id
       WHERE u.form_id = f.id AND NOT c.is_confidential AND NOT c.is_unproven
         AND NOT EXISTS (SELECT FROM beneficiaries b WHERE b.case_id = c.id))
     ORDER BY o.n, f.done_at DESC`,
    [of.map((one) => one.residentId), of.map((one) => one.villageId)],
  );
  const byPlace = new Map(rows.map(({ n, ...found }) => [n - 1, found]));
  return of.map((_, n) => byPlace.get(n) ?? null);
}

/** Lets a finished form of this very resident serve another draft; false where there is no such form. */
export async function useForm(
  sql: Sql,
  use: { formId: string; draftId: string; residentId: string; villageId: string },
  now: Date,
): Promise<boolean> {
  const { rowCount } = await sql.query(
    `INSERT INTO form_uses (form_id, draft_id, used_at)
     SELECT id, $2, $5 FROM forms WHERE id = $1 AND resident_id = $3 AND village_id = $4 AND state = 'done'
     ON CONFLICT (form_id, draft_id) DO UPDATE SET used_at = EXCLUDED.used_at`,
    [use.formId, use.draftId, use.residentId, use.villageId, now],
  );
  return rowCount === 1;
}

/** Hands the forms of drafts to the cases that were opened from them, with their photos. */
export async function linkFormsToCases(
  sql: Sql,
  links: { draftId: string; caseId: string }[],
): Promise<void> {
  if (links.length === 0) return;
  await sql.query(
    `WITH used AS (
       UPDATE form_uses u SET case_id = l.case_id
       FROM unnest($1::uuid[], $2::uuid[]) AS l (draft_id, case_id) WHERE u.draft_id = l.draft_id
       RETURNING u.form_id, u.case_id)
     UPDATE attachments a SET case_id = used.case_id
     FROM used JOIN form_values v ON v.form_id = used.form_id
     WHERE a.id = v.attachment_id AND a.case_id IS NULL`,
    [links.map((l) => l.draftId), links.map((l) => l.caseId)],
  );
}

async function erasePhotos(sql: Sql, ids: string[], newId: NewId, now: Date): Promise<void> {
  if (ids.length === 0) return;
  await sql.query(
    `UPDATE attachments SET state = 'erased', erased_at = $2, remote = NULL, name = NULL
     WHERE id = ANY ($1::uuid[]) AND state <> 'erased'`,
    [ids, now],
  );
  await rememberErased(sql, ids, newId, now);
}

/**
 * Erases forms with all that was entered in them, and their photos; `erasures` remembers it, so that a restored backup
 * forgets them again. Answers how many.
 */
export async function eraseForms(sql: Sql, formIds: string[], newId: NewId, now: Date): Promise<number> {
  if (formIds.length === 0) return 0;
  const { rows: photos } = await sql.query<{ id: string }>(
    `DELETE FROM form_values WHERE form_id = ANY ($1::uuid[]) AND attachment_id IS NOT NULL
     RETURNING attachment_id AS id`,
    [formIds],
  );
  await erasePhotos(
    sql,
    photos.map(({ id }) => id),
    newId,
    now,
  );
  const { rows } = await sql.query<{ id: string }>(
    'DELETE FROM forms WHERE id = ANY ($1::uuid[]) RETURNING id',
    [formIds],
  );
  await sql.query(
    `INSERT INTO erasures (id, subject_kind, subject_id, at)
     SELECT id, 'form', subject_id, $3 FROM unnest($1::uuid[], $2::text[]) AS e (id, subject_id)`,
    [rows.map(() => newId()), rows.map(({ id }) => id), now],
  );
  return rows.length;
}

/**
 * Forms that nothing needs any more, at most `limit`: of drafts that were dropped, once their link has ended; and those
 * whose cases were all closed before `closedBefore`.
 */
export async function formsToErase(
  sql: Sql,
  { now, closedBefore }: { now: Date; closedBefore: Date },
  limit: number,
): Promise<string[]> {
  const { rows } = await sql.query<{ id: string }>(
    `SELECT f.id FROM forms f
     WHERE f.expires_at < $1 AND NOT EXISTS (
       SELECT FROM form_uses u LEFT JOIN cases c ON c.id = u.case_id
       WHERE u.form_id = f.id AND CASE WHEN c.id IS NULL
         THEN EXISTS (SELECT FROM conversations k JOIN addresses a ON a.id = k.address_id
           WHERE (k.id = f.conversation_id OR a.resident_id = f.resident_id)
             AND position(u.draft_id::text IN k.session::text) > 0)
         ELSE c.closed_at IS NULL OR c.closed_at >= $2 END)
     ORDER BY f.created_at LIMIT $3`,
    [now, closedBefore, limit],
  );
  return rows.map(({ id }) => id);
}
