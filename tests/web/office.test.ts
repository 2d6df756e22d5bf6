import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DateTime } from 'luxon';
import { dueAt, isOpen } from '../../src/core/workingTime.js';
import { loadOfficeHours } from '../../src/store/officeHours.js';
import { listOutages, outagesOf } from '../../src/store/outages.js';
import { loadVillageServices } from '../../src/store/villageServices.js';
import { readWeek, weekFields } from '../../src/web/week.js';
import { aWeb, form, GENTENG, GINTANGAN, withCookie } from './support.js';
import type { Web } from './support.js';

let web: Web;
let cookie: string;

beforeAll(async () => {
  web = await aWeb();
  // A Monday, 10.00 in the village.
  web.clock.now = new Date('2026-11-30T03:00:00Z');
  await web.officer({
    name: 'Pak Kades',
    username: 'kades',
    roles: [{ role: 'kepala_desa', village: GINTANGAN }],
  });
  cookie = await web.signIn('kades');
});
afterAll(() => web?.drop());

const post = async (path: string, fields: { [name: string]: string }) => {
  const response = await web.app.request(path, form(fields, cookie));
  return { status: response.status, text: await response.text() };
};
const page = async (path: string) => await (await web.app.request(path, withCookie(cookie))).text();
const hours = async () => (await loadOfficeHours(web.pool, [GINTANGAN])).get(GINTANGAN)!;
/** Of the village's clock. */
const at = (text: string) => DateTime.fromISO(text, { zone: 'Asia/Jakarta' }).toJSDate();
const audited = async (action: string) =>
  (
    await web.pool.query<{ data: object }>('SELECT data FROM audit_log WHERE action = $1 ORDER BY id', [
      action,
    ])
  ).rows.map(({ data }) => data);

/** Monday to Friday. */
function week(opens: string, closes: string, rest = '', back = ''): { [name: string]: string } {
  return Object.fromEntries(
    [1, 2, 3, 4, 5].flatMap((day) => [
      [`opens-${day}`, opens],
      [`rest-${day}`, rest],
      [`back-${day}`, back],
      [`closes-${day}`, closes],
    ]),
  );
}

describe('a week of a form', () => {
  test('is what its fields say, a break between two spans, and fills the form again as it was', () => {
    const given = { ...week('08:00', '15:00', '12:00', '12:30'), 'opens-6': '08:00', 'closes-6': '11:00' };
    const spans = readWeek(given)!;
    expect(spans).toHaveLength(11);
    expect(spans.filter(({ weekday }) => weekday === 1)).toEqual([
      { weekday: 1, opens: '08:00', closes: '12:00' },
      { weekday: 1, opens: '12:30', closes: '15:00' },
    ]);
    expect(weekFields(spans)).toEqual(given);
  });

  test.each([
    ['opens after it closes', { 'opens-1': '15:00', 'closes-1': '08:00' }],
    ['opens and never closes', { 'opens-1': '08:00' }],
    ['has a break without an end', { 'opens-1': '08:00', 'closes-1': '15:00', 'rest-1': '12:00' }],
    [
      'has a break outside its hours',
      { 'opens-1': '08:00', 'closes-1': '15:00', 'rest-1': '06:00', 'back-1': '07:00' },
    ],
    [
      'has a break that goes backwards',
      { 'opens-1': '08:00', 'closes-1': '15:00', 'rest-1': '13:00', 'back-1': '12:00' },
    ],
    ['is no time', { 'opens-1': '8 pagi', 'closes-1': '15:00' }],
  ])('that %s is refused', (_, given) => {
    expect(readWeek(given)).toBeNull();
  });
});

