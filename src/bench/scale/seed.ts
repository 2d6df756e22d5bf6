import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { newCaseCode } from '../../core/code.js';
import type { Sealer } from '../../core/ports.js';

/** How large an installation is: all 217 villages, and what they have done. */
export interface Size {
  cases: number;
  /** Over so many days: a young installation is as busy as an old one, it has only begun later. */
  days: number;
}

export const SMALL: Size = { cases: 10_000, days: 12 };
export const LARGE: Size = { cases: 1_000_000, days: 1_200 };

/** Messages of a request, both ways. */
const MESSAGES = 10;
/** Cases that wait in a village, on average: an office keeps up, or it would not be there after three years. */
const OPEN = 20;
const VILLAGES = 217;

/** What the measured pages are asked for. */
export interface Seeded {
  /** Villages from the busiest to the quietest. */
  villages: string[];
  messages: number;
}

/** The id of row `n` of a kind: in the order of n, as a UUIDv7 is in the order of time. */
const id = (kind: number, n: string) =>
  `('019${kind.toString(16)}' || lpad(to_hex((${n}) >> 16), 4, '0') || '-' || lpad(to_hex((${n}) & 65535), 4, '0') || '-7000-8000-000000000000')::uuid`;
const [OFFICER, RESIDENT, ADDRESS, CONVERSATION, CASE, DRAFT, EVENT, LETTER, NOTE, AUDIT] = [
  1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
] as const;

/** A number that looks drawn and is the same each time, from 0 to `below` - 1. */
const drawn = (n: string, salt: number, below: number | string) =>
  `(('x' || substr(md5((${n})::text || '/${salt}'), 1, 7))::bit(28)::int % (${below}))`;

const GIVEN =
  'Siti,Budi,Sri,Agus,Dewi,Slamet,Wati,Joko,Ani,Hadi,Rina,Suparman,Yuli,Wahyu,Endang,Bambang,Lestari,Sutrisno,Nur,Edi,Fitri,Mulyono,Tutik,Hendra,Umi,Samsul,Ratna,Imam,Indah,Rohmat,Sumiati,Taufik';
const FAMILY =
  'Aminah,Santoso,Rahayu,Wibowo,Lestari,Hidayat,Utami,Prasetyo,Handayani,Setiawan,Kusuma,Widodo,Astuti,Nugroho,Susanti,Purnomo,Wulandari,Saputra,Hasanah,Kurniawan,Mariyah,Firmansyah,Anggraini,Suryadi';
const SERVICES =
  'usaha,usaha,usaha,domisili,domisili,sktm,sktm,kehilangan,penghasilan,belum_menikah,ktp,kk,kematian,akta_lahir,infrastruktur,bansos.usul,skck,beda_nama';
const LETTERS =
  "('usaha','domisili','sktm','kehilangan','penghasilan','belum_menikah','kematian','beda_nama')";
const GOODS = 'Warung,Toko,Bengkel,Katering,Kios buah,Jahit,Cuci motor,Kopi,Batik,Ternak';

const list = (words: string) => `(string_to_array('${words}', ','))`;
const pick = (words: string, n: string, salt: number) =>
  `${list(words)}[1 + ${drawn(n, salt, words.split(',').length)}]`;

/**
 * Fills a migrated and seeded database, by statements over whole tables: villages, officers, residents with a chat each,
 * cases with their history, letters, messages, notifications, ratings and the record of acts, in the proportions of a
 * village office. Indexes are made after the rows. Triggers rest meanwhile: what they keep (case_search) is made at the end.
 */
export async function seedScale(
  databaseUrl: string,
  size: Size,
  sealer: Sealer,
  tell: (step: string) => void,
): Promise<Seeded> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'kentongan bench' });
  await client.connect();
  try {
    await client.query(`SET temp_buffers = '1GB'; SET session_replication_role = replica; SET work_mem = '256MB';
      SET maintenance_work_mem = '1GB'; SET synchronous_commit = off; SET jit = off`);
    const indexes = await dropIndexes(client);
    for (const [name, statement] of statements(size)) {
      tell(name);
      await client.query(statement);
      if (name === 'codes') await copyCodes(client, size.cases);
    }
    tell('letters');
    await copyLetters(client, sealer);
    for (const index of indexes) {
      tell(index.split(' ON ')[0]!);
      await client.query(index);
    }
    tell('case_search');
    await fillSearch(client, size.cases);
    tell('vacuum');
    await client.query('VACUUM (ANALYZE)');
    const { rows } = await client.query<{ id: string }>(
      'SELECT village_id AS id FROM cases GROUP BY 1 ORDER BY count(*) DESC',
    );
    return { villages: rows.map((row) => row.id), messages: size.cases * MESSAGES };
  } finally {
    await client.end();
  }
}

