import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { consoleAsker } from '../../src/core/asker.js';
import { messageResident } from '../../src/effects/messageResident.js';
import { GENTENG, GINTANGAN, aWeb, form, withCookie } from './support.js';
import type { Web } from './support.js';

let web: Web;
const cookies: { [who: string]: string } = {};
const officers: { [who: string]: Awaited<ReturnType<Web['officer']>> } = {};

beforeAll(async () => {
  web = await aWeb();
  for (const [username, role, village] of [
    ['ratna', 'operator', GINTANGAN],
    ['kades', 'kepala_desa', GINTANGAN],
    ['genteng', 'kepala_desa', GENTENG],
  ] as const) {
    officers[username] = await web.officer({ name: username, username, roles: [{ role, village }] });
    cookies[username] = await web.signIn(username);
  }
});
afterAll(() => web?.drop());

const page = async (path: string, who = 'ratna') =>
  (await web.app.request(path, withCookie(cookies[who]!))).text();
const finds = async (text: string, code: string, who = 'ratna') =>
  (await page(`/console/cari?q=${encodeURIComponent(text)}`, who)).includes(`data-code="${code}"`);

describe('the search', () => {
  test('finds a case by a part of its code, by names as they are typed, and by its words', async () => {
    const { code } = await web.case({
      resident: 'Siti Aminah',
      answers: { business_name: 'Warung Sumber Rejeki', purpose: 'pinjaman bank' },
    });
    for (const text of [
      code.slice(0, 4),
      code.slice(5).toLowerCase(),
      'aminah',
      'amin',
      'siti sumber',
      'Sity Aminnah',
      'rejeki',
      'pinjam',
      'bu siti',
    ])
      expect([text, await finds(text, code)]).toEqual([text, true]);
    expect(await finds('slamet', code)).toBe(false);
    expect(await finds("'); DROP TABLE cases; --", code)).toBe(false);
    expect((await page('/console/cari?q=%25')).includes(code)).toBe(false);
  });

  test('offers names that read alike where little was found, and finds them then', async () => {
    const { code } = await web.case({ resident: 'Sulastri' });
    const alike = await web.case({ resident: 'Sulastrih' });
    const other = await web.case({ resident: 'Sulastry' });
    const html = await page('/console/cari?q=Sulastri');
    expect([code, alike.code, other.code].map((one) => html.includes(`data-code="${one}"`))).toEqual([
      true,
      true,
      false,
    ]);
    const wider = /href="(\/console\/cari\?[^"]*mirip=1[^"]*)"/u.exec(html)![1]!.replaceAll('&amp;', '&');
    const wide = await page(wider);
    expect(wide).toContain(`data-code="${other.code}"`);
    expect(wide).not.toContain('mirip=1');
  });

  test('finds in one village what another has as well, and over several villages both', async () => {
    const here = await web.case({ resident: 'Kembar Wijaya' });
    const there = await web.case({ resident: 'Kembar Wijaya', village: GENTENG });
    await web.officer({
      name: 'dua',
      username: 'dua',
      roles: [
        { role: 'operator', village: GINTANGAN },
        { role: 'operator', village: GENTENG },
      ],
    });
    cookies['dua'] = await web.signIn('dua');
    const both = (path: string, who: string) =>
      page(path, who).then((html) => [here, there].map(({ code }) => html.includes(`data-code="${code}"`)));
    expect(await both('/console/cari?q=kembar+wij', 'ratna')).toEqual([true, false]);
    expect(await both('/console/cari?q=kembar+wij', 'dua')).toEqual([true, true]);
    expect(await both(`/console/cari?q=kembar&desa=${GENTENG}`, 'dua')).toEqual([false, true]);
  });

  test('goes on beyond the newest few hundred, the newest of the rest first', async () => {
    const { code, id } = await web.case({ resident: 'Zulaikha Purwa' });
    await web.pool.query(
      `INSERT INTO cases SELECT (jsonb_populate_record(c, jsonb_build_object('id', gen_random_uuid(), 'draft_id', gen_random_uuid(), 'code', 'TEST-' || n,
         'opened_at', c.opened_at + n * interval '1 second', 'answers', '{}'::jsonb, 'is_unproven', true))).*
       FROM cases c, generate_series(1, 400) n WHERE c.id = $1`,
      [id],
    );
    expect(await finds('zulaik', code)).toBe(true);
    await web.pool.query(`DELETE FROM cases WHERE code LIKE 'TEST-%'`);
  });

  test('turns pages of what fits, each case once, and says when one more word is needed', async () => {
    const codes: string[] = [];
    for (let n = 0; n < 105; n += 1) {
      const openedAt = new Date(web.clock.now.getTime() - (200 - n) * 1000);
      codes.push((await web.case({ resident: `Turahman ${n}`, openedAt })).code);
    }
    const seen: string[] = [];
    let path: string | undefined = '/console/cari?q=turahman';
    const said: string[] = [];
    while (path) {
      const html = await page(path);
      seen.push(...[...html.matchAll(/data-code="([^"]+)"/gu)].map(([, code]) => code!));
      said.push(/role="status"[^>]*>([^<]+)</u.exec(html)![1]!);
      path = /href="([^"]+)">Berikutnya/u.exec(html)?.[1]!.replaceAll('&amp;', '&');
    }
    // The newest first; past the sixth page nobody turns.
    expect(seen).toEqual(codes.toReversed().slice(0, 90));
    expect(said.slice(0, 2)).toEqual(['Yang cocok, nomor 1 sampai 15.', 'Yang cocok, nomor 16 sampai 30.']);
    expect(said.at(-1)).toBe(
      'Yang cocok, nomor 76 sampai 90; masih ada yang lain. Tambah satu kata supaya lebih sempit.',
    );
    expect(await page('/console/cari?q=turahman+104')).toContain('1 permohonan cocok');
    // What lies past the end leads back to the beginning.
    const past = await web.app.request(
      '/console/cari?q=turahman+104&halaman=3',
      withCookie(cookies['ratna']!),
    );
    expect(past.headers.get('location')).toBe('/console/cari?q=turahman+104&keadaan=all&desa=');
  });

  test('finds what begins so behind what is written so, though much of that is hidden', async () => {
    const at = (n: number) => new Date(web.clock.now.getTime() - (1_000_000 + n) * 1000);
    for (let n = 0; n < 25; n += 1)
      await web.case({
        resident: 'Wasinah',
        service: 'infrastruktur',
        isConfidential: true,
        openedAt: at(n),
      });
    const longer = await web.case({ resident: 'Wasinahwati', openedAt: at(30) });
    const same = await web.case({ resident: 'Wasinah', openedAt: at(31) });
    // So many newer ones that none of these is among the newest of the village.
    await web.pool.query(
      `INSERT INTO cases SELECT (jsonb_populate_record(c, jsonb_build_object('id', gen_random_uuid(), 'draft_id', gen_random_uuid(), 'code', 'TEST-' || n,
         'opened_at', c.opened_at + n * interval '1 hour', 'answers', '{}'::jsonb, 'is_unproven', true))).*
       FROM cases c, generate_series(1, 400) n WHERE c.id = $1`,
      [same.id],
    );
    const codes = [...(await page('/console/cari?q=wasinah')).matchAll(/data-code="([^"]+)"/gu)];
    expect(codes.map(([, code]) => code)).toEqual([same.code, longer.code]);
    await web.pool.query(`DELETE FROM cases WHERE code LIKE 'TEST-%'`);
  });

  test('a whole code leads to its case', async () => {
    const { code } = await web.case();
    const led = await web.app.request(
      `/console/cari?q=${code.toLowerCase().replaceAll('-', ' ')}`,
      withCookie(cookies['ratna']!),
    );
    expect([led.status, led.headers.get('location')]).toEqual([303, `/console/kasus/${code}`]);
  });

  test('finds what was asked and answered about it, and no longer what was erased', async () => {
    const { id, code } = await web.case({ resident: 'Wayan' });
    const ask = (text: string) =>
      web.app.request(`/console/kasus/${code}/ask`, form({ text }, cookies['ratna']));
    await ask('Apakah sawahnya di Blimbingsari?');
    expect(await finds('blimbingsari', code)).toBe(true);
    await web.pool.query(`UPDATE case_events SET data = data - 'text' WHERE case_id = $1`, [id]);
    expect(await finds('blimbingsari', code)).toBe(false);
  });

  test('follows a name that changed, and finds nobody by a name that is hidden', async () => {
    const { id, code, residentId } = await web.case({ resident: 'Bambang' });
    await web.pool.query(`UPDATE residents SET name = 'Bambang Haryono' WHERE id = $1`, [residentId]);
    expect(await finds('haryono', code)).toBe(true);
    await web.pool.query('UPDATE cases SET is_unproven = true WHERE id = $1', [id]);
    expect(await finds('haryono', code)).toBe(false);
    expect(await finds(code.slice(0, 4), code)).toBe(true);
  });

  test('keeps to the villages of the role, and to whom a confidential case is for', async () => {
    const elsewhere = await web.case({ resident: 'Purnomo Jati', village: GENTENG });
    expect(await finds('purnomo', elsewhere.code)).toBe(false);
    expect(await finds('purnomo', elsewhere.code, 'genteng')).toBe(true);
    expect((await page(`/console/cari?desa=${GENTENG}`)).includes(elsewhere.code)).toBe(false);
    const secret = await web.case({
      resident: 'Endang Rahasia',
      service: 'infrastruktur',
      isConfidential: true,
    });
    expect(await finds('rahasia', secret.code)).toBe(false);
    expect(await finds('rahasia', secret.code, 'kades')).toBe(true);
  });
});