describe('hours', () => {
  test('are the village’s own once it saves some, with their break; and the installation’s again', async () => {
    expect(isOpen(await hours(), at('2026-12-01T12:10'))).toBe(true);
    expect((await post(`/console/jam/${GINTANGAN}`, week('08:00', '15:00', '12:00', '12:30'))).status).toBe(
      303,
    );
    expect(isOpen(await hours(), at('2026-12-01T12:10'))).toBe(false);
    expect(isOpen(await hours(), at('2026-12-01T12:40'))).toBe(true);
    // Four hours from eight: the break does not count.
    expect(dueAt(await hours(), at('2026-12-01T08:00'), 5)).toEqual(at('2026-12-01T13:30'));
    expect(await page(`/console/jam/${GINTANGAN}`)).toContain('value="12:30"');
    await post(`/console/jam/${GINTANGAN}/bawaan`, {});
    expect(isOpen(await hours(), at('2026-12-01T12:10'))).toBe(true);
  });

  test('of Ramadan hold for their days alone', async () => {
    const days = { from: '2027-02-08', to: '2027-03-09', name: 'Ramadan' };
    const saved = await post(`/console/jam/${GINTANGAN}/khusus`, { ...days, ...week('08:00', '13:00') });
    expect(saved.status).toBe(303);
    expect(await page(`/console/jam/${GINTANGAN}`)).toContain('Ramadan');
    expect(isOpen(await hours(), at('2027-02-09T14:00'))).toBe(false);
    expect(isOpen(await hours(), at('2027-03-10T14:00'))).toBe(true);
    await post(`/console/jam/${GINTANGAN}/khusus/hapus`, { from: days.from, to: days.to });
    expect(isOpen(await hours(), at('2027-02-09T14:00'))).toBe(true);
    const backwards = { ...days, to: '2027-02-01' };
    expect(
      (await post(`/console/jam/${GINTANGAN}/khusus`, { ...backwards, ...week('08:00', '13:00') })).status,
    ).toBe(400);
  });

  test('know a day off of the village; what is of all villages is not the village’s to remove', async () => {
    await post(`/console/jam/${GINTANGAN}/libur`, { day: '2026-12-03', name: 'Bersih desa' });
    expect(isOpen(await hours(), at('2026-12-03T10:00'))).toBe(false);
    const { rows } = await web.pool.query<{ id: string; village: string | null }>(
      `SELECT id, village_id AS village FROM holidays WHERE day >= '2026-12-01' ORDER BY village_id NULLS FIRST`,
    );
    const remove = async (id: string) =>
      (await post(`/console/jam/${GINTANGAN}/libur/${id}/hapus`, {})).status;
    expect(await remove(rows[0]!.id)).toBe(404);
    expect(await remove(rows.at(-1)!.id)).toBe(303);
    expect(isOpen(await hours(), at('2026-12-03T10:00'))).toBe(true);
  });

  test('an outage is written down, ends, and is in the audit log', async () => {
    const path = `/console/jam/${GINTANGAN}/gangguan`;
    expect((await post(path, { kind: 'power', from: '2026-11-30T11:00', to: '', note: '' })).status).toBe(
      400,
    );
    expect(
      (await post(path, { kind: 'power', from: '2026-11-30T08:00', to: '', note: 'Gardu terbakar' })).status,
    ).toBe(303);
    const open = await page(`/console/jam/${GINTANGAN}`);
    expect(open).toContain('Gardu terbakar');
    expect(open).toContain('Sudah selesai');
    const { rows } = await web.pool.query<{ id: string; from: Date }>(
      'SELECT id, from_at AS "from" FROM outages',
    );
    expect(rows[0]!.from).toEqual(at('2026-11-30T08:00'));
    await post(`${path}/${rows[0]!.id}/selesai`, {});
    expect(await page(`/console/jam/${GINTANGAN}`)).not.toContain('Sudah selesai');
    expect(await audited('village.outage')).toMatchObject([
      { kind: 'power', to: null },
      { ended: rows[0]!.id },
    ]);
  });
});

