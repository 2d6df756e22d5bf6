import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { FormField } from '../../src/core/formField.js';
import { formWords } from '../../src/web/formWords.js';
import { aWeb, form as posted, from, withCookie } from './support.js';
import type { Web } from './support.js';

const NIK = '3510121708900001';
const ALL: FormField[] = [
  { id: 'nik', type: 'nik', label: 'NIK', hint: null, optional: false },
  { id: 'kk', type: 'family_card', label: 'No. KK', hint: null, optional: true },
  { id: 'name', type: 'person_name', label: 'Nama', hint: null, optional: true },
  { id: 'born', type: 'date', label: 'Lahir', hint: null, optional: true },
  { id: 'note', type: 'text', label: 'Catatan', hint: null, optional: true },
  { id: 'phone', type: 'phone', label: 'HP', hint: null, optional: true },
];

let web: Web;
const logged: string[] = [];
beforeAll(async () => {
  const log = (fields: object, message: string) => void logged.push(JSON.stringify({ ...fields, message }));
  web = await aWeb({ log: { info: log, warn: log, error: log } });
});
beforeEach(() => void (web.clock.now = new Date()));
afterAll(() => web?.drop());

const get = async (path: string) => await web.app.request(path);
const post = async (path: string, fields: { [name: string]: string }, headers: HeadersInit = {}) => {
  const { headers: own, ...init } = posted(fields);
  return await web.app.request(path, { ...init, headers: { ...own, ...headers } });
};
const quiet = { Accept: 'application/json' };
/** What the page's script is told of a field. */
const told = async (path: string, fields: { [name: string]: string }) =>
  (await (await post(path, fields, quiet)).json()) as { [field: string]: { saved: boolean; text: string } };
/** What is kept, opened. */
async function kept(formId: string): Promise<{ [field: string]: unknown }> {
  const { rows } = await web.pool.query<{ id: string; value: string }>(
    'SELECT id, value FROM form_values WHERE form_id = $1 AND value IS NOT NULL',
    [formId],
  );
  const opened = rows.map(({ id, value }) => web.deps.sealer.open('form', id, value));
  return Object.fromEntries(opened.map(({ field, value }) => [field, value]));
}

test('each kind of entry is read in the ways that people write it', async () => {
  const { id, path } = await web.form({ fields: ALL });
  await told(path, {
    nik: '3510 1217 0890 0001',
    kk: '3510.1201.0207.0003',
    name: 'siti  aminah',
    born: '17/8/1990',
    note: `rumah biru, NIK ${NIK}`,
    phone: '+62 812-3456-7890',
  });
  expect(await kept(id)).toEqual({
    nik: NIK,
    kk: '3510120102070003',
    name: 'siti aminah',
    born: '1990-08-17',
    note: 'rumah biru, NIK 351012******0001',
    phone: '6281234567890',
  });
});

test('what does not fit is told, is not kept, and is not on the page again', async () => {
  const { id, path } = await web.form({ fields: ALL });
  const wrong = {
    nik: '351012170890',
    name: '12345',
    born: '31-02-1990',
    phone: '123',
    note: 'x',
    kk: 'lupa',
  };
  const answer = await told(path, wrong);
  expect(Object.values(answer).every(({ saved }) => !saved)).toBe(true);
  expect(answer.nik!.text).toBe('Harus 16 angka; ini 12 angka.');
  expect(await kept(id)).toEqual({});
  const page = await post(path, wrong);
  expect(page.status).toBe(422);
  const html = await page.text();
  for (const entry of ['351012170890', '12345', '31-02-1990']) expect(html).not.toContain(entry);
  expect(html).toContain('aria-invalid="true"');
});

test('an entry that is wrong leaves the one before it', async () => {
  const { id, path } = await web.form();
  await told(path, { nik: NIK });
  expect((await told(path, { nik: '1' })).nik).toEqual({
    saved: false,
    text: 'Harus 16 angka; ini 1 angka.',
  });
  expect(await kept(id)).toEqual({ nik: NIK });
});

