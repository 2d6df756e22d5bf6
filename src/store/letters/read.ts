import type { Sealer } from '../../core/ports.js';
import { asPrivate } from '../../core/letter.js';
import type { Sql } from '../sql.js';

export type LetterState = 'issued' | 'withdrawn' | 'replaced';

/** A letter as whoever holds the paper is told of it. */
export interface PublicLetter {
  id: string;
  number: string;
  title: string;
  village: string;
  villageType: 'desa' | 'kelurahan';
  district: string;
  zone: string;
  issuedOn: Date;
  signerName: string;
  signerTitle: string;
  initials: string;
  way: 'wet' | 'electronic';
  state: LetterState;
  stateAt: Date | null;
  /** The number of the letter that took its place. */
  replacedByNumber: string | null;
  sha256: string | null;
  proof: string | null;
}

/** The letter of a token, by its digest; there is no other way to find one. */
export async function letterByToken(sql: Sql, tokenHash: string): Promise<PublicLetter | null> {
  const { rows } = await sql.query<PublicLetter>(
    `SELECT l.id, l.number, l.title, v.name AS village, v.type AS "villageType", d.name AS district, v.zone,
       l.issued_at AS "issuedOn", l.signer_name AS "signerName", l.signer_title AS "signerTitle", l.initials, l.way, l.state,
       l.state_at AS "stateAt", n.number AS "replacedByNumber", l.sha256, l.proof
     FROM letters l JOIN villages v ON v.id = l.village_id JOIN districts d ON d.code = v.district_code
     LEFT JOIN letters n ON n.id = l.replaced_by WHERE l.token_hash = $1`,
    [tokenHash],
  );
  return rows[0] ?? null;
}

/** The names that stand on a letter, opened. */
export async function namesOfLetter(sql: Sql, id: string, sealer: Sealer): Promise<string[]> {
  const { rows } = await sql.query<{ private: string }>('SELECT private FROM letters WHERE id = $1', [id]);
  return rows[0] ? asPrivate(sealer.open('letter', id, rows[0].private)).names : [];
}

/** A letter of a case, as its officers see it. */
export interface CaseLetter {
  id: string;
  number: string;
  title: string;
  way: 'wet' | 'electronic';
  state: LetterState;
  stateAt: Date | null;
  stateBy: string | null;
  reason: string | null;
  signerName: string;
  signerTitle: string;
  issuedAt: Date;
  madeAt: Date | null;
  toldAt: Date | null;
  printedAt: Date | null;
  failures: number;
}

/** The letters of a case that the officer's query found, the newest first. */
export async function lettersOfCase(sql: Sql, caseId: string): Promise<CaseLetter[]> {
  const { rows } = await sql.query<CaseLetter>(
    `SELECT l.id, l.number, l.title, l.way, l.state, l.state_at AS "stateAt", o.name AS "stateBy",
       l.state_reason AS reason, l.signer_name AS "signerName", l.signer_title AS "signerTitle",
       l.issued_at AS "issuedAt", l.made_at AS "madeAt", l.told_at AS "toldAt", l.printed_at AS "printedAt", l.failures
     FROM letters l LEFT JOIN officers o ON o.id = l.state_by WHERE l.case_id = $1 ORDER BY l.issued_at DESC, l.id DESC`,
    [caseId],
  );
  return rows;
}

/** These letters were printed, for whoever signs them. */
export async function markPrinted(sql: Sql, ids: string[], now: Date): Promise<void> {
  await sql.query('UPDATE letters SET printed_at = coalesce(printed_at, $2) WHERE id = ANY ($1::uuid[])', [
    ids,
    now,
  ]);
}

/** What an officer typed for the letter of a case: sealed, and gone where nothing is left of it. */
export async function saveLetterDraft(
  sql: Sql,
  draft: { caseId: string; fields: { [field: string]: string }; officerId: string },
  { sealer, now }: { sealer: Sealer; now: Date },
): Promise<void> {
  if (Object.keys(draft.fields).length === 0) {
    await sql.query('DELETE FROM letter_drafts WHERE case_id = $1', [draft.caseId]);
    return;
  }
  await sql.query(
    `INSERT INTO letter_drafts (case_id, private, officer_id, updated_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT (case_id) DO UPDATE SET private = EXCLUDED.private, officer_id = EXCLUDED.officer_id,
       updated_at = EXCLUDED.updated_at`,
    [draft.caseId, sealer.seal('letter', draft.caseId, { fields: draft.fields }), draft.officerId, now],
  );
}
