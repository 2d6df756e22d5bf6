import { distance } from 'fastest-levenshtein';
import type { VillageFound } from '../../core/lookup.js';
import type { LookUpAnswerer } from './answerer.js';

const MOST = 5;
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
 */
export const findVillage: LookUpAnswerer<'find_village'> = async (sql, requests) => {
  const asked = requests.map(({ args }) => read(args.text, args.district));
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
    const near = rows
      .filter((row) => row.ord === n + 1)
      .map((row) => ({ row, edits: editsOf(ask, row) }))
      .filter(({ edits }) => edits !== null)
      .toSorted((a, b) => a.edits! - b.edits! || a.row.id.localeCompare(b.row.id));
    const isExact = near[0]?.edits === 0;
    const best = near.filter(({ edits }) => !isExact || edits === 0).slice(0, MOST);
    return { count: best.length, exact: isExact, items: best.map(({ row }) => toItem(row)) };
  });
};

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