test('a photo is what its bytes are, is drawn anew, and replaces the one before', async () => {
  const { id, path, conversationId } = await web.form();
  const send = async (bytes: Uint8Array, name: string, type: string) => {
    const body = new FormData();
    body.append('ktp', new File([new Uint8Array(bytes)], name, { type }));
    const headers = { Origin: 'http://localhost', Host: 'localhost', ...quiet };
    const answer = await web.app.request(path, { method: 'POST', body, headers });
    return ((await answer.json()) as { ktp: { saved: boolean; text: string } }).ktp;
  };
  const photo = await sharp({ create: { width: 2400, height: 900, channels: 3, background: '#553311' } })
    .withExif({ IFD0: { Make: 'Ponsel' } })
    .jpeg()
    .toBuffer();
  expect((await send(Buffer.from('%PDF-1.7 bukan foto'), 'ktp.jpg', 'image/jpeg')).saved).toBe(false);
  expect((await send(Buffer.from('<script>'), 'ktp.jpg', 'image/jpeg')).text).toContain('bukan foto');
  expect((await send(photo.subarray(0, 400), 'ktp.jpg', 'image/jpeg')).text).toContain('tidak terbaca');
  expect(await send(photo, 'x.exe', 'text/plain')).toEqual({ saved: true, text: expect.any(String) });
  expect((await send(photo, 'lagi.jpg', 'image/jpeg')).saved).toBe(true);
  const { rows } = await web.pool.query<{ id: string; state: string; isRestricted: boolean; width: number }>(
    `SELECT id, state, is_restricted AS "isRestricted", width FROM attachments WHERE conversation_id = $1 ORDER BY id`,
    [conversationId],
  );
  expect(rows.map(({ state }) => state)).toEqual(['erased', 'stored']);
  expect(rows[1]).toMatchObject({ isRestricted: true, width: 1600 });
  const stored = web.files.get(rows[1]!.id)!;
  expect((await sharp(stored.bytes).metadata()).exif).toBeUndefined();
  const { rows: values } = await web.pool.query('SELECT attachment_id FROM form_values WHERE form_id = $1', [
    id,
  ]);
  expect(values).toEqual([{ attachment_id: rows[1]!.id }]);
});

test('only "Kirim" ends it, once, and the conversation is woken', async () => {
  const { path, conversationId } = await web.form();
  expect((await post(path, { nik: NIK, simpan: '1' })).status).toBe(200);
  expect(web.nudged.converse).toBe(0);
  const done = await post(path, { kirim: '1' });
  expect(done.status).toBe(200);
  expect(await done.text()).toContain('Sudah kami terima');
  expect(web.nudged.converse).toBe(1);
  for (const again of [await get(path), await post(path, { nik: NIK }), await post(path, { kirim: '1' })])
    expect(again.status).toBe(410);
  const { rows } = await web.pool.query(
    `SELECT body FROM inbound_messages WHERE conversation_id = $1 AND kind = 'internal'`,
    [conversationId],
  );
  expect(rows).toHaveLength(1);
});

test('an ended link and a foreign one say what to type in the chat, in the words of whoever was given it', async () => {
  const { path } = await web.form({ language: 'jv' });
  web.clock.now = new Date(web.clock.now.getTime() + 7_201_000);
  const ended = await get(path);
  expect(ended.status).toBe(410);
  expect(await ended.text()).toContain(formWords('jv').t('form.expired').replaceAll('"', '&quot;'));
  for (const strange of [
    '/isi/abc',
    `/isi/${'A'.repeat(22)}`,
    '/isi/..%2f..%2fconsole',
    `/isi/form-${'0'.repeat(36)}-1`,
  ]) {
    const answer = await get(strange);
    expect(answer.status).toBe(404);
    expect(await answer.text()).not.toContain('Siti');
  }
});

test.each([
  ['id', 'Isi data dengan aman', 'Kantor Desa Gintangan'],
  ['en', 'Enter your details safely', 'Village office of Gintangan'],
  ['jv', 'Isi data kanthi aman', 'Kantor Desa Gintangan'],
  ['mad', 'Isi data dengan aman', 'Kantor Desa Gintangan'],
])('the page speaks the language of the conversation: %s', async (language, title, office) => {
  const { path } = await web.form({ language });
  const html = await (await get(path)).text();
  expect(html).toContain(`<html lang="${language === 'mad' ? 'id' : language}">`);
  expect(html).toContain(title);
  expect(html).toContain(office);
  // Nothing tells whose it is.
  expect(html).not.toContain('Aminah');
});

