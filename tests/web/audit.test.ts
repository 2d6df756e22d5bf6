import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { insertAudit } from '../../src/store/audit.js';
import { writeBlock } from '../../src/store/auditBlocks.js';
import en from '../../src/web/locales/en.json' with { type: 'json' };
import id from '../../src/web/locales/id.json' with { type: 'json' };
import { PERMISSION_ROLES } from '../../src/web/policy.js';
import { GENTENG, GINTANGAN, aWeb, form, withCookie } from './support.js';
import type { Web } from './support.js';

let web: Web;
let cookies: { [who: string]: string };
let ids: { [who: string]: string };
beforeAll(async () => {
  web = await aWeb();
  cookies = {};
  ids = {};
  for (const [username, name, role, village] of [
    ['sekre', 'Bu Sek', 'sekretaris', GINTANGAN],
    ['sek2', 'Bu Sek Genteng', 'sekretaris', GENTENG],
    ['operator1', 'Pak Operator', 'operator', GINTANGAN],
    ['penjaga', 'Penjaga', 'admin', null],
  ] as const) {
    ids[username] = (await web.officer({ name, username, roles: [{ role, village }] })).id;
    cookies[username] = await web.signIn(username);
  }
});
beforeEach(() => {
  web.clock.now = new Date('2026-11-24T03:00:00Z');
});
afterAll(() => web?.drop());

const look = async (who: string, query = '') => {
  const response = await web.app.request(`/console/audit${query}`, withCookie(cookies[who]!));
  return { status: response.status, text: await response.text() };
};
const search = (reason: string) =>
  web.app.request(
    '/console/register/cari',
    form({ cari: 'Siti Aminah', alasan: reason }, cookies['operator1']),
  );

test('every act that is written down has words of its own, in both languages', async () => {
  const kinds =
    'agenda|case|delegation|file|flows|form|group|incident|letter|letter_counter|line|officer|pin|register|resident|rt|schedule|template|village';
  const literal = new RegExp(`'((?:${kinds})\\.[a-z_]+)'`, 'gu');
  // Keys of words and permissions are spelled alike; what is put together (`letter_…`) stands here.
  const others = new Set([...Object.keys(id), ...Object.keys(PERMISSION_ROLES)]);
  const found = new Set([
    'letter_withdrawn',
    'letter_replaced',
    'flows.refused',
    'flows.withdrawn',
    'group_linked',
    'group_ended',
  ]);
  for (const file of await readdir('src', { recursive: true }))
    if (/\.tsx?$/u.test(file) && !/^(?:generated|bench)/u.test(file) && !/^web.(?:views|policy)/u.test(file))
      for (const [, action] of (await readFile(join('src', file), 'utf8')).matchAll(literal))
        if (!others.has(action!) && action !== 'form.js') found.add(action!);
  expect(found.size).toBeGreaterThan(50);
  const wordless = [...found].filter((action) => {
    const key = `audit.did.${action.replaceAll('.', '_')}`;
    return !(key in id && key in en) && !(`event.${action}` in id);
  });
  expect(wordless).toEqual([]);
});

test('a search of the register wants a case, or a reason of ten letters, and says who searched and why', async () => {
  for (const reason of ['', 'loket', '1234567890 12', 'aaaaaaaaaaaa', '..........', 'x  x  x  x  x  x  x  x'])
    expect((await search(reason)).status, reason).toBe(400);
  expect((await search('Warga bertanya di loket')).status).toBe(200);
  const { text } = await look('sekre');
  expect(text).toContain('Pak Operator');
  expect(text).toContain('Mencari di data penduduk');
  expect(text).toContain('<q>Warga bertanya di loket</q>');
  expect(text).not.toContain('1234567890 12');
});