describe('what holds for all villages', () => {
  const PATH = '/console/jam/semua';
  const FROM = '2026-11-30T08:00';
  let keeper: string;
  beforeAll(async () => {
    await web.officer({ name: 'Mbak Pusat', username: 'pusat', roles: [{ role: 'admin', village: null }] });
    keeper = await web.signIn('pusat');
  });
  const send = async (path: string, fields: { [name: string]: string }, as = keeper) =>
    (await web.app.request(path, form(fields, as))).status;
  const shown = async (as: string, path: string) =>
    await (await web.app.request(path, withCookie(as))).text();

  test('is its keepers’ alone, and wants a reason and a tick', async () => {
    const outage = { kind: 'network', from: FROM, to: '', note: 'Kabel laut putus', sure: 'ya' };
    expect(await send(`${PATH}/gangguan`, outage, cookie)).toBe(403);
    expect((await web.app.request(PATH, withCookie(cookie))).status).toBe(403);
    expect(await send(`${PATH}/gangguan`, { ...outage, note: '' })).toBe(400);
    const unsure = { ...outage, sure: '' };
    expect(await send(`${PATH}/gangguan`, unsure)).toBe(400);
    expect((await listOutages(web.pool, null)).length).toBe(0);
  });

  test('an outage stops the clocks of every village in one act, and is in the audit log; no village can end it', async () => {
    const here = await web.case({ openedAt: at('2026-11-30T07:30') });
    const there = await web.case({ village: GENTENG, openedAt: at('2026-11-30T07:30') });
    const outage = {
      kind: 'network',
      from: FROM,
      to: '2026-11-30T09:00',
      note: 'Kabel laut putus',
      sure: 'ya',
    };
    expect(await send(`${PATH}/gangguan`, outage)).toBe(303);
    const stands = await outagesOf(web.pool, [GINTANGAN, GENTENG], at('2026-11-30T07:00'));
    for (const village of [GINTANGAN, GENTENG])
      expect(stands.get(village)).toContainEqual(
        expect.objectContaining({ from: at(FROM), to: at('2026-11-30T09:00') }),
      );
    // The clocks of both ring at once, and work out anew when each is due.
    const { rows } = await web.pool.query<{ id: string }>(
      `SELECT subject_id AS id FROM timers WHERE kind = 'case_clock' AND due_at <= $1 AND done_at IS NULL`,
      [web.clock.now],
    );
    expect(rows.map(({ id }) => id)).toEqual(expect.arrayContaining([here.id, there.id]));
    const [entry] = await audited('village.outage').then((all) => all.slice(-1));
    expect(entry).toMatchObject({ kind: 'network', to: at('2026-11-30T09:00').toISOString() });
    const own = await page(`/console/jam/${GINTANGAN}`);
    expect(own).toContain('Kabel laut putus');
    expect(own).toContain('Berlaku di semua desa');
    const [{ id } = { id: '' }] = (await listOutages(web.pool, null)).filter(
      ({ note }) => note === 'Kabel laut putus',
    );
    expect(await send(`/console/jam/${GINTANGAN}/gangguan/${id}/hapus`, {}, cookie)).toBe(404);
    expect(await send(`${PATH}/gangguan/${id}/hapus`, {})).toBe(303);
    expect(await page(`/console/jam/${GINTANGAN}`)).not.toContain('Kabel laut putus');
  });

  test('an outage that goes on is ended for all', async () => {
    expect(
      await send(`${PATH}/gangguan`, {
        kind: 'power',
        from: FROM,
        to: '',
        note: 'Padam se-Jawa',
        sure: 'ya',
      }),
    ).toBe(303);
    const [open] = await listOutages(web.pool, null);
    expect(open).toMatchObject({ villageId: null, to: null, recordedBy: 'Mbak Pusat' });
    expect(await send(`${PATH}/gangguan/${open!.id}/selesai`, {})).toBe(303);
    expect((await listOutages(web.pool, null))[0]!.to).toEqual(web.clock.now);
  });

  test('special hours and days off hold in each village, and are taken away in one act', async () => {
    const days = { from: '2027-02-08', to: '2027-03-09', name: 'Ramadan' };
    expect(await send(`${PATH}/khusus`, { ...days, ...week('08:00', '13:00') })).toBe(303);
    expect(isOpen(await hours(), at('2027-02-09T14:00'))).toBe(false);
    expect(await shown(cookie, `/console/jam/${GINTANGAN}`)).toContain('Berlaku di semua desa');
    expect(await send(`${PATH}/khusus/hapus`, { from: days.from, to: days.to })).toBe(303);
    expect(isOpen(await hours(), at('2027-02-09T14:00'))).toBe(true);
    expect(await send(`${PATH}/libur`, { day: '2026-12-04', name: 'Cuti bersama' })).toBe(303);
    expect(isOpen(await hours(), at('2026-12-04T10:00'))).toBe(false);
    // Without hours there would be none anywhere.
    expect(await send(PATH, week('', ''))).toBe(400);
    expect(await shown(keeper, '/console/desa')).toContain(PATH);
    expect(await shown(cookie, '/console/desa')).not.toContain(PATH);
  });
});

