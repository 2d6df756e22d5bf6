import { z } from 'zod';
import { SetupError } from '../core/errors.js';
import type { NewId } from '../core/ports.js';
import { appendToList, readList } from './lineList.js';
import {
  beginAnew,
  eraseCases,
  eraseDrafts,
  eraseListings,
  eraseReminders,
  eraseWords,
  eraseWorkingPapers,
  forgetPerson,
  partFromAllAddresses,
} from './residentErasure.js';
import type { Sql } from './sql.js';

/** That something was erased, and when: ids alone, nothing of what it was. */
export interface Erasure {
  id: string;
  kind: string;
  subject: string;
  at: Date;
}

const Line = z.object({ id: z.uuid(), kind: z.string(), subject: z.string(), at: z.coerce.date() });

/**
 * How each kind of subject is erased again, by its ids, in this order. A kind that the program writes has its line here;
 * those of `hapus data` call what erased them in life (store/residentErasure.ts).
 */
const ERASERS: {
  [kind: string]: (sql: Sql, ids: string[], at: Date[], newId: NewId) => Promise<void>;
} = {
  /** With all that was entered in it; its photos are named by themselves. */
  async form(sql, ids) {
    await sql.query('DELETE FROM forms WHERE id = ANY ($1::uuid[])', [ids]);
  },
  /** The draft as well where several share the chat: what they fill in today is in no backup. */
  async conversation(sql, ids, at) {
    for (const [n, id] of ids.entries()) await eraseWords(sql, [id], at[n]!, 'is_dropped');
    await eraseReminders(sql, ids);
    await eraseDrafts(sql, ids);
  },
  async case(sql, ids) {
    await eraseCases(sql, ids, 'is_dropped');
  },
  async working_papers(sql, ids) {
    await eraseWorkingPapers(sql, ids);
  },
  async listing(sql, ids, at) {
    for (const [n, id] of ids.entries()) await eraseListings(sql, [id], at[n]!, 'is_dropped');
  },
  /** Nobody was left there. */
  async address(sql, ids, at, newId) {
    for (const [n, id] of ids.entries()) await beginAnew(sql, id, { newId, now: at[n]! });
  },
  /** After the addresses: those that are theirs only in the backup, or that others share. */
  async resident(sql, ids, at, newId) {
    for (const [n, id] of ids.entries()) {
      await forgetPerson(sql, id, 'unless_open');
      await partFromAllAddresses(sql, id, { newId, now: at[n]! });
    }
  },
  /** Nothing of theirs was open when it was erased, whatever is open in the backup. */
  async name(sql, ids) {
    for (const id of ids) await forgetPerson(sql, id, 'always');
  },
  async attachment(sql, ids, at) {
    // As eraseRestricted left it: with a storage key it is the order to delete the bytes.
    await sql.query(
      `UPDATE attachments SET state = 'erased', erased_at = e.at, remote = NULL, name = NULL
       FROM unnest($1::uuid[], $2::timestamptz[]) AS e (id, at) WHERE attachments.id = e.id AND state <> 'erased'`,
      [ids, at],
    );
  },
};

/** All erasures that the database remembers. */
export async function readErasures(sql: Sql): Promise<Erasure[]> {
  const { rows } = await sql.query<Erasure>(
    'SELECT id, subject_kind AS kind, subject_id AS subject, at FROM erasures ORDER BY at, id',
  );
  return rows;
}

/**
 * Erases again what the database does not remember to have erased, and remembers it there. Answers how many there were.
 * Throws SetupError on a kind that this program does not know.
 */
export async function eraseAgain(sql: Sql, listed: Erasure[], { newId }: { newId: NewId }): Promise<number> {
  const strange = listed.find(({ kind }) => !(kind in ERASERS));
  if (strange)
    throw new SetupError([
      `The list of erasures names '${strange.kind}', which this program does not know: it is of a newer one. Update first.`,
    ]);
  // What came after an erasure that is remembered is not of its time: a new draft, a new person at the address.
  const done = new Set((await readErasures(sql)).map(({ id }) => id));
  const erasures = [...new Map(listed.map((one) => [one.id, one])).values()].filter(
    ({ id }) => !done.has(id),
  );
  for (const [kind, eraser] of Object.entries(ERASERS)) {
    const of = erasures.filter((erasure) => erasure.kind === kind);
    if (of.length === 0) continue;
    await eraser(
      sql,
      of.map((e) => e.subject),
      of.map((e) => e.at),
      newId,
    );
  }
  await sql.query(
    `INSERT INTO erasures (id, subject_kind, subject_id, at)
     SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[]) ON CONFLICT (id) DO NOTHING`,
    [
      erasures.map((e) => e.id),
      erasures.map((e) => e.kind),
      erasures.map((e) => e.subject),
      erasures.map((e) => e.at),
    ],
  );
  return erasures.length;
}

/**
 * Adds to the list at `path` whatever the database erased since: the list outlives the database, so that a restored
 * backup forgets again what was erased after it was made. Only ever appended to. Answers how many were added.
 */
export async function keepErasures(sql: Sql, path: string): Promise<number> {
  const kept = new Set((await readErasureList(path)).map((erasure) => erasure.id));
  const fresh = (await readErasures(sql)).filter((erasure) => !kept.has(erasure.id));
  await appendToList(path, fresh);
  return fresh.length;
}

/** As keepErasures, for being called every minute: looks closer only when there are more or fewer than at the last time. */
export function createErasureKeeper(sql: Sql, path: string): () => Promise<number> {
  let last = -1;
  return async () => {
    const { rows } = await sql.query<{ count: number }>('SELECT count(*) AS count FROM erasures');
    const { count } = rows[0]!;
    if (count === last) return 0;
    const added = await keepErasures(sql, path);
    last = count;
    return added;
  };
}

/** The list at `path`; empty where there is none. A last line that a crash cut off is left out: it is added again. */
export async function readErasureList(path: string): Promise<Erasure[]> {
  return (await readList(path)).flatMap((line) => {
    const parsed = Line.safeParse(line);
    return parsed.success ? [parsed.data] : [];
  });
}
