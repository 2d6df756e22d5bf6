import type { Sql } from './sql.js';

/** Somebody told apart from others at one address. */
export interface Profile {
  addressId: string;
  residentId: string;
  name: string;
}

/** The people at these addresses, in the order in which they came. */
export async function loadProfiles(sql: Sql, addressIds: string[]): Promise<Profile[]> {
  if (addressIds.length === 0) return [];
  const { rows } = await sql.query<Profile>(
    `SELECT address_id AS "addressId", resident_id AS "residentId", name FROM address_profiles
     WHERE address_id = ANY ($1::uuid[]) ORDER BY created_at, resident_id`,
    [addressIds],
  );
  return rows;
}

/** Writes a person down at an address, as the one who has the word from now on. */
export async function insertProfile(sql: Sql, profile: Profile, now: Date): Promise<void> {
  await sql.query(
    `INSERT INTO address_profiles (address_id, resident_id, name, created_at, last_used_at) VALUES ($1, $2, $3, $4, $4)
     ON CONFLICT (address_id, resident_id) DO NOTHING`,
    [profile.addressId, profile.residentId, profile.name, now],
  );
}

/** A new resident, of the village and language of another one; `from` null: of none. */
export async function insertResident(
  sql: Sql,
  resident: { id: string; name: string | null; like: string; withVillage: boolean },
): Promise<void> {
  await sql.query(
    `INSERT INTO residents (id, name, village_id, language)
     SELECT $1, $2, CASE WHEN $4 THEN village_id END, language FROM residents WHERE id = $3`,
    [resident.id, resident.name, resident.like, resident.withVillage],
  );
}

/** Gives the word at an address to a person. `isShown`: what is theirs is shown at once. */
export async function giveWord(
  sql: Sql,
  addressId: string,
  residentId: string,
  isShown: boolean,
  now: Date,
): Promise<void> {
  await sql.query('UPDATE addresses SET resident_id = $2, confirmed_at = $3 WHERE id = $1', [
    addressId,
    residentId,
    isShown ? now : null,
  ]);
  await sql.query(
    'UPDATE address_profiles SET last_used_at = $3 WHERE address_id = $1 AND resident_id = $2',
    [addressId, residentId, now],
  );
}

export async function renameProfile(sql: Sql, { addressId, residentId, name }: Profile): Promise<void> {
  await sql.query('UPDATE address_profiles SET name = $3 WHERE address_id = $1 AND resident_id = $2', [
    addressId,
    residentId,
    name,
  ]);
  await sql.query('UPDATE residents SET name = $2 WHERE id = $1', [residentId, name]);
}

export async function deleteProfile(sql: Sql, addressId: string, residentId: string): Promise<void> {
  await sql.query('DELETE FROM address_profiles WHERE address_id = $1 AND resident_id = $2', [
    addressId,
    residentId,
  ]);
}

/** All of an address: nobody is told apart there any more. */
export async function deleteProfiles(sql: Sql, addressId: string): Promise<void> {
  await sql.query('DELETE FROM address_profiles WHERE address_id = $1', [addressId]);
}

/** What was before is hidden at this address from now on, if its person has anything. */
export async function hideHistory(sql: Sql, addressId: string, now: Date): Promise<void> {
  await sql.query(
    `UPDATE addresses a SET hidden_since = $2, confirmed_at = NULL WHERE a.id = $1
       AND (EXISTS (SELECT FROM cases k WHERE k.resident_id = a.resident_id)
         OR EXISTS (SELECT FROM listings k WHERE k.resident_id = a.resident_id)
         OR EXISTS (SELECT FROM addresses b
           WHERE b.resident_id = a.resident_id AND b.id <> a.id AND b.merged_into IS NULL))`,
    [addressId, now],
  );
}

/** Whether a resident has something at an address that others there have no business with. */
export async function hasBelongings(sql: Sql, addressId: string, residentId: string): Promise<boolean> {
  const { rows } = await sql.query<{ any: boolean }>(
    `SELECT EXISTS (SELECT FROM cases k WHERE k.resident_id = $2)
       OR EXISTS (SELECT FROM listings k WHERE k.resident_id = $2)
       OR EXISTS (SELECT FROM addresses b
         WHERE b.resident_id = $2 AND b.id <> $1 AND b.merged_into IS NULL) AS any`,
    [addressId, residentId],
  );
  return rows[0]!.any;
}

/** The person has shown that what was before is theirs. Who was left alone at an address is told apart from nobody then. */
export async function showHistory(sql: Sql, addressIds: string[], now: Date): Promise<void> {
  await sql.query('UPDATE addresses SET hidden_since = NULL, confirmed_at = $2 WHERE id = ANY ($1::uuid[])', [
    addressIds,
    now,
  ]);
  await sql.query(
    `DELETE FROM address_profiles p WHERE p.address_id = ANY ($1::uuid[]) AND NOT EXISTS (
       SELECT FROM address_profiles o WHERE o.address_id = p.address_id AND o.resident_id <> p.resident_id)`,
    [addressIds],
  );
}

/** Whose the cases with these codes are that were opened while nothing was hidden from whoever opened them. */
export async function provingCases(sql: Sql, codes: string[]): Promise<Map<string, string>> {
  if (codes.length === 0) return new Map();
  const { rows } = await sql.query<{ code: string; resident: string }>(
    'SELECT code, resident_id AS resident FROM cases WHERE code = ANY ($1::text[]) AND NOT is_unproven',
    [codes],
  );
  return new Map(rows.map((row) => [row.code, row.resident]));
}

/** The address is another person's from now on; nothing of theirs is hidden, and nobody is told apart there. */
export async function startAnew(sql: Sql, addressId: string, residentId: string): Promise<void> {
  await deleteProfiles(sql, addressId);
  await sql.query(
    'UPDATE addresses SET resident_id = $2, hidden_since = NULL, confirmed_at = NULL WHERE id = $1',
    [addressId, residentId],
  );
}
