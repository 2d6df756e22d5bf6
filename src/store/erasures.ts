import { open, readFile } from 'node:fs/promises';
import { z } from 'zod';
import { SetupError } from '../core/errors.js';
import { eraseCases, eraseListings, eraseWords, forgetPerson } from './residentErasure.js';
import type { Sql } from './sql.js';

/** That something was erased, and when: ids alone, nothing of what it was. */
export interface Erasure {
  id: string;
  kind: string;
  subject: string;
  at: Date;
}

const Line = z.object({ id: z.uuid(), kind: z.string(), subject: z.string(), at: z.coerce.date() });

/** How each kind of subject is erased again, by its ids. A kind that the program writes has its line here. */
const ERASERS: { [kind: string]: (sql: Sql, ids: string[], at: Date[]) => Promise<void> } = {
  /** With all that was entered in it; its photos are named by themselves. */
  async form(sql, ids) {
    await sql.query('DELETE FROM forms WHERE id = ANY ($1::uuid[])', [ids]);
  },
  /** `hapus data`: store/residentErasure.ts. */
  async conversation(sql, ids, at) {
    for (const [n, id] of ids.entries()) await eraseWords(sql, [id], at[n]!);
  },
  async case(sql, ids) {
    await eraseCases(sql, ids);
  },
  async listing(sql, ids, at) {
    for (const [n, id] of ids.entries()) await eraseListings(sql, [id], at[n]!);
  },
  async resident(sql, ids) {
    for (const id of ids) await forgetPerson(sql, id);
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

/** Erases again, and remembers it in the database. Throws SetupError on a kind that this program does not know. */
export async function eraseAgain(sql: Sql, erasures: Erasure[]): Promise<void> {
  for (const kind of new Set(erasures.map((erasure) => erasure.kind))) {
    const of = erasures.filter((erasure) => erasure.kind === kind);
    const eraser = ERASERS[kind];
    if (!eraser)
      throw new SetupError([
        `The list of erasures names '${kind}', which this program does not know: it is of a newer one. Update first.`,
      ]);
    await eraser(
      sql,
      of.map((e) => e.subject),
      of.map((e) => e.at),
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
}

/**
 * Adds to the list at `path` whatever the database erased since: the list outlives the database, so that a restored
 * backup forgets again what was erased after it was made. Only ever appended to. Answers how many were added.
 */
export async function keepErasures(sql: Sql, path: string): Promise<number> {
  const kept = new Set((await readErasureList(path)).map((erasure) => erasure.id));
  const fresh = (await readErasures(sql)).filter((erasure) => !kept.has(erasure.id));
  if (fresh.length === 0) return 0;
  const file = await open(path, 'a', 0o600);
  try {
    // A line end first: a crash may have cut the last line off.
    await file.appendFile(fresh.map((erasure) => `\n${JSON.stringify(erasure)}`).join('') + '\n');
    await file.sync();
  } finally {
    await file.close();
  }
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
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return '';
    throw cause;
  });
  return text.split('\n').flatMap((line) => {
    if (line === '') return [];
    const parsed = Line.safeParse(parse(line));
    return parsed.success ? [parsed.data] : [];
  });
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