describe('the office', () => {
  const OFFICE = {
    officeCode: '429.517.06',
    officeAddress: 'Jl. Raya Gintangan 1',
    officePhone: '0333 123456',
    midwifePhone: '',
    signerTitle: 'Kepala Desa Gintangan',
    letterWay: 'electronic',
    escalates: 'ya',
    introduction: 'rt_tap',
  };

  test('is saved whole, and what changed is written down', async () => {
    expect((await post(`/console/desa/${GINTANGAN}`, OFFICE)).status).toBe(303);
    const { rows } = await web.pool.query(
      `SELECT office_code, office_address, office_phone, midwife_phone, signer_title, letter_way, escalates, introduction
       FROM villages WHERE id = $1`,
      [GINTANGAN],
    );
    expect(rows[0]).toEqual({
      office_code: '429.517.06',
      office_address: 'Jl. Raya Gintangan 1',
      office_phone: '0333 123456',
      midwife_phone: null,
      signer_title: 'Kepala Desa Gintangan',
      letter_way: 'electronic',
      escalates: true,
      introduction: 'rt_tap',
    });
    await post(`/console/desa/${GINTANGAN}`, { ...OFFICE, escalates: 'tidak' });
    expect((await audited('village.changed')).at(-1)).toEqual({ escalates: { from: true, to: false } });
  });

  test.each([
    ['officeCode', '<b>'],
    ['officePhone', 'telepon saya'],
    ['letterWay', 'stempel'],
  ])('a %s of "%s" is told, and nothing is saved', async (field, value) => {
    const before = (await audited('village.changed')).length;
    const answer = await post(`/console/desa/${GINTANGAN}`, { ...OFFICE, [field]: value });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('Jl. Raya Gintangan 1');
    expect(await audited('village.changed')).toHaveLength(before);
  });
});

describe('services', () => {
  const path = (service: string) => `/console/layanan/${GINTANGAN}/${service}`;
  const ON = { offered: 'ya', reason: '', hours: '', classification: '', counter: '' };
  const own = async () => (await loadVillageServices(web.pool, [GINTANGAN])).get(GINTANGAN)!;

  test('are switched off with a reason that residents read, and on again', async () => {
    expect((await post(path('keramaian'), { ...ON, offered: 'tidak' })).status).toBe(400);
    await post(path('keramaian'), { ...ON, offered: 'tidak', reason: 'Petugasnya cuti.' });
    expect((await own())['keramaian']).toMatchObject({ offReason: 'Petugasnya cuti.' });
    expect(await page(`/console/layanan/${GINTANGAN}`)).toContain('tidak dilayani: Petugasnya cuti.');
    await post(path('keramaian'), ON);
    expect((await own())['keramaian']).toMatchObject({ offReason: null });
  });

  test('have the village’s own promise, code and papers', async () => {
    await post(path('usaha'), {
      ...ON,
      hours: '16',
      classification: '500.2.2',
      counter: 'foto tempat usaha',
    });
    expect((await own())['usaha']).toEqual({
      offReason: null,
      promiseHours: 16,
      counter: 'foto tempat usaha',
    });
    const { rows } = await web.pool.query(
      `SELECT classification FROM village_services WHERE service = 'usaha'`,
    );
    expect(rows).toEqual([{ classification: '500.2.2' }]);
    expect((await post(path('usaha'), { ...ON, hours: '0' })).status).toBe(400);
    expect((await post(path('usaha'), { ...ON, classification: 'abc' })).status).toBe(400);
    expect((await post(path('tidak_ada'), ON)).status).toBe(404);
  });

  test('that the law gives stay: complaints and what residents ask about their data', async () => {
    const off = { ...ON, offered: 'tidak', reason: 'Tidak ada petugas.' };
    expect((await post(path('data.hapus'), off)).status).toBe(400);
    expect((await post(path('keluhan.petugas'), off)).status).toBe(400);
  });
});
