import type { Sql } from './sql.js';

/** Somebody at the counter, as far as they are known already. */
export interface CounterPerson {
  residentId: string;
  /** null: they said none so far. */
  name: string | null;
  /** Where they can be written to; null: nowhere. */
  conversationId: string | null;
}

/**
 * The chat of this phone that was heard last, and whose it is; null where no line knows it. Only of these villages (null:
 * all), or of somebody who has none yet: a number that is typed in opens nobody's chat elsewhere.
 */
export async function personOfPhone(
  sql: Sql,
  phone: string,
  villages: readonly string[] | null,
): Promise<CounterPerson | null> {
  const { rows } = await sql.query<CounterPerson>(
    `SELECT r.id AS "residentId", r.name, c.id AS "conversationId"
     FROM addresses a JOIN conversations c ON c.address_id = a.id JOIN lines l ON l.id = c.line_id
     JOIN residents r ON r.id = a.resident_id
     WHERE a.phone = $1 AND a.blocked_at IS NULL AND a.merged_into IS NULL AND a.officer_id IS NULL
       AND a.hidden_since IS NULL AND c.merged_into IS NULL AND NOT c.is_group AND NOT c.is_private
       AND l.removed_at IS NULL
       AND ($2::text[] IS NULL OR coalesce(r.village_id, l.village_id) IS NULL OR coalesce(r.village_id, l.village_id) = ANY ($2))
     ORDER BY c.last_inbound_at DESC NULLS LAST, c.id LIMIT 1`,
    [phone, villages],
  );
  return rows[0] ?? null;
}

/** Who an officer found to be this entry of the village's register before. */
export async function personOfRegister(
  sql: Sql,
  registerId: string,
  villageId: string,
): Promise<CounterPerson | null> {
  const { rows } = await sql.query<CounterPerson>(
    `SELECT r.id AS "residentId", r.name, NULL AS "conversationId" FROM residents r
     JOIN residents_register g ON g.id = r.register_id AND g.village_id = $2
     WHERE g.id = $1 ORDER BY r.created_at LIMIT 1`,
    [registerId, villageId],
  );
  return rows[0] ?? null;
}

/** Whether it is an entry of this village's register, of somebody who still lives there. */
export async function isInRegister(sql: Sql, registerId: string, villageId: string): Promise<boolean> {
  const { rows } = await sql.query(
    'SELECT FROM residents_register WHERE id::text = $1 AND village_id = $2 AND removed_at IS NULL',
    [registerId, villageId],
  );
  return rows.length > 0;
}

/** Somebody new, known by what was shown at the counter. */
export async function insertCounterPerson(
  sql: Sql,
  person: { id: string; villageId: string; name: string; registerId: string | null },
  now: Date,
): Promise<void> {
  await sql.query(
    'INSERT INTO residents (id, village_id, name, register_id, created_at) VALUES ($1, $2, $3, $4, $5)',
    [person.id, person.villageId, person.name, person.registerId, now],
  );
}

/** What the counter learnt of somebody known: a name where they gave none, and who they are in the register. */
export async function completePerson(
  sql: Sql,
  residentId: string,
  learnt: { name: string; registerId: string | null },
): Promise<void> {
  await sql.query(
    'UPDATE residents SET name = coalesce(name, $2), register_id = coalesce(register_id, $3) WHERE id = $1',
    [residentId, learnt.name, learnt.registerId],
  );
}

/** Whom the register says it is about: a match that was made for this case. */
export async function matchToCase(sql: Sql, matchId: string, caseId: string): Promise<void> {
  await sql.query('UPDATE register_matches SET case_id = $2 WHERE id = $1', [matchId, caseId]);
}
