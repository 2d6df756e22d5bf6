import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aWeb, form, GENTENG, GINTANGAN, withCookie } from './support.js';
import type { Web } from './support.js';

/** Everybody of the village office signs in; a complaint about an ordinary officer is sealed to the secretary. */
const PEOPLE = {
  secretary: [{ role: 'sekretaris', village: GINTANGAN }],
  head: [{ role: 'kepala_desa', village: GINTANGAN }],
  operator: [{ role: 'operator', village: GINTANGAN }],
  services: [{ role: 'kasi_pelayanan', village: GINTANGAN }],
  welfare: [{ role: 'kasi_kesejahteraan', village: GINTANGAN }],
  villageKeeper: [{ role: 'admin', village: GINTANGAN }],
  keeper: [{ role: 'admin', village: null }],
  /** Given the secretary's role by whoever runs the computer, after the complaint. */
  promoted: [
    { role: 'sekretaris', village: GINTANGAN },
    { role: 'admin', village: null },
  ],
  stranger: [{ role: 'sekretaris', village: GENTENG }],
};
const OTHERS = Object.keys(PEOPLE).filter((who) => who !== 'secretary');

let web: Web;
const cookies: { [who: string]: string } = {};
let code: string;
let photo: string;

beforeAll(async () => {
  web = await aWeb();
  const ids: { [who: string]: string } = {};
  for (const [username, roles] of Object.entries(PEOPLE)) {
    ids[username] = (await web.officer({ name: username, username, roles })).id;
    cookies[username] = await web.signIn(username);
  }
  const made = await web.case({
    service: 'keluhan.petugas',
    isConfidential: true,
    answers: {},
    private: { what: 'Diminta lima puluh ribu' },
    resident: 'Siti Pelapor',
  });
  code = made.code;
  await web.pool.query(
    `UPDATE cases SET receiver_role = 'sekretaris', receiver_ids = $2, due_at = $3 WHERE id = $1`,
    [made.id, [ids['secretary']], new Date(0)],
  );
  await web.pool.query(
    `INSERT INTO case_events (id, case_id, number, kind, at, sealed) VALUES ($1, $2, 2, 'case_noted', now(), $3)`,
    [newId(), made.id, web.deps.sealer.seal('case', made.id, { text: 'Sudah dipanggil Senin' })],
  );
  photo = await web.file({ caseId: made.id });
});
afterAll(() => web.drop());

/** Every list of cases that an officer has. */
const LISTS = ['/console', '/console/papan', '/console/cari', '/console/cari?keadaan=open'];
const get = async (who: string, path: string) => await web.app.request(path, withCookie(cookies[who]!));

