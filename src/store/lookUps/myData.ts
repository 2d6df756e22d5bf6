import type { MyData } from '../../core/lookup.js';
import type { LookUpAnswerer } from './answerer.js';

const NAMED = 10;
const LANGUAGES: { [code: string]: string } = {
  id: 'Bahasa Indonesia',
  en: 'English',
  jv: 'Basa Jawa',
  osi: 'Basa Osing',
  mad: 'Bhâsa Madhurâ',
};

/**
 * What is kept of the asker, to be read by them (UU 27/2022: the right to see): never another's, and nothing while
 * history is hidden. Requests and listings by their codes and days; words and files are counted.
 */
export const myData: LookUpAnswerer<'my_data'> = async (sql, requests) => {
  const ids = requests.flatMap(({ asker }) => (asker.hidden ? [] : (asker.residentId ?? [])));
  const { rows } = await sql.query<Row>(
    `SELECT r.id, r.name, v.name AS place, r.language, r.created_at AS since,
       (SELECT count(*)::int FROM addresses a WHERE a.resident_id = r.id AND a.merged_into IS NULL) AS accounts,
       (SELECT coalesce(json_agg(json_build_object('code', c.code, 'day', c.day) ORDER BY c.opened_at DESC), '[]')
        FROM (SELECT code, opened_at, to_char(opened_at AT TIME ZONE coalesce(v.zone, 'Asia/Jakarta'), 'DD-MM-YYYY') AS day
          FROM cases WHERE resident_id = r.id) c) AS cases,
       (SELECT coalesce(json_agg(json_build_object('code', l.code, 'day', l.title) ORDER BY l.created_at DESC), '[]')
        FROM listings l WHERE l.resident_id = r.id) AS listings,
       (SELECT count(*)::int FROM attachments f JOIN conversations k ON k.id = f.conversation_id
          JOIN addresses a ON a.id = k.address_id
        WHERE a.resident_id = r.id AND f.state IN ('waiting', 'stored')) AS files,
       (SELECT count(*)::int FROM inbound_messages m JOIN conversations k ON k.id = m.conversation_id
          JOIN addresses a ON a.id = k.address_id
        WHERE a.resident_id = r.id AND m.kind <> 'internal') AS messages,
       (SELECT coalesce(json_object_agg(p.purpose, p.given), '{}') FROM (
          SELECT DISTINCT ON (purpose) purpose, given FROM consents WHERE resident_id = r.id
          ORDER BY purpose, at DESC, id DESC) p) AS consents
     FROM residents r LEFT JOIN villages v ON v.id = r.village_id WHERE r.id = ANY ($1::uuid[])`,
    [ids],
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  return requests.map(({ asker }): MyData => {
    const row = asker.hidden ? undefined : byId.get(asker.residentId ?? '');
    if (!row) return NOTHING;
    return {
      found: true,
      name: row.name,
      place: row.place,
      language: LANGUAGES[row.language] ?? row.language,
      accounts: row.accounts,
      since: row.since.toISOString(),
      cases: listed(row.cases),
      listings: listed(row.listings),
      files: row.files,
      messages: row.messages,
      market: row.consents['market'] ? 'yes' : null,
      news: row.consents['notification'] ? 'yes' : null,
      reminders: row.consents['health_reminder'] ? 'yes' : null,
    };
  });
};

interface Row {
  id: string;
  name: string | null;
  place: string | null;
  language: string;
  since: Date;
  accounts: number;
  cases: Coded[];
  listings: Coded[];
  files: number;
  messages: number;
  consents: { [purpose: string]: boolean };
}

interface Coded {
  code: string;
  day: string;
}

const NOTHING: MyData = {
  found: false,
  name: null,
  place: null,
  language: null,
  accounts: 0,
  since: null,
  cases: null,
  listings: null,
  files: 0,
  messages: 0,
  market: null,
  news: null,
  reminders: null,
};

function listed(items: Coded[]): string | null {
  if (items.length === 0) return null;
  const shown = items.slice(0, NAMED).map(({ code, day }) => `${code} (${day})`);
  return items.length > NAMED ? `${shown.join(', ')}, … (${items.length})` : shown.join(', ');
}
