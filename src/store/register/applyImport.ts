import type { NewId, Sealer } from '../../core/ports.js';
import { personKey, readRow } from '../../core/registerRow.js';
import type { RegisterEntry, RegisterMapping } from '../../core/registerRow.js';
import type { Sql } from '../sql.js';
import { stagedRows } from './imports.js';
import type { ImportCounts, RegisterImport } from './imports.js';

/** How many faulty rows are named; the rest is counted. */
const MOST_FAULTS = 200;

export interface ImportRun {
  counts: ImportCounts;
  faults: RegisterImport['faults'];
}

export interface RunOptions {
  /** Nothing is written where not: a dry run. */
  isApplied: boolean;
  /** Who is not in the file is marked as gone. */
  isWhole: boolean;
  /** `2026-11-26` in the village's zone. */
  today: string;
  now: Date;
}

interface Known {
  id: string;
  nikDigest: string | null;
  kkDigest: string | null;
  rowDigest: string;
  searchName: string;
  birthDate: string | null;
  removedAt: Date | null;
}

/**
 * Holds the rows of an upload against the village's register, and writes what differs where `isApplied`: new people,
 * changed ones, those who came back; who vanished from a whole file is marked, not deleted. In the caller's transaction,
 * which holds the import's lock; one village is worked on at a time. A person is known by the keyed digest of the NIK, or
 * without one by name, birth date and No. KK; all keys are tried, so that a rotation makes nobody new.
 */
export async function runImport(
  sql: Sql,
  { id, villageId }: Pick<RegisterImport, 'id' | 'villageId'>,
  mapping: RegisterMapping,
  options: RunOptions,
  { sealer, newId }: { sealer: Sealer; newId: NewId },
): Promise<ImportRun> {
  await sql.query(`SELECT pg_advisory_xact_lock(hashtext('register ' || $1))`, [villageId]);
  const known = await loadKnown(sql, villageId);
  const seen = new Set<string>();
  const lines = new Set<string>();
  const counts: ImportCounts = { new: 0, changed: 0, same: 0, gone: 0, faulty: 0 };
  const faults: RegisterImport['faults'] = [];
  for await (const rows of stagedRows(sql, id, sealer)) {
    const write: Written[] = [];
    for (const [line, cells] of rows) {
      const read = readRow(cells, mapping, options.today);
      const nik = read.fault === null ? read.entry.nik : read.nik;
      const isTwice = read.fault === null && lines.has(keyInFile(read.entry));
      if (read.fault !== null || isTwice) {
        counts.faulty += 1;
        if (faults.length < MOST_FAULTS) faults.push({ line, fault: read.fault ?? 'nik_twice' });
        // Whoever stands in a faulty row has not vanished.
        const one = nik === null ? undefined : known.byNik(sealer.lookUpKeys(`nik:${nik}`));
        if (one) seen.add(one.id);
        continue;
      }
      lines.add(keyInFile(read.entry));
      const one = known.find(read.entry, sealer);
      if (one) seen.add(one.id);
      const isSame = one && !one.removedAt && sealer.lookUpKeys(textOf(read.entry)).includes(one.rowDigest);
      if (isSame) counts.same += 1;
      else {
        counts[one ? 'changed' : 'new'] += 1;
        write.push({ id: one?.id ?? newId(), entry: read.entry });
      }
    }
    if (options.isApplied) await writeEntries(sql, { id, villageId }, write, sealer, options.now);
  }
  const gone = known.all.filter((one) => !one.removedAt && !seen.has(one.id));
  counts.gone = gone.length;
  if (options.isApplied && options.isWhole)
    await sql.query('UPDATE residents_register SET removed_at = $2 WHERE id = ANY ($1::uuid[])', [
      gone.map((one) => one.id),
      options.now,
    ]);
  return { counts, faults };
}

/** Two rows of a file that are one person. */
function keyInFile(entry: RegisterEntry): string {
  return entry.nik === null ? personKey({ ...entry, kkDigest: entry.kk }) : `nik:${entry.nik}`;
}