const BIG =
  "('cases', 'case_events', 'inbound_messages', 'outbound_messages', 'notifications', 'letters', 'audit_log')";

/** Takes away what is not a key of these tables; answers how to make it again. */
async function dropIndexes(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string; made: string }>(
    `SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS made FROM pg_index i
     JOIN pg_class t ON t.oid = i.indrelid
     WHERE t.relname IN ${BIG} AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)`,
  );
  for (const { name } of rows) await client.query(`DROP INDEX ${name}`);
  return rows.map(({ made }) => made);
}

function statements({ cases, days }: Size): [name: string, statement: string][] {
  const residents = Math.max(VILLAGES * 10, Math.round((cases * 0.45) / VILLAGES) * VILLAGES);
  const perVillage = residents / VILLAGES;
  const open = Math.min(VILLAGES * OPEN, Math.round(cases / 2));
  const closed = cases - open;
  // The busiest village has some six times the mean; what waits is spread evenly.
  const village = `CASE WHEN n > ${closed} THEN (n % ${VILLAGES}) + 1
    ELSE 1 + floor(${VILLAGES} * power(${drawn('n', 1, 1_000_000)} / 1000000.0, 1.5))::int END`;
  const officer = (role: number) => id(OFFICER, `(v - 1) * 7 + ${role}`);
  return [
    [
      'villages',
      `UPDATE villages SET state = 'active', introduction = 'none';
       CREATE TEMP TABLE places AS SELECT row_number() OVER (ORDER BY md5(id)) AS v, id FROM villages;
       ALTER TABLE places ADD PRIMARY KEY (v);
       INSERT INTO lines (id, platform, name, state) VALUES ('telegram:1', 'telegram', 'desa_bot', 'up');`,
    ],
    [
      'officers',
      `INSERT INTO officers (id, name, pace, created_at)
       SELECT ${id(OFFICER, 'n')}, ${pick(GIVEN, 'n', 2)} || ' ' || ${pick(FAMILY, 'n', 3)}, 'console', now() - interval '${days} days'
       FROM generate_series(0, ${VILLAGES * 7 - 1}) n;
       INSERT INTO officer_roles (id, officer_id, village_id, role)
       SELECT gen_random_uuid(), ${id(OFFICER, '(v - 1) * 7 + r.n')}, p.id, r.role FROM places p
       CROSS JOIN (VALUES (0, 'sekretaris'), (1, 'kepala_desa'), (2, 'operator'), (3, 'kasi_pelayanan'), (4, 'kasi_kesejahteraan'),
         (5, 'bidan'), (6, 'operator')) AS r (n, role);`,
    ],
    [
      'residents',
      `INSERT INTO residents (id, village_id, name)
       SELECT ${id(RESIDENT, 'n')}, p.id, ${pick(GIVEN, 'n', 4)} || ' ' || ${pick(FAMILY, 'n', 5)} || CASE WHEN n % 3 = 0 THEN ' ' || ${pick(FAMILY, 'n', 6)} ELSE '' END
       FROM generate_series(0, ${residents - 1}) n JOIN places p ON p.v = n % ${VILLAGES} + 1;
       INSERT INTO addresses (id, platform, resident_id, confirmed_at)
       SELECT ${id(ADDRESS, 'n')}, 'telegram', ${id(RESIDENT, 'n')}, now() FROM generate_series(0, ${residents - 1}) n;
       INSERT INTO conversations (id, address_id, line_id, chat_id, met_at, last_inbound_at)
       SELECT ${id(CONVERSATION, 'n')}, ${id(ADDRESS, 'n')}, 'telegram:1', (100000 + n)::text, now() - interval '1 day', now() - interval '1 hour'
       FROM generate_series(0, ${residents - 1}) n;`,
    ],
    ['codes', 'CREATE TEMP TABLE codes (n int PRIMARY KEY, code text NOT NULL);'],
    [
      'cases',
      `CREATE TEMP TABLE plan AS
       SELECT n, c.code, v, (v - 1 + ${VILLAGES} * ${drawn('n', 7, perVillage)})::int AS who, ${pick(SERVICES, 'n', 8)} AS service,
         CASE WHEN n > ${closed} THEN ${list('open,open,open,open,in_hand,in_hand,in_hand,asked,signing,ready')}[1 + ${drawn('n', 9, 10)}]
           ELSE ${list('finished,finished,finished,finished,finished,finished,finished,finished,refused,cancelled,forwarded,finished')}[1 + ${drawn('n', 9, 12)}] END AS status,
         now() - CASE WHEN n > ${closed} THEN interval '4 days' * (${cases} - n) / ${open}
           ELSE interval '5 days' + interval '${days} days' * (${closed} - n) / ${closed} END AS at
       FROM (SELECT n, ${village} AS v FROM generate_series(1, ${cases}) n) s JOIN codes c USING (n);
       ANALYZE plan;
       INSERT INTO cases (id, code, draft_id, village_id, service, flow, status, resident_id, conversation_id, answers,
         opened_at, due_at, officer_id, taken_at, closed_at, last_words, event_count, step, assigned_id, assigned_at)
       SELECT ${id(CASE, 'n')}, code, ${id(DRAFT, 'n')}, p.id, service, 'business-letter', status, ${id(RESIDENT, 'who')}, ${id(CONVERSATION, 'who')},
         jsonb_build_object('business_name', ${pick(GOODS, 'n', 10)} || ' ' || ${pick(GIVEN, 'n', 11)}, 'kind', 'trade',
           'address', 'Krajan RT ' || (n % 9 + 1) || ' RW ' || (n % 4 + 1), 'since', 2000 + n % 25),
         at, at + interval '2 days',
         CASE WHEN status = 'open' THEN NULL WHEN status IN ('signing', 'ready') THEN NULL ELSE ${officer(2)} END,
         CASE WHEN status <> 'open' THEN at + interval '2 hours' END,
         CASE WHEN n <= ${closed} THEN at + interval '1 day' * (1 + ${drawn('n', 12, 3)}) END,
         CASE WHEN n <= ${closed} THEN 'Sudah selesai, silakan diambil di kantor desa.' END,
         CASE WHEN n <= ${closed} THEN 4 ELSE 2 END,
         CASE WHEN status IN ('open', 'in_hand', 'asked') THEN 'verify' WHEN status = 'signing' THEN 'sign' END,
         CASE WHEN n > ${closed} AND status <> 'ready' THEN ${officer(2)} END, at
       FROM plan JOIN places p USING (v) ORDER BY n;`,
    ],
    [
      'events',
      `INSERT INTO case_events (id, case_id, number, kind, officer_id, data, at)
       SELECT ${id(EVENT, 'n * 4 + e.number')}, ${id(CASE, 'n')}, e.number,
         CASE e.number WHEN 1 THEN 'case_opened' WHEN 2 THEN 'case_taken' WHEN 3 THEN 'case_verified'
           ELSE CASE status WHEN 'refused' THEN 'case_refused' WHEN 'cancelled' THEN 'case_cancelled' WHEN 'forwarded' THEN 'case_forwarded' ELSE 'case_finished' END END,
         CASE WHEN e.number > 1 THEN ${officer(2)} END,
         CASE WHEN e.number = 4 THEN jsonb_build_object('text', 'Sudah selesai, silakan diambil di kantor desa.')
           WHEN e.number = 3 THEN '{"next": "sign"}'::jsonb WHEN e.number = 1 THEN '{"step": "verify"}'::jsonb ELSE '{}'::jsonb END,
         at + interval '4 hours' * (e.number - 1)
       FROM plan JOIN places USING (v)
       CROSS JOIN generate_series(1, 4) AS e (number)
       WHERE e.number <= CASE WHEN n <= ${closed} THEN 4 WHEN status = 'open' THEN 1 ELSE 2 END;`,
    ],
    [
      'messages',
      `INSERT INTO inbound_messages (line_id, external_id, conversation_id, kind, body, sent_at, received_at, handled_at)
       SELECT 'telegram:1', n || ':' || m, ${id(CONVERSATION, 'who')}, 'text',
         jsonb_build_object('kind', 'text', 'text', 'jawaban ke ' || m || ' untuk surat ' || service), at - interval '1 minute' * (5 - m), at - interval '1 minute' * (5 - m), at
       FROM plan CROSS JOIN generate_series(1, ${MESSAGES / 2}) m;
       INSERT INTO outbound_messages (conversation_id, line_id, body, state, attempts, external_ids, created_at, sent_at)
       SELECT ${id(CONVERSATION, 'who')}, 'telegram:1',
         jsonb_build_object('text', 'Pertanyaan ke ' || m || ': di mana alamat usahanya? Tulis dusun, RT dan RW, atau ketik "batal".'), 'sent', 1,
         ARRAY[n || '.' || m], at - interval '1 minute' * (5 - m), at - interval '1 minute' * (5 - m)
       FROM plan CROSS JOIN generate_series(1, ${MESSAGES / 2}) m;`,
    ],
    [
      'notifications',
      `INSERT INTO notifications (id, officer_id, kind, subject_id, number, vars, created_at, told_at, error)
       SELECT ${id(NOTE, 'n')}, ${officer(2)}, 'officer-new-case', ${id(CASE, 'n')}, 1,
         jsonb_build_object('code', code, 'service', service, 'resident', 'Siti', 'village', 'Desa'), at, at, 'no_address'
       FROM plan;`,
    ],
    [
      'audit',
      `INSERT INTO audit_log (id, at, officer_id, action, subject_kind, subject_id, data, village_id, case_id)
       SELECT ${id(AUDIT, 'n')}, at + interval '2 hours', ${officer(2)}, 'case_taken', 'case', ${id(CASE, 'n')}::text,
         jsonb_build_object('code', code), p.id, ${id(CASE, 'n')}
       FROM plan JOIN places p USING (v) ORDER BY n;
       INSERT INTO case_ratings (case_id, asked_at, score, rated_at)
       SELECT ${id(CASE, 'n')}, at, 1 + ${drawn('n', 14, 5)}, at FROM plan WHERE status = 'finished' AND n % 4 = 0;`,
    ],
    ['analyze', 'ANALYZE'],
  ];
}