test('the record is of the own village; what concerns the installation is its keepers’ alone', async () => {
  const here = await web.case();
  const there = await web.case({ village: GENTENG });
  const entry = (subjectKind: string, subjectId: string) => ({
    officerId: ids['penjaga']!,
    action: 'case_taken',
    subjectKind,
    subjectId,
  });
  await insertAudit(
    web.pool,
    [
      entry('case', here.id),
      entry('case', there.id),
      { ...entry('line', 'telegram:1'), action: 'line.restart' },
    ],
    web.deps.newId,
    web.clock.now,
  );
  const [own, other, all] = [await look('sekre'), await look('sek2'), await look('penjaga')];
  expect(own.text).toContain(here.code);
  expect(own.text).not.toContain(there.code);
  expect(own.text).not.toContain('Menyalakan ulang jalur');
  expect(other.text).toContain(there.code);
  expect(other.text).not.toContain(here.code);
  for (const words of [here.code, there.code, 'Menyalakan ulang jalur']) expect(all.text).toContain(words);
  expect((await look('operator1')).status).toBe(403);
});

test('numbers that a restore passed over are named', async () => {
  await insertAudit(
    web.pool,
    ['', '470'].map((counter) => ({
      officerId: null,
      action: 'letter_counter.restored',
      subjectKind: 'village',
      subjectId: GINTANGAN,
      data: { counter, year: 2026, from: 1041, to: 1045 },
    })),
    web.deps.newId,
    web.clock.now,
  );
  const { text } = await look('sekre');
  expect(text).toContain('Melewati nomor surat yang sudah diberikan sebelum cadangan dipulihkan');
  expect(text).toContain('Tahun 2026, semua kode: nomor 1.041 sampai 1.045');
  expect(text).toContain('Tahun 2026, kode 470: nomor 1.041 sampai 1.045');
});

test('of a sealed complaint nobody reads here but whom it is sealed to', async () => {
  const { id, code } = await web.case({ service: 'pengaduan' });
  await web.pool.query(
    `UPDATE cases SET receiver_role = 'sekretaris', receiver_ids = ARRAY[$2]::uuid[] WHERE id = $1`,
    [id, ids['sekre']],
  );
  await insertAudit(
    web.pool,
    [{ officerId: ids['sekre']!, action: 'case_taken', subjectKind: 'case', subjectId: id, data: { code } }],
    web.deps.newId,
    web.clock.now,
  );
  expect((await look('sekre')).text).toContain(code);
  expect((await look('penjaga')).text).not.toContain(code);
  expect((await look('penjaga', `?kasus=${code}`)).text).toContain('Tidak ada catatan yang cocok');
});

test('it is filtered by case, officer and day, and goes on page by page', async () => {
  const { id, code } = await web.case();
  web.clock.now = new Date('2026-11-25T03:00:00Z');
  await insertAudit(
    web.pool,
    Array.from({ length: 60 }, (_, n) => ({
      officerId: n === 0 ? ids['operator1']! : ids['sekre']!,
      action: 'case.private_read',
      subjectKind: 'case',
      subjectId: id,
      data: { code },
    })),
    web.deps.newId,
    web.clock.now,
  );
  await writeBlock(web.pool, web.clock.now);
  const entries = (text: string) => text.match(/Membuka isian tertutup/gu)?.length ?? 0;
  const first = await look('sekre', `?kasus=${code.toLowerCase().replaceAll('-', '')}`);
  expect(entries(first.text)).toBe(50);
  expect(first.text).toContain('blok 1');
  const older = /href="(\?[^"]*sebelum=[^"]*)"/u.exec(first.text)![1]!.replaceAll('&amp;', '&');
  expect(entries((await look('sekre', older)).text)).toBe(10);
  expect(entries((await look('sekre', `?kasus=${code}&petugas=${ids['operator1']}`)).text)).toBe(1);
  expect(entries((await look('sekre', '?hari=2026-11-25')).text)).toBe(50);
  expect(entries((await look('sekre', '?hari=2026-11-26')).text)).toBe(0);
  // What is no filter filters nothing, and breaks nothing.
  expect((await look('sekre', '?hari=kemarin&petugas=x&sebelum=-1')).status).toBe(200);
  expect((await look('sekre', '?kasus=bukan')).text).toContain('Tidak ada catatan yang cocok');
});