async function loadKnown(sql: Sql, villageId: string) {
  const { rows: all } = await sql.query<Known>(
    `SELECT id, nik_digest AS "nikDigest", kk_digest AS "kkDigest", row_digest AS "rowDigest",
       search_name AS "searchName", to_char(birth_date, 'YYYY-MM-DD') AS "birthDate", removed_at AS "removedAt"
     FROM residents_register WHERE village_id = $1`,
    [villageId],
  );
  const byDigest = new Map(all.flatMap((one) => (one.nikDigest ? [[one.nikDigest, one]] : [])));
  const byPerson = new Map(all.flatMap((one) => (one.nikDigest ? [] : [[personKey(one), one]])));
  const byNik = (digests: string[]): Known | undefined =>
    digests.map((digest) => byDigest.get(digest)).find((one) => one !== undefined);
  return {
    all,
    byNik,
    find(entry: RegisterEntry, sealer: Sealer): Known | undefined {
      const kks = entry.kk === null ? [null] : sealer.lookUpKeys(`kk:${entry.kk}`);
      const person = (): Known | undefined =>
        [...kks, null]
          .map((kkDigest) => byPerson.get(personKey({ ...entry, kkDigest })))
          .find((one) => one !== undefined);
      // Who had no NIK yet may have got one since: a newborn.
      return entry.nik === null ? person() : (byNik(sealer.lookUpKeys(`nik:${entry.nik}`)) ?? person());
    },
  };
}

interface Written {
  id: string;
  entry: RegisterEntry;
}

async function writeEntries(
  sql: Sql,
  { id: importId, villageId }: Pick<RegisterImport, 'id' | 'villageId'>,
  rows: Written[],
  sealer: Sealer,
  now: Date,
): Promise<void> {
  if (rows.length === 0) return;
  await sql.query(
    `INSERT INTO residents_register (id, village_id, name, search_name, birth_date, sex, hamlet, search_hamlet, rt, rw,
       private, nik_digest, kk_digest, row_digest, source, import_id, created_at, updated_at)
     SELECT n.id, $1, n.name, n.search_name, n.birth_date, n.sex, n.hamlet, n.search_hamlet, n.rt, n.rw, n.private,
       n.nik_digest, n.kk_digest, n.row_digest, 'import', $2, $3, $3
     FROM unnest($4::uuid[], $5::text[], $6::text[], $7::date[], $8::text[], $9::text[], $10::text[], $11::text[],
       $12::text[], $13::text[], $14::text[], $15::text[], $16::text[])
       AS n (id, name, search_name, birth_date, sex, hamlet, search_hamlet, rt, rw, private, nik_digest, kk_digest,
         row_digest)
     ON CONFLICT (id) DO UPDATE SET name = excluded.name, search_name = excluded.search_name,
       birth_date = excluded.birth_date, sex = excluded.sex, hamlet = excluded.hamlet,
       search_hamlet = excluded.search_hamlet, rt = excluded.rt, rw = excluded.rw, private = excluded.private,
       nik_digest = excluded.nik_digest, kk_digest = excluded.kk_digest, row_digest = excluded.row_digest,
       import_id = excluded.import_id, updated_at = excluded.updated_at, removed_at = NULL`,
    [
      villageId,
      importId,
      now,
      rows.map((r) => r.id),
      rows.map((r) => r.entry.name),
      rows.map((r) => r.entry.searchName),
      rows.map((r) => r.entry.birthDate),
      rows.map((r) => r.entry.sex),
      rows.map((r) => r.entry.hamlet),
      rows.map((r) => r.entry.searchHamlet),
      rows.map((r) => r.entry.rt),
      rows.map((r) => r.entry.rw),
      rows.map(({ id, entry }) =>
        sealer.seal('register', id, { nik: entry.nik, kk: entry.kk, ...entry.more }),
      ),
      rows.map(({ entry }) => (entry.nik === null ? null : sealer.lookUpKey(`nik:${entry.nik}`))),
      rows.map(({ entry }) => (entry.kk === null ? null : sealer.lookUpKey(`kk:${entry.kk}`))),
      rows.map(({ entry }) => sealer.lookUpKey(textOf(entry))),
    ],
  );
}

/** All of an entry, in one order: what its digest is made of. */
function textOf({ more, ...entry }: RegisterEntry): string {
  return `row:${JSON.stringify([sorted(entry), sorted(more)])}`;
}

function sorted(values: object): [string, unknown][] {
  return Object.entries(values).toSorted(([a], [b]) => (a < b ? -1 : 1));
}
