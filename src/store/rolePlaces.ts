import type { Sql } from './sql.js';

/** A kecamatan with its villages. */
export interface District {
  code: string;
  name: string;
  villages: string[];
}

/** The districts, by name; `villages` null: of the whole installation, else those that hold one of these. */
export async function listDistricts(sql: Sql, villages: readonly string[] | null): Promise<District[]> {
  const { rows } = await sql.query<District>(
    `SELECT d.code, d.name, array_agg(v.id ORDER BY v.id) AS villages
     FROM districts d JOIN villages v ON v.district_code = d.code
     GROUP BY d.code HAVING $1::text[] IS NULL OR array_agg(v.id) && $1 ORDER BY d.name`,
    [villages],
  );
  return rows;
}

/** A district by its code (35.10.25) or its name as written ("Kec. Blimbingsari", "blimbing sari"); null where there is none. */
export async function findDistrict(sql: Sql, typed: string): Promise<District | null> {
  const code = typed.trim();
  const name = letters(code.replace(/^kec(?:amatan|\.)?\s+/iu, ''));
  const districts = await listDistricts(sql, null);
  return districts.find((district) => district.code === code || letters(district.name) === name) ?? null;
}

function letters(text: string): string {
  return text.toLowerCase().replace(/[^a-z]/gu, '');
}
