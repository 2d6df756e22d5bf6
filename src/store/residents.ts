import type { NewId } from '../core/ports.js';
import type { Sql } from './sql.js';

/** Sets residents' languages; of two for one resident the later one counts. */
export async function setLanguages(
  sql: Sql,
  rows: { residentId: string; language: string }[],
): Promise<void> {
  const last = lastOf(rows);
  await sql.query(
    `UPDATE residents r SET language = n.language FROM unnest($1::uuid[], $2::text[]) AS n (id, language) WHERE r.id = n.id`,
    [last.map((r) => r.residentId), last.map((r) => r.language)],
  );
}

/** Sets residents' villages; a village that is not in the register changes nothing. */
export async function setVillages(sql: Sql, rows: { residentId: string; village: string }[]): Promise<void> {
  const last = lastOf(rows);
  await sql.query(
    `UPDATE residents r SET village_id = v.id
     FROM unnest($1::uuid[], $2::text[]) AS n (id, village) JOIN villages v ON v.id = n.village WHERE r.id = n.id`,
    [last.map((r) => r.residentId), last.map((r) => r.village)],
  );
}

/** Sets the names by which residents want to be called. */
export async function setNames(sql: Sql, rows: { residentId: string; name: string }[]): Promise<void> {
  const last = lastOf(rows);
  await sql.query(
    `UPDATE residents r SET name = n.name FROM unnest($1::uuid[], $2::text[]) AS n (id, name) WHERE r.id = n.id`,
    [last.map((r) => r.residentId), last.map((r) => r.name)],
  );
}

export interface ConsentInsert {
  residentId: string;
  purpose: string;
  version: string;
  given: boolean;
  platform: string;
}

/**
 * Records consents given or withdrawn, each as a row of its own: what held when stays answerable. Without consent to the
 * market no contact of the resident's stands in it any longer.
 */
export async function insertConsents(
  sql: Sql,
  rows: ConsentInsert[],
  newId: NewId,
  now: Date,
): Promise<void> {
  await sql.query(
    `INSERT INTO consents (id, resident_id, purpose, version, given, platform, at)
     SELECT id, resident_id, purpose, version, given, platform, $7
     FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::boolean[], $6::text[])
       AS n (id, resident_id, purpose, version, given, platform)`,
    [
      rows.map(() => newId()),
      rows.map((r) => r.residentId),
      rows.map((r) => r.purpose),
      rows.map((r) => r.version),
      rows.map((r) => r.given),
      rows.map((r) => r.platform),
      now,
    ],
  );
  const withdrawn = rows.filter((r) => r.purpose === 'market' && !r.given).map((r) => r.residentId);
  if (withdrawn.length === 0) return;
  await sql.query(
    'UPDATE listings SET contact = NULL WHERE resident_id = ANY ($1::uuid[]) AND contact IS NOT NULL',
    [withdrawn],
  );
}

/** Those of these residents whose last word on this purpose is yes. */
export async function consentingResidents(sql: Sql, ids: string[], purpose: string): Promise<Set<string>> {
  const { rows } = await sql.query<{ id: string; given: boolean }>(
    `SELECT DISTINCT ON (resident_id) resident_id AS id, given FROM consents
     WHERE resident_id = ANY ($1::uuid[]) AND purpose = $2 ORDER BY resident_id, at DESC, id DESC`,
    [ids, purpose],
  );
  return new Set(rows.filter((row) => row.given).map((row) => row.id));
}

/** By what names residents want to be called; those who never said are left out. */
export async function residentNames(sql: Sql, ids: string[]): Promise<Map<string, string>> {
  const { rows } = await sql.query<{ id: string; name: string }>(
    'SELECT id, name FROM residents WHERE id = ANY ($1::uuid[]) AND name IS NOT NULL',
    [ids],
  );
  return new Map(rows.map((row) => [row.id, row.name]));
}

function lastOf<R extends { residentId: string }>(rows: R[]): R[] {
  return [...new Map(rows.map((row) => [row.residentId, row])).values()];
}