describe('a sealed complaint', () => {
  test('its receiver finds it in the list, counted, with its page and its files', async () => {
    for (const path of LISTS) expect(await (await get('secretary', path)).text(), path).toContain(code);
    // Its words and its names are in no search: only its code is.
    expect(await (await get('secretary', '/console/cari?q=pelapor')).text()).not.toContain(code);
    expect(await (await get('secretary', `/console/cari?q=${code.slice(0, 4)}`)).text()).toContain(code);
    expect((await get('secretary', `/console/kasus/${code}`)).status).toBe(200);
    expect((await get('secretary', `/console/berkas/${photo}`)).status).toBe(200);
  });

  test.each(OTHERS)('%s finds it nowhere', async (who) => {
    for (const path of [...LISTS, '/console/cari?q=pelapor', `/console/cari?q=${code.slice(0, 4)}`]) {
      const list = await (await get(who, path)).text();
      expect(list, path).not.toContain(code);
      expect(list, path).not.toContain('Siti Pelapor');
    }
    for (const path of [`/console/kasus/${code}`, `/console/kasus/${code}/live`, `/console/berkas/${photo}`])
      expect([path, (await get(who, path)).status]).toEqual([path, 404]);
    for (const act of ['take', 'note', 'finish', 'buka']) {
      const sent = await web.app.request(`/console/kasus/${code}/${act}`, form({ text: 'x' }, cookies[who]));
      expect([act, sent.status]).toEqual([act, 404]);
    }
  });

  test.each(OTHERS)('%s has it in no count', async (who) => {
    const before = await (await get(who, '/console/papan')).text();
    await web.pool.query(`UPDATE cases SET status = 'cancelled' WHERE code = $1`, [code]);
    const without = await (await get(who, '/console/papan')).text();
    await web.pool.query(`UPDATE cases SET status = 'open' WHERE code = $1`, [code]);
    expect(counts(before).length).toBeGreaterThanOrEqual(3);
    expect(counts(before)).toEqual(counts(without));
  });

  test('its words are read by an opening that is written down', async () => {
    const page = await (await get('secretary', `/console/kasus/${code}`)).text();
    expect(page).not.toMatch(/lima puluh ribu|Sudah dipanggil/u);
    const opened = await web.app.request(`/console/kasus/${code}/buka`, form({}, cookies['secretary']));
    const text = await opened.text();
    expect(text).toContain('Diminta lima puluh ribu');
    expect(text).toContain('Sudah dipanggil Senin');
    const { rows } = await web.pool.query(`SELECT action FROM audit_log WHERE data->>'code' = $1`, [code]);
    expect(rows).toEqual([{ action: 'case.private_read' }]);
  });

  test('its receiver says what kind it is: its clock is laid anew, the reason sealed, the act written down', async () => {
    const made = await web.case({ service: 'infrastruktur', answers: {} });
    const dueOf = async () =>
      (await web.pool.query<{ due: Date }>('SELECT due_at AS due FROM cases WHERE id = $1', [made.id]))
        .rows[0]!.due;
    const path = `/console/kasus/${made.code}`;
    const set = (fields: { [name: string]: string }, who = 'secretary', of = path) =>
      web.app.request(`${of}/classify`, form(fields, cookies[who]!));
    // Asked and answered, so that the clock of its end is the one that runs.
    await web.app.request(`${path}/ask`, form({ text: 'Di RT berapa?' }, cookies['secretary']!));
    await web.pool.query(
      `WITH c AS (UPDATE cases SET status = 'in_hand', event_count = event_count + 1 WHERE id = $1 RETURNING id, event_count)
       INSERT INTO case_events (id, case_id, number, kind, data, at)
       SELECT $2, id, event_count, 'case_answered', '{"text": "RT 2"}', now() FROM c`,
      [made.id, newId()],
    );
    const page = await (await get('secretary', path)).text();
    expect(page).toMatch(/value="non_supervisory"[^>]*checked/u);
    for (const wrong of [
      { to: 'light', text: '' },
      { to: 'kilat', text: 'Cepat saja' },
    ] as const) {
      const { headers } = await set(wrong);
      expect(headers.get('location')).not.toContain('kabar=case_classify');
    }
    expect((await set({ to: 'light', text: 'x' }, 'stranger')).status).toBe(404);
    await set({ to: 'normative', text: 'Seperti yang lain.' });
    const before = await dueOf();
    const done = await set({ to: 'investigated', text: 'Perlu diperiksa di tempat.' });
    expect(done.headers.get('location')).toContain('kabar=case_classify');
    expect((await dueOf()).getTime()).toBeGreaterThan(before.getTime() + 30 * 86_400_000);
    await set({ to: 'light', text: 'Sudah cukup dijawab.' });
    expect((await dueOf()).getTime()).toBeLessThan(before.getTime());
    expect(await (await get('secretary', path)).text()).toMatch(/value="light"[^>]*checked/u);
    const { rows } = await web.pool.query(
      `SELECT count(*)::int AS n FROM audit_log WHERE action = 'case_classified' AND data->>'code' = $1`,
      [made.code],
    );
    expect(rows).toEqual([{ n: 3 }]);
    // Of a sealed one the words go where all its words are.
    const secret = await web.case({ service: 'keluhan.petugas', isConfidential: true, answers: {} });
    await web.pool.query(
      `UPDATE cases SET (receiver_role, receiver_ids) = (SELECT receiver_role, receiver_ids FROM cases WHERE code = $2) WHERE id = $1`,
      [secret.id, code],
    );
    await set({ to: 'light', text: 'Sudah selesai berdua.' }, 'secretary', `/console/kasus/${secret.code}`);
    const sealed = await web.pool.query<{ data: object; sealed: string | null }>(
      `SELECT data, sealed FROM case_events WHERE case_id = $1 AND kind = 'case_classified'`,
      [secret.id],
    );
    expect(sealed.rows).toEqual([{ data: { class: 'light' }, sealed: expect.any(String) }]);
    // A letter has no class.
    const letter = await web.case({});
    expect(await (await get('secretary', `/console/kasus/${letter.code}`)).text()).not.toContain('classify');
  });

  test('the public page of its number tells nothing', async () => {
    expect((await web.app.request(`/lacak/${code}`)).status).toBe(404);
  });
});

/** The numbers above the columns of the board. */
function counts(page: string): string[] {
  return [...page.matchAll(/class="count">([^<]*)</gu)].map(([, text]) => text!);
}

describe('the words of relief', () => {
  test('are opened by the welfare section, and not by whoever runs the computer', async () => {
    const aid = await web.case({
      service: 'bansos.usul',
      isConfidential: true,
      private: { person: 'Mbah Karto' },
    });
    const open = (who: string) => web.app.request(`/console/kasus/${aid.code}/buka`, form({}, cookies[who]));
    expect(await (await open('welfare')).text()).toContain('Mbah Karto');
    expect((await open('operator')).status).toBe(404);
    expect((await open('keeper')).status).toBe(403);
  });
});
