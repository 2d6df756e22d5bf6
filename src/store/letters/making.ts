import type { Sql } from '../sql.js';

/** A letter whose file is still to be made, locked until the transaction ends. */
export interface LetterToMake {
  id: string;
  caseId: string;
  code: string;
  service: string;
  title: string;
  number: string;
  way: 'wet' | 'electronic';
  state: 'issued' | 'withdrawn' | 'replaced';
  private: string;
  initials: string;
  signerName: string;
  signerTitle: string;
  issuedAt: Date;
  issuedOn: string;
  failures: number;
  village: string;
  villageType: 'desa' | 'kelurahan';
  villageCode: string;
  district: string;
  logo: Buffer | null;
  /** The resident's chat; null: asked for at the counter. */
  conversationId: string | null;
  residentId: string;
}

/** The next letter to be made; null where none waits. Others skip what somebody has in hand. */
export async function takeLetterToMake(sql: Sql, now: Date): Promise<LetterToMake | null> {
  const { rows } = await sql.query<LetterToMake>(
    `SELECT l.id, l.case_id AS "caseId", c.code, l.service, l.title, l.number, l.way, l.state, l.private, l.initials,
       l.signer_name AS "signerName", l.signer_title AS "signerTitle", l.issued_at AS "issuedAt",
       to_char(l.issued_on, 'YYYY-MM-DD') AS "issuedOn", l.failures, v.name AS village, v.type AS "villageType",
       v.id AS "villageCode", d.name AS district, t.logo, c.conversation_id AS "conversationId", c.resident_id AS "residentId"
     FROM letters l JOIN cases c ON c.id = l.case_id JOIN villages v ON v.id = l.village_id
       JOIN districts d ON d.code = v.district_code LEFT JOIN letter_templates t ON t.id = l.letterhead_id
     WHERE l.wake_at <= $1 ORDER BY l.wake_at, l.id LIMIT 1 FOR UPDATE OF l SKIP LOCKED`,
    [now],
  );
  return rows[0] ?? null;
}

/** What is kept of a file that was made: it lies sealed in the media storage, under the letter's own id. */
export interface MadeLetter {
  id: string;
  sha256: string;
  bytes: number;
  storageKey: string;
  proof: string;
}

/** Writes down that a letter's file is there. Its attachment belongs to no case and no conversation: it stays when those go. */
export async function keepMadeLetter(sql: Sql, made: MadeLetter, now: Date): Promise<void> {
  await sql.query(
    `INSERT INTO attachments (id, kind, state, mime, bytes, sha256, storage_key, is_restricted, created_at)
     VALUES ($1, 'document', 'stored', 'application/pdf', $2, $3, $4, true, $5)
     ON CONFLICT (id) DO UPDATE SET state = 'stored', bytes = EXCLUDED.bytes, sha256 = EXCLUDED.sha256,
       storage_key = EXCLUDED.storage_key`,
    [made.id, made.bytes, made.sha256, made.storageKey, now],
  );
  await sql.query(
    `UPDATE letters SET attachment_id = $1, sha256 = $2, proof = $3, made_at = $4, wake_at = NULL, error = NULL
     WHERE id = $1`,
    [made.id, made.sha256, made.proof, now],
  );
}

export async function markTold(sql: Sql, id: string, now: Date): Promise<void> {
  await sql.query('UPDATE letters SET told_at = $2 WHERE id = $1', [id, now]);
}

/** It did not come out: tried again after a while. `error` holds no word of the letter. */
export async function postponeLetter(sql: Sql, id: string, until: Date, error: string): Promise<void> {
  await sql.query('UPDATE letters SET failures = failures + 1, wake_at = $2, error = $3 WHERE id = $1', [
    id,
    until,
    error,
  ]);
}

export async function hasLettersToMake(sql: Sql, now: Date): Promise<boolean> {
  const { rows } = await sql.query<{ is: boolean }>(
    'SELECT EXISTS (SELECT FROM letters WHERE wake_at <= $1) AS is',
    [now],
  );
  return rows[0]!.is;
}