describe('nobody else gets in', () => {
  test('a form of another site is refused, from browsers old and new', async () => {
    const { id, path } = await web.form();
    const strangers: Record<string, string>[] = [
      { Origin: 'https://penipu.example' },
      { Origin: 'https://penipu.example', 'Sec-Fetch-Site': 'cross-site' },
      { Origin: 'null', 'Sec-Fetch-Site': 'cross-site' },
      { Origin: 'null', 'Sec-Fetch-Site': 'same-site' },
    ];
    for (const headers of strangers) expect((await post(path, { nik: NIK }, headers)).status).toBe(403);
    expect(await kept(id)).toEqual({});
    // Our own, of a browser that refers to nothing: new, and too old to say more.
    expect((await post(path, { nik: NIK }, { Origin: 'null', 'Sec-Fetch-Site': 'same-origin' })).status).toBe(
      200,
    );
    expect((await post(path, { nik: NIK }, { Origin: 'null' })).status).toBe(200);
    // Elsewhere such a browser is refused as before.
    expect((await post('/console/masuk', {}, { Origin: 'null' })).status).toBe(403);
  });

  test('who asks without end is told to wait', async () => {
    const { path } = await web.form();
    const guess = async () => (await web.app.request(path, {}, from('203.0.113.9'))).status;
    const answers = new Set<number>();
    for (let n = 0; n < 241; n++) answers.add(await guess());
    expect([...answers]).toEqual([200, 429]);
    expect((await web.app.request(path, {}, from('203.0.113.10'))).status).toBe(200);
  });

  test('what cannot be read is refused, and nothing of it is kept', async () => {
    const { id, path } = await web.form();
    const headers = {
      Origin: 'http://localhost',
      Host: 'localhost',
      'Content-Type': 'multipart/form-data; boundary=x',
    };
    const answer = await web.app.request(path, { method: 'POST', body: `nik=${NIK}`, headers });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await kept(id)).toEqual({});
  });

  test('what is too large is refused', async () => {
    const { path } = await web.form();
    const headers = {
      Origin: 'http://localhost',
      Host: 'localhost',
      'Content-Length': String(30 * 1024 * 1024),
    };
    const body = new URLSearchParams({ nik: 'x' });
    expect((await web.app.request(path, { method: 'POST', body, headers })).status).toBe(413);
  });
});

test('neither link nor entry comes into the log, whatever is asked', async () => {
  const { path, token } = await web.form();
  await get(path);
  await post(path, { nik: NIK });
  await post(path, { nik: '351012170890' });
  await get(`${path}/lebih`);
  await web.app.request(path, { method: 'DELETE' });
  const all = logged.join('\n');
  expect(all).toContain('/isi/:token');
  for (const secret of [token, NIK, '351012170890']) expect(all).not.toContain(secret);
});

test('an officer sees an entry in clear on their word alone, of a case that they may see, and it is written down', async () => {
  const { code, id: caseId } = await web.case();
  const { valueIds } = await web.form({ caseId, values: { nik: NIK } });
  const other = await web.case();
  await web.officer({
    username: 'pelayanan',
    roles: [{ role: 'kasi_pelayanan', village: '35.10.25.2004' }],
  });
  const cookie = await web.signIn('pelayanan');
  const page = await (await web.app.request(`/console/kasus/${code}`, withCookie(cookie))).text();
  expect(page).toContain('351012******0001');
  expect(page).not.toContain(NIK);
  const looks = async () =>
    (await web.pool.query(`SELECT data FROM audit_log WHERE action = 'form.value_read'`)).rows;
  // Of another case, and of none.
  for (const path of [`${other.code}/isian/${valueIds[0]}`, `${code}/isian/${caseId}`])
    expect((await web.app.request(`/console/kasus/${path}`, posted({}, cookie))).status).toBe(404);
  expect(await looks()).toEqual([]);
  const opened = await web.app.request(`/console/kasus/${code}/isian/${valueIds[0]}`, posted({}, cookie));
  expect(opened.headers.get('cache-control')).toBe('no-store');
  expect(await opened.text()).toContain(NIK);
  expect(await looks()).toEqual([{ data: { code, value: valueIds[0] } }]);
});

test('an entry that was put in the place of another, or does not open, is nobody’s to see; the case still is', async () => {
  const { code, id: caseId } = await web.case();
  const fields: FormField[] = [
    { id: 'nik', type: 'nik', label: 'NIK', hint: null, optional: false },
    { id: 'kk', type: 'family_card', label: 'No. KK', hint: null, optional: true },
  ];
  const { id, valueIds } = await web.form({ caseId, fields, values: { nik: NIK, kk: '3510120102070003' } });
  // The sealed value of one row moved into the other.
  await web.pool.query(
    `UPDATE form_values v SET value = o.value FROM form_values o
     WHERE v.form_id = $1 AND o.form_id = $1 AND v.field = 'kk' AND o.field = 'nik'`,
    [id],
  );
  await web.officer({ username: 'sekdes', roles: [{ role: 'sekretaris', village: '35.10.25.2004' }] });
  const cookie = await web.signIn('sekdes');
  const page = await (await web.app.request(`/console/kasus/${code}`, withCookie(cookie))).text();
  expect(page.match(/351012\*{6}0001/gu)).toHaveLength(1);
  const answers = await Promise.all(
    valueIds.map(
      async (value) =>
        (await web.app.request(`/console/kasus/${code}/isian/${value}`, posted({}, cookie))).status,
    ),
  );
  expect(answers.toSorted((a, b) => a - b)).toEqual([200, 404]);
});
