import type { ChainHead } from '../core/auditChain.js';
import { LOOKS } from '../core/looks.js';
import type { LookKind } from '../core/looks.js';
import type { NewId } from '../core/ports.js';
import { insertNotifications } from './notifications.js';
import type { NotificationInsert } from './notifications.js';
import type { Sql } from './sql.js';

/**
 * Takes the turn of a report that goes out once for each `key` (keys sort by time): false where it has gone out, or where
 * it is the first start, whose report is not due yet. In the transaction that stores the report.
 */
export async function takeTurn(sql: Sql, name: string, key: string): Promise<boolean> {
  const { rowCount: isFirst } = await sql.query(
    'INSERT INTO settings (name, value) VALUES ($1, to_jsonb($2::text)) ON CONFLICT (name) DO NOTHING',
    [name, key],
  );
  if (isFirst === 1) return false;
  const { rowCount } = await sql.query(
    `UPDATE settings SET value = to_jsonb($2::text) WHERE name = $1 AND value #>> '{}' < $2`,
    [name, key],
  );
  return rowCount === 1;
}

/** Notifies whoever stands outside the villages of the chain's head: the kecamatan's officers; without any, the keepers. */
export async function tellHead(
  sql: Sql,
  head: ChainHead,
  { newId, now }: { newId: NewId; now: Date },
): Promise<number> {
  const { rows } = await sql.query<{ id: string; role: string }>(
    `SELECT DISTINCT o.id, r.role FROM officers o JOIN officer_roles r ON r.officer_id = o.id
     WHERE o.is_active AND r.role IN ('kecamatan', 'admin') AND (r.role = 'kecamatan' OR r.village_id IS NULL)`,
  );
  const outside = rows.filter(({ role }) => role === 'kecamatan');
  const to = outside.length > 0 ? outside : rows;
  return insertNotifications(
    sql,
    to.map(({ id }) => ({
      officerId: id,
      kind: 'officer-audit-head',
      subjectId: id,
      number: head.block,
      vars: {
        block: head.block,
        rows: head.rows,
        head: readable(head.hash),
        at: head.writtenAt.toISOString(),
      },
    })),
    newId,
    now,
  );
}

/** The first 32 digits (128 bits) in groups of four: `kentongan audit verify --head` takes it as it is read. */
function readable(hash: string): string {
  return hash.slice(0, 32).match(/.{4}/gu)!.join(' ');
}

/** How often somebody looked, in one village. */
export interface LookCount {
  villageId: string;
  village: string;
  districtCode: string;
  officerId: string;
  officer: string;
  counts: { [K in LookKind]: number };
}

/** Looks of a stretch of time, by village and officer; the most first. */
export async function countLooks(sql: Sql, from: Date, to: Date): Promise<LookCount[]> {
  const { rows } = await sql.query<Omit<LookCount, 'counts'> & { [K in LookKind]: number }>(
    `SELECT v.id AS "villageId", v.name AS village, v.district_code AS "districtCode", o.id AS "officerId", o.name AS officer,
       count(*) FILTER (WHERE a.action = ANY ($3))::int AS searches,
       count(*) FILTER (WHERE a.action = ANY ($4))::int AS numbers,
       count(*) FILTER (WHERE a.action = ANY ($5))::int AS sealed
     FROM audit_log a JOIN villages v ON v.id = a.village_id JOIN officers o ON o.id = a.officer_id
     WHERE a.at >= $1 AND a.at < $2 AND a.action = ANY ($3::text[] || $4::text[] || $5::text[])
     GROUP BY v.id, o.id ORDER BY count(*) DESC, o.name`,
    [from, to, LOOKS.searches, LOOKS.numbers, LOOKS.sealed],
  );
  return rows.map(({ searches, numbers, sealed, ...row }) => ({
    ...row,
    counts: { searches, numbers, sealed },
  }));
}

/**
 * Tells how often was looked in a week that is over: a village's Sekretaris by officer (without one its head), the kecamatan
 * by village. A week in which nobody looked is not told.
 */
export async function tellLooks(
  sql: Sql,
  week: { from: Date; to: Date; key: string },
  { newId, now }: { newId: NewId; now: Date },
): Promise<number> {
  const counts = await countLooks(sql, week.from, week.to);
  if (counts.length === 0) return 0;
  const { rows: officers } = await sql.query<{ id: string; role: string; villageId: string }>(
    `SELECT o.id, r.role, r.village_id AS "villageId" FROM officers o JOIN officer_roles r ON r.officer_id = o.id
     WHERE o.is_active AND r.role IN ('sekretaris', 'kepala_desa', 'kecamatan') AND r.village_id = ANY ($1)`,
    [[...new Set(counts.map(({ villageId }) => villageId))]],
  );
  const inside = [...new Set(officers.map(({ villageId }) => villageId))].flatMap((village) => {
    const here = officers.filter(({ villageId }) => villageId === village);
    const secretaries = here.filter(({ role }) => role === 'sekretaris');
    const to = secretaries.length > 0 ? secretaries : here.filter(({ role }) => role === 'kepala_desa');
    const own = counts.filter(({ villageId }) => villageId === village);
    return to.map(({ id }) => report(id, own, ({ officer }) => officer, own[0]!));
  });
  const above = [...new Set(officers.flatMap(({ id, role }) => (role === 'kecamatan' ? [id] : [])))].map(
    (id) => {
      const theirs = new Set(
        officers.filter((o) => o.id === id && o.role === 'kecamatan').map((o) => o.villageId),
      );
      const own = counts.filter(({ villageId }) => theirs.has(villageId));
      return report(id, own, ({ village }) => village, null);
    },
  );
  return insertNotifications(sql, [...inside, ...above], newId, now);

  function report(
    officerId: string,
    own: LookCount[],
    by: (count: LookCount) => string,
    village: LookCount | null,
  ): NotificationInsert {
    return {
      officerId,
      kind: 'officer-looks',
      subjectId: officerId,
      // One a week, and one for each village of an officer who serves several.
      number:
        Math.floor(week.to.getTime() / WEEK_MS) * 1000 +
        (village ? (Number(village.villageId.slice(-4)) % 999) + 1 : 0),
      vars: {
        village: village?.village ?? null,
        from: week.key,
        to: weekEnd(week.key),
        ...listed(own, by, 'searches'),
        ...listed(own, by, 'numbers'),
        ...listed(own, by, 'sealed'),
      },
    };
  }
}

const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

/** The Sunday of the week that began on this Monday. */
function weekEnd(monday: string): string {
  return new Date(Date.parse(`${monday}T00:00:00Z`) + WEEK_MS - 1).toISOString().slice(0, 10);
}

/** `{ searches: 12, searches_by: 'Budi 8, Sri 4' }`; null where nobody did. */
function listed(own: LookCount[], by: (count: LookCount) => string, kind: LookKind) {
  const sums = new Map<string, number>();
  for (const count of own) sums.set(by(count), (sums.get(by(count)) ?? 0) + count.counts[kind]);
  const some = [...sums].filter(([, n]) => n > 0).toSorted(([, a], [, b]) => b - a);
  if (some.length === 0) return { [kind]: null, [`${kind}_by`]: null };
  return {
    [kind]: some.reduce((sum, [, n]) => sum + n, 0),
    [`${kind}_by`]: some.map(([name, n]) => `${name} ${n}`).join(', '),
  };
}