/** Codes have a check character of their own (core/code.ts): made here, each once. */
async function copyCodes(client: pg.Client, count: number): Promise<void> {
  const codes = new Set<string>();
  while (codes.size < count) codes.add(newCaseCode((bytes) => randomBytes(bytes)));
  function* lines(): Generator<string> {
    let n = 0;
    for (const code of codes) yield `${(n += 1)}\t${code}\n`;
  }
  await pipeline(Readable.from(chunks(lines())), client.query(copyFrom('COPY codes (n, code) FROM STDIN')));
  await client.query('ANALYZE codes');
}

/** Finished letters, numbered as a village numbers them; what they say of their resident lies sealed, as it does. */
async function copyLetters(client: pg.Client, sealer: Sealer): Promise<void> {
  const { rows } = await client.query<{ n: number; line: string; letter: string; name: string }>(
    `SELECT n, ${id(LETTER, 'n')}::text AS letter, r.name,
       concat_ws(E'\\t', ${id(LETTER, 'n')}, ${id(CASE, 'n')}, p.id, service, 'Surat Keterangan', '400.12.2.1', '400.12.2.1',
         extract(year FROM at)::int, row_number() OVER w, '400.12.2.1/' || (row_number() OVER w) || '/429.517.06/' || extract(year FROM at)::int,
         'wet', 'issued', ${id(OFFICER, '(v - 1) * 7 + 1')}, 'Kepala Desa', 'Kepala Desa', 'S.A.', encode(sha256(n::text::bytea), 'hex'), at + interval '1 day', (at + interval '1 day')::date) AS line
     FROM plan JOIN places p USING (v) JOIN residents r ON r.id = ${id(RESIDENT, 'who')}
     WHERE status = 'finished' AND service IN ${LETTERS}
     WINDOW w AS (PARTITION BY v, extract(year FROM at) ORDER BY n)`,
  );
  function* lines(): Generator<string> {
    for (const { line, letter, name } of rows)
      yield `${line}\t${sealer.seal('letter', letter, { names: [name], fields: { name } })}\n`;
  }
  await pipeline(
    Readable.from(chunks(lines())),
    client.query(
      copyFrom(`COPY letters (id, case_id, village_id, service, title, classification, counter, year, sequence, number, way, state,
        signer_id, signer_name, signer_title, initials, token_hash, issued_at, issued_on, private) FROM STDIN`),
    ),
  );
}

/** Lines in pieces of about 64 kB. */
function* chunks(lines: Iterable<string>): Generator<string> {
  let piece = '';
  for (const line of lines) {
    piece += line;
    if (piece.length < 65_536) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}

const SEARCH_AT_ONCE = 50_000;

/** What cases are found by, as the triggers would have made it; its indexes are made after the rows. */
async function fillSearch(client: pg.Client, cases: number): Promise<void> {
  const { rows } = await client.query<{ name: string; made: string }>(
    `SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS made FROM pg_index i
     WHERE i.indrelid = 'case_search'::regclass AND NOT i.indisprimary`,
  );
  for (const { name } of rows) await client.query(`DROP INDEX ${name}`);
  for (let from = 1; from <= cases; from += SEARCH_AT_ONCE)
    await client.query(
      `SELECT refresh_case_search(ARRAY(SELECT ${id(CASE, 'n')} FROM generate_series($1::int, $2::int) n))`,
      [from, Math.min(from + SEARCH_AT_ONCE - 1, cases)],
    );
  for (const { made } of rows) await client.query(made);
}
