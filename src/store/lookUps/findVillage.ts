import { distance } from 'fastest-levenshtein';
import type { VillageFound } from '../../core/lookup.js';
import type { Sql } from '../sql.js';
import type { LookUpAnswerer } from './answerer.js';

const MOST = 5;
/** A line that serves no more than so many offers them all where nothing is near. */
const OFFERED = 5;
/** Letters that may be wrong in a name: two, but fewer in a short one. */
const EDITS = 2;

interface Candidate {
  ord: number;
  id: string;
  name: string;
  district: string;
  searchName: string;
  isActive: boolean;
}

/**
 * Villages from messy spelling: spaces, "desa", capitals and two wrong letters do not matter. The kecamatan may be given
 * or written along ("tamansari licin", "karangrejo kec. blimbingsari"): it decides between villages of one name.
 * On a line that serves some villages only these are found; where they are few, they are offered.
 */
export const findVillage: LookUpAnswerer<'find_village'> = async (sql, requests) => {
  const asked = requests.map(({ args }) => read(args.text, args.district));
  const served = await servedBy(
    sql,
    requests.flatMap(({ asker }) => asker.lineId ?? []),
  );
  const { rows } = await sql.query<Candidate>(
    `SELECT q.ord::int AS ord, v.id, v.name, d.name AS district, v.search_name AS "searchName",
       v.state = 'active' AS "isActive"
     FROM unnest($1::text[]) WITH ORDINALITY AS q (name, ord)
     JOIN villages v ON similarity(v.search_name, q.name) > 0.15
       OR abs(length(v.search_name) - length(q.name)) <= 2 AND length(q.name) BETWEEN 3 AND 8
     JOIN districts d ON d.code = v.district_code`,
    [asked.map((ask) => ask.name)],
  );
  return asked.map((ask, n) => {
    const own = served.get(requests[n]!.asker.lineId ?? '');
    const near = rows
      .filter((row) => row.ord === n + 1 && (!own || own.some(({ id }) => id === row.id)))
      .map((row) => ({ row, edits: editsOf(ask, row) }))
      .filter(({ edits }) => edits !== null)
      .toSorted((a, b) => a.edits! - b.edits! || a.row.id.localeCompare(b.row.id));
    if (near.length === 0 && own && own.length <= OFFERED)
      return { count: own.length, exact: false, items: own };
    const isExact = near[0]?.edits === 0;
    const best = near.filter(({ edits }) => !isExact || edits === 0).slice(0, MOST);
    return { count: best.length, exact: isExact, items: best.map(({ row }) => toItem(row)) };
  });
};

/** The villages of those lines that do not serve all, by line. */
async function servedBy(sql: Sql, lineIds: string[]): Promise<Map<string, VillageFound[]>> {
  const byLine = new Map<string, VillageFound[]>();
  if (lineIds.length === 0) return byLine;
  const { rows } = await sql.query<VillageFound & { line: string }>(
    `SELECT s.line, v.id, v.name, d.name AS district, v.state = 'active' AS is_active
     FROM (SELECT id AS line, village_id FROM lines WHERE id = ANY ($1) AND village_id IS NOT NULL
       UNION SELECT line_id, village_id FROM line_villages WHERE line_id = ANY ($1)) s
     JOIN villages v ON v.id = s.village_id
     JOIN districts d ON d.code = v.district_code
     ORDER BY v.name, v.id`,
    [[...new Set(lineIds)]],
  );
  for (const { line, ...village } of rows) byLine.set(line, [...(byLine.get(line) ?? []), village]);
  return byLine;
}

/** How many letters off; null: another village. */
function editsOf(ask: Asked, row: Candidate): number | null {
  const district = letters(row.district);
  if (ask.district !== null && !isNear(ask.district, district)) return null;
  // Nineteen villages are called like their kecamatan: "genteng" alone must not be read as "…" + kecamatan.
  const written = [row.searchName, row.searchName + district];
  const edits = Math.min(...written.map((name) => distance(ask.name, name)));
  return edits <= allowed(ask.name) ? edits : null;
}

interface Asked {
  name: string;
  district: string | null;
}

function read(text: string, district?: string): Asked {
  const small = text.toLowerCase();
  const [before, after] = small.split(/\b(?:kec|kecamatan)\b\.?/u);
  const name = letters((before ?? '').replace(/\b(?:desa|ds|kelurahan|kel|kampung|kp)\b\.?/gu, ' '));
  const written = letters(district ?? after ?? '');
  return { name, district: written === '' ? null : written };
}

function letters(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFD')
    .replace(/[^a-z]/gu, '');
}

function isNear(typed: string, name: string): boolean {
  return distance(typed, name) <= allowed(typed);
}

function allowed(typed: string): number {
  return typed.length < 4 ? 0 : typed.length < 6 ? 1 : EDITS;
}

function toItem(row: Candidate): VillageFound {
  return { id: row.id, name: row.name, district: row.district, is_active: row.isActive };
}
