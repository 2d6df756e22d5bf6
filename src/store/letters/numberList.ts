import { stat } from 'node:fs/promises';
import { z } from 'zod';
import type { NewId } from '../../core/ports.js';
import { insertAudit } from '../audit.js';
import { appendToList, readList } from '../lineList.js';
import type { Sql } from '../sql.js';

/** How far a sequence of letter numbers has come: store/letters/issue.ts. */
const GivenNumber = z.object({
  village: z.string(),
  /** The classification code whose letters it counts; '' for all letters of the year. */
  counter: z.string(),
  year: z.number().int(),
  last: z.number().int(),
});
export type GivenNumber = z.infer<typeof GivenNumber>;

/** Numbers that a backup did not know: `from` to `to` were given (or stood in the paper agenda) before it was restored. */
export interface PassedOver extends Omit<GivenNumber, 'last'> {
  from: number;
  to: number;
}

/** How far the sequences of a village, or of all (null), have come. */
export async function readGivenNumbers(sql: Sql, village: string | null = null): Promise<GivenNumber[]> {
  const { rows } = await sql.query<GivenNumber>(
    `SELECT village_id AS village, classification AS counter, year, last FROM letter_counters
     WHERE last > 0 AND ($1::text IS NULL OR village_id = $1) ORDER BY 1, 2, 3`,
    [village],
  );
  return rows;
}

/** Adds to the list outside what it does not have yet: of one village, or of all. Answers how many sequences those were. */
export type NumberKeeper = (sql: Sql, village?: string) => Promise<number>;

/**
 * Keeps the list at `path` of how far letter numbers have come. It outlives the database, so that a restored backup gives
 * no number a second time. Only ever appended to; one call at a time.
 */
export function createNumberKeeper(path: string): NumberKeeper {
  let kept: Map<string, number> | null = null;
  let running: Promise<unknown> = Promise.resolve();
  const keep = async (sql: Sql, village: string | null) => {
    // Somebody may have taken it away: then all of it is written anew.
    if (kept === null || (await stat(path).catch(() => null)) === null)
      kept = new Map((await readNumberList(path)).map((one) => [keyOf(one), one.last]));
    const known = kept;
    const fresh = (await readGivenNumbers(sql, village)).filter(
      (one) => one.last > (known.get(keyOf(one)) ?? 0),
    );
    await appendToList(path, fresh);
    for (const one of fresh) known.set(keyOf(one), one.last);
    return fresh.length;
  };
  return (sql, village) => {
    const now = running.then(() => keep(sql, village ?? null));
    running = now.catch(() => {});
    return now;
  };
}

/** The list at `path`, each sequence once, at its furthest; empty where there is none. */
export async function readNumberList(path: string): Promise<GivenNumber[]> {
  return furthest(
    (await readList(path)).flatMap((line) => {
      const parsed = GivenNumber.safeParse(line);
      return parsed.success ? [parsed.data] : [];
    }),
  );
}

function furthest(listed: GivenNumber[]): GivenNumber[] {
  const found = new Map<string, GivenNumber>();
  for (const one of listed) if (one.last > (found.get(keyOf(one))?.last ?? 0)) found.set(keyOf(one), one);
  return [...found.values()];
}

function keyOf({ village, counter, year }: GivenNumber): string {
  return `${village}\n${counter}\n${String(year)}`;
}

/**
 * Moves sequences on to where they stood before a restore, never back; the audit log says which numbers are passed over,
 * so that nobody looks for their letters in the register. Answers them.
 */
export async function passOverGiven(
  sql: Sql,
  listed: GivenNumber[],
  { newId, now }: { newId: NewId; now: Date },
): Promise<PassedOver[]> {
  const stands = new Map((await readGivenNumbers(sql)).map((one) => [keyOf(one), one.last]));
  const passed = furthest(listed).flatMap(({ last, ...of }) => {
    const stood = stands.get(keyOf({ ...of, last })) ?? 0;
    return last > stood ? [{ ...of, from: stood + 1, to: last }] : [];
  });
  await sql.query(
    `INSERT INTO letter_counters (village_id, classification, year, last)
     SELECT * FROM unnest($1::text[], $2::text[], $3::int[], $4::int[])
     ON CONFLICT (village_id, classification, year) DO UPDATE SET last = greatest(letter_counters.last, EXCLUDED.last)`,
    [
      passed.map((one) => one.village),
      passed.map((one) => one.counter),
      passed.map((one) => one.year),
      passed.map((one) => one.to),
    ],
  );
  await insertAudit(
    sql,
    passed.map(({ village, ...data }) => ({
      officerId: null,
      action: 'letter_counter.restored',
      subjectKind: 'village',
      subjectId: village,
      data,
    })),
    newId,
    now,
  );
  return passed;
}
