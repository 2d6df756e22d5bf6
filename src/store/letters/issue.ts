import type { Sql } from '../sql.js';

/** One number of a sequence that is wanted. */
export interface NumberWanted {
  villageId: string;
  /** The classification code whose letters it counts; '' for all letters of the year. */
  counter: string;
  year: number;
}

/**
 * Gives the next number of each sequence, in the order of the wants. The sequence's row is locked until the transaction
 * ends: who comes meanwhile waits, and a transaction that fails gives its numbers back, so that there is neither a gap
 * nor a double. Sequences are locked in one order, so that two batches never wait for each other. A village that changes how it
 * counts goes on after the highest number it has given, or may have given: where a sequence is ahead of the register (a paper
 * agenda, a restore) nobody knows the codes of what lies between.
 */
export async function allocateNumbers(sql: Sql, wanted: NumberWanted[]): Promise<number[]> {
  const keyOf = (one: NumberWanted) => `${one.villageId}\n${one.counter}\n${String(one.year)}`;
  const next = new Map<string, number>();
  for (const key of [...new Set(wanted.map(keyOf))].sort()) {
    const of = wanted.find((one) => keyOf(one) === key)!;
    const count = wanted.filter((one) => keyOf(one) === key).length;
    next.set(key, (await takeNumbers(sql, of, count)) + 1);
  }
  return wanted.map((one) => {
    const given = next.get(keyOf(one))!;
    next.set(keyOf(one), given + 1);
    return given;
  });
}

/** Moves a sequence on by `count` and answers where it stood before. */
async function takeNumbers(sql: Sql, of: NumberWanted, count: number): Promise<number> {
  await sql.query(
    `INSERT INTO letter_counters (village_id, classification, year, last) VALUES ($1, $2, $3, 0) ON CONFLICT DO NOTHING`,
    [of.villageId, of.counter, of.year],
  );
  const { rows } = await sql.query<{ before: number }>(
    `UPDATE letter_counters SET last = $4 + greatest(last, (SELECT max(l.sequence) FROM letters l
       WHERE l.village_id = $1 AND l.year = $3 AND l.counter <> $2 AND ($2 = '' OR l.classification = $2)),
       (SELECT max(o.last) FROM letter_counters o WHERE o.village_id = $1 AND o.year = $3 AND o.classification <> $2
         AND '' IN ($2, o.classification) AND o.last > coalesce((SELECT max(l.sequence) FROM letters l
           WHERE l.village_id = $1 AND l.counter = o.classification AND l.year = $3), 0)))
     WHERE village_id = $1 AND classification = $2 AND year = $3 RETURNING last - $4::int AS before`,
    [of.villageId, of.counter, of.year, count],
  );
  return rows[0]!.before;
}

/** A letter as it is written into the register. */
export interface LetterInsert {
  id: string;
  caseId: string;
  villageId: string;
  service: string;
  title: string;
  classification: string;
  counter: string;
  year: number;
  sequence: number;
  number: string;
  way: 'wet' | 'electronic';
  signerId: string | null;
  signerName: string;
  signerTitle: string;
  initials: string;
  tokenHash: string;
  /** Sealed: core/letter.ts LetterPrivate. */
  private: string;
  letterheadId: string | null;
  issuedBy: string | null;
  /** `2026-11-24` */
  issuedOn: string;
}

/** Writes letters into the register; each is then to be made at once. */
export async function insertLetters(sql: Sql, letters: LetterInsert[], now: Date): Promise<void> {
  for (const l of letters)
    await sql.query(
      `INSERT INTO letters (id, case_id, village_id, service, title, classification, counter, year, sequence, number, way,
         signer_id, signer_name, signer_title, initials, token_hash, private, letterhead_id, issued_by, issued_on, issued_at,
         wake_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $21)`,
      [
        l.id,
        l.caseId,
        l.villageId,
        l.service,
        l.title,
        l.classification,
        l.counter,
        l.year,
        l.sequence,
        l.number,
        l.way,
        l.signerId,
        l.signerName,
        l.signerTitle,
        l.initials,
        l.tokenHash,
        l.private,
        l.letterheadId,
        l.issuedBy,
        l.issuedOn,
        now,
      ],
    );
}