describe('the chat of a case', () => {
  test('shows nothing of what was written about another case of the same chat', async () => {
    const seen = await web.case({ resident: 'Dua Urusan' });
    const secret = await web.case({ service: 'infrastruktur', isConfidential: true });
    await web.pool.query('UPDATE cases SET conversation_id = $2, resident_id = $3 WHERE id = $1', [
      secret.id,
      seen.conversationId,
      seen.residentId,
    ]);
    const say = (who: string, code: string, text: string) =>
      messageResident(
        web.pool,
        [{ asker: consoleAsker(officers[who]!), effect: { kind: 'message_resident', code, text } }],
        { ...web.deps, now: web.clock.now, nudges: { converse: false, notify: false, send: new Set() } },
      );
    expect(await say('kades', secret.code, 'Tentang keluhan Bapak')).toMatchObject([{ outcome: 'done' }]);
    await web.pool.query(
      `INSERT INTO inbound_messages (line_id, external_id, conversation_id, kind, body, sent_at, received_at, handled_at)
       VALUES ('telegram:1', 'r1', $1, 'text', '{"kind": "text", "text": "Jalannya rusak Pak"}', $2, $2, $2)`,
      [seen.conversationId, web.clock.now],
    );
    const kades = await page(`/console/kasus/${secret.code}`, 'kades');
    expect(kades).toContain('Tentang keluhan Bapak');
    expect(kades).toContain('Jalannya rusak Pak');
    const operator = await page(`/console/kasus/${seen.code}`);
    expect(operator).not.toContain('Tentang keluhan');
    expect(operator).not.toContain('Jalannya rusak');
    // Another officer has the word there: theirs is not said, and they read whose it is.
    expect(await say('ratna', seen.code, 'Halo')).toEqual([
      { outcome: 'lost', resident: 'Dua Urusan', by: 'kades' },
    ]);
  });

  test('is written to by nobody of another village, and a number in it is masked', async () => {
    const { code, conversationId } = await web.case();
    const say = (who: string, text: string) =>
      web.app.request(`/console/kasus/${code}/pesan`, form({ text }, cookies[who]));
    expect((await say('genteng', 'Kirim uangnya')).status).toBe(404);
    expect((await say('ratna', ' ')).headers.get('location')).toContain('kabar=said_no_words');
    expect((await say('ratna', 'NIK 3510121708900001 benar?')).headers.get('location')).toContain(
      'kabar=said',
    );
    const { rows } = await web.pool.query(
      'SELECT body::text FROM inbound_messages WHERE conversation_id = $1',
      [conversationId],
    );
    expect(rows).toHaveLength(1);
    expect(rows[0].body).not.toContain('3510121708900001');
  });
});

describe('the weight of a page', () => {
  test('at the first visit, with all that it needs, is at most 60 KB', async () => {
    for (let n = 0; n < 70; n += 1) await web.case({ resident: `Warga Nomor ${n}` });
    for (const path of ['/console', '/console/papan', '/console/cari']) {
      const html = await page(path);
      const assets = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/gu)].map(([, asset]) => asset!);
      const sizes = await Promise.all(
        [...new Set(assets)].map(async (asset) => {
          const got = await web.app.request(asset, { headers: { 'Accept-Encoding': 'gzip' } });
          const bytes = Buffer.from(await got.arrayBuffer());
          expect(gunzipSync(bytes).length).toBeGreaterThan(0);
          return bytes.length;
        }),
      );
      const weight = gzipSync(html).length + sizes.reduce((sum, size) => sum + size, 0);
      expect([path, weight]).toEqual([path, expect.toSatisfy((size: number) => size <= 60 * 1024)]);
    }
  });
});
