import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { consoleAsker } from '../../src/core/asker.js';
import { tokenHash } from '../../src/core/inviteToken.js';
import { handOver } from '../../src/effects/handOver.js';
import { GENTENG, GINTANGAN, PASSWORD, aWeb, cookiesOf, form, withCookie } from './support.js';
import type { Web } from './support.js';

let web: Web;
let ratna: string;
let budi: string;
let keeper: string;

beforeAll(async () => {
  web = await aWeb();
  await web.officer({ name: 'Ratna Dewi', username: 'ratna' });
  await web.officer({
    name: 'Budi Santoso',
    username: 'budi',
    roles: [{ role: 'sekretaris', village: GINTANGAN }],
  });
  await web.officer({ name: 'Pengelola', username: 'pengelola', roles: [{ role: 'admin', village: null }] });
  [ratna, budi, keeper] = [
    await web.signIn('ratna'),
    await web.signIn('budi'),
    await web.signIn('pengelola'),
  ];
});
afterAll(() => web?.drop());

const page = async (path: string, cookie = ratna) => (await web.app.request(path, withCookie(cookie))).text();
const act = (code: string, what: string, cookie: string, text = '') =>
  web.app.request(`/console/kasus/${code}/${what}`, form({ text }, cookie));

describe('the list', () => {
  test('has the oldest request first, tells what is overdue, and counts', async () => {
    const now = web.clock.now.getTime();
    const younger = await web.case({ resident: 'Yang muda', openedAt: new Date(now - 60_000) });
    const older = await web.case({
      resident: 'Yang lama',
      openedAt: new Date(now - 90_000_000),
      dueAt: new Date(now - 7_200_000),
    });
    const elsewhere = await web.case({ village: GENTENG });
    const list = await page('/console');
    expect(list.indexOf(older.code)).toBeGreaterThan(0);
    expect(list.indexOf(older.code)).toBeLessThan(list.indexOf(younger.code));
    expect(list).toContain('Terlambat: 2 jam yang lalu');
    expect(list).toContain('1 terlambat');
    expect(list).not.toContain(elsewhere.code);
    await web.pool.query('DELETE FROM case_events');
    await web.pool.query('DELETE FROM cases');
  });

  test('goes on after the last that was shown, without counting what was before', async () => {
    for (let n = 0; n < 25; n += 1)
      await web.case({ openedAt: new Date(web.clock.now.getTime() - n * 1000) });
    const first = await page('/console/cari');
    expect(first.match(/class="case"/gu)).toHaveLength(15);
    const next = /href="(\/console\/cari\?[^"]*sesudah=[^"]*)"/u.exec(first)![1]!.replaceAll('&amp;', '&');
    const second = await page(next);
    expect(second.match(/class="case"/gu)).toHaveLength(10);
    expect(second).not.toContain('sesudah=');
    await web.pool.query('DELETE FROM case_events');
    await web.pool.query('DELETE FROM cases');
  });

  test('changes by itself: a new case comes down the stream', async () => {
    const response = await web.app.request('/console/live', withCookie(ratna));
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const stream = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    const first = await readEvent(stream);
    expect(first).toContain('Semua sudah beres');
    const { code } = await web.case();
    expect(await readEvent(stream)).toContain(code);
    await stream.cancel();
  });
});

describe('a case', () => {
  test('shows answers beside their questions, the checklist and what happened', async () => {
    const { code } = await web.case({
      answers: {
        business_name: 'Warung <b>Sumber</b>',
        business_kind: 'trade',
        since: 2014,
        unknown_question: 'lama',
      },
    });
    const text = await page(`/console/kasus/${code}`);
    expect(text).toContain('<dt>Nama usaha</dt>');
    expect(text).toContain('Warung &lt;b&gt;Sumber&lt;/b&gt;');
    expect(text).toContain('Warung / dagang');
    expect(text).toContain('<dd>2014</dd>');
    expect(text).toContain('<dt>Unknown question</dt>');
    expect(text).toContain('KTP asli');
    expect(text).toContain('Permohonan masuk');
  });

  test('asked for while history was hidden is marked, and names nobody from before', async () => {
    const { code } = await web.case();
    expect(await page(`/console/kasus/${code}`)).not.toContain('belum dipastikan');
    const { rows } = await web.pool.query<{ name: string }>(
      `UPDATE cases SET is_unproven = true FROM residents r WHERE code = $1 AND r.id = resident_id RETURNING r.name`,
      [code],
    );
    for (const path of [`/console/kasus/${code}`, '/console'])
      expect(await page(path), path).toMatch(/Tanpa nama\s*\(belum dipastikan\)/u);
    expect(await page(`/console/kasus/${code}`)).not.toContain(rows[0]!.name);
  });

  test('goes from taken to finished, and the resident is told each step', async () => {
    const { id, code, conversationId } = await web.case();
    await act(code, 'take', ratna);
    await act(code, 'ask', ratna, 'Usahanya di dusun mana, Bu?');
    await act(code, 'verify', ratna);
    await act(code, 'initial', budi);
    await web.app.request(`/console/kasus/${code}/ready`, form({ to: '470/9/GTG/2026' }, ratna));
    const finished = await act(code, 'finish', ratna, 'Ambil besok pukul 9 di balai desa.');
    expect(finished.headers.get('location')).toBe(`/console/kasus/${code}?kabar=case_finish`);
    const { rows } = await web.pool.query(
      `SELECT body->'vars'->>'event' AS event, body->'vars'->>'text' AS text FROM inbound_messages
       WHERE conversation_id = $1 ORDER BY seq`,
      [conversationId],
    );
    expect(rows).toEqual([
      { event: 'taken', text: null },
      { event: 'asked', text: 'Usahanya di dusun mana, Bu?' },
      { event: 'verified', text: null },
      { event: 'ready', text: null },
      { event: 'finished', text: 'Ambil besok pukul 9 di balai desa.' },
    ]);
    expect((await web.pool.query('SELECT status FROM cases WHERE id = $1', [id])).rows[0].status).toBe(
      'finished',
    );
    const text = await page(`/console/kasus/${code}?kabar=case_finish`);
    expect(text).toContain('Pesan dikirim ke chat warga');
    expect(text).not.toContain('Ambil permohonan ini');
  });

  test('of two who take it at once one has it, and the other reads who', async () => {
    const { code } = await web.case({ service: 'ktp' });
    const taken = await Promise.all([act(code, 'take', ratna), act(code, 'take', budi)]);
    const notices = taken.map((response) =>
      new URL(response.headers.get('location')!, 'http://x').searchParams.get('kabar'),
    );
    expect(new Set(notices)).toEqual(new Set(['case_lost', 'case_take']));
    const loser = notices[0] === 'case_lost' ? ratna : budi;
    const winner = notices[0] === 'case_lost' ? 'Budi Santoso' : 'Ratna Dewi';
    expect(await page(`/console/kasus/${code}?kabar=case_lost`, loser)).toContain(
      `Sudah diambil oleh ${winner}`,
    );
  });

  test('a refusal needs its reason', async () => {
    const { id, code } = await web.case();
    const refused = await act(code, 'refuse', ratna, '   ');
    expect(refused.headers.get('location')).toContain('kabar=case_no_words');
    expect((await web.pool.query('SELECT status FROM cases WHERE id = $1', [id])).rows[0].status).toBe(
      'open',
    );
    expect((await act(code, 'answer', ratna, 'bukan saya')).status).toBe(404);
  });

  test('an identity number in the words to the resident is masked', async () => {
    const { code, conversationId } = await web.case();
    await act(code, 'ask', ratna, 'Benar NIK 3510121708900001?');
    const { rows } = await web.pool.query(
      'SELECT body::text FROM inbound_messages WHERE conversation_id = $1',
      [conversationId],
    );
    expect(JSON.stringify(rows)).not.toContain('3510121708900001');
  });

  test('tells, without taking away what is being typed, that it changed', async () => {
    const { code } = await web.case({ service: 'ktp' });
    const response = await web.app.request(`/console/kasus/${code}/live?dari=open`, withCookie(ratna));
    const stream = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    expect(await readEvent(stream)).not.toContain('baru saja berubah');
    await act(code, 'take', budi);
    const changed = await readEvent(stream);
    expect(changed).toContain('baru saja berubah');
    expect(changed).toContain('Budi Santoso');
    expect(changed).not.toContain('<textarea');
    await stream.cancel();
  });

  test('a file that claims to be a page is handed out as a download', async () => {
    const { id } = await web.case();
    const file = await web.file({
      caseId: id,
      mime: 'text/html',
      bytes: Buffer.from('<script>alert(1)</script>'),
    });
    const response = await web.app.request(`/console/berkas/${file}`, withCookie(ratna));
    expect(response.headers.get('content-type')).toBe('application/octet-stream');
    expect(response.headers.get('content-disposition')).toBe('attachment');
  });
});

describe('a resident who asks for a person', () => {
  test('is seen by the officers who were told, and answered in the chat', async () => {
    const { conversationId, residentId } = await web.resident('Mbah Karto');
    const asker = {
      ...consoleAsker({ id: '', name: '', roles: [] }),
      officer: null,
      conversationId,
      residentId,
      villageId: GINTANGAN,
    };
    await handOver(
      web.pool,
      [{ asker, effect: { kind: 'hand_over', reason: 'asked', text: 'Pak, tolong <dibantu>' } }],
      { ...web.deps, now: web.clock.now, nudges: { converse: false, notify: false, send: new Set() } },
    );
    expect(await page('/console')).toContain('1 warga menunggu petugas');
    const calls = await page('/console/percakapan');
    expect(calls).toContain('Mbah Karto');
    expect(calls).toContain('Pak, tolong &lt;dibantu&gt;');
    const answered = await web.app.request(
      `/console/percakapan/${conversationId}/balas`,
      form({ text: 'Datang saja besok, Mbah.' }, ratna),
    );
    expect(answered.headers.get('location')).toBe('/console/percakapan?kabar=call_answered');
    const { rows } = await web.pool.query(
      `SELECT body->>'flow' AS flow, body->'vars'->>'text' AS text FROM inbound_messages WHERE conversation_id = $1`,
      [conversationId],
    );
    expect(rows).toEqual([{ flow: 'officer-message', text: 'Datang saja besok, Mbah.' }]);
    expect(await page('/console/percakapan', budi)).toContain('Dijawab Ratna');
  });
});

describe('a voice note', () => {
  const bytes = new Uint8Array(Buffer.from('OggS suara Mbah Karto'));
  let voice: string;
  let document: string;
  let elsewhere: string;

  beforeAll(async () => {
    const { conversationId, residentId } = await web.resident('Mbah Karto');
    const other = await web.resident('Orang Lain');
    voice = await web.file({ conversationId, kind: 'voice', mime: 'audio/ogg', bytes });
    document = await web.file({ conversationId, isRestricted: true });
    elsewhere = await web.file({ conversationId: other.conversationId, kind: 'voice', mime: 'audio/ogg' });
    const asker = {
      ...consoleAsker({ id: '', name: '', roles: [] }),
      officer: null,
      conversationId,
      residentId,
      villageId: GINTANGAN,
    };
    // Ids of another conversation that came along by mistake show nothing.
    const effect = {
      kind: 'hand_over' as const,
      reason: 'voice' as const,
      text: '[pesan suara]',
      files: [voice, document, elsewhere],
    };
    await handOver(web.pool, [{ asker, effect }], {
      ...web.deps,
      now: web.clock.now,
      nudges: { converse: false, notify: false, send: new Set() },
    });
  });

  test('is played by the officers who were told of it', async () => {
    const calls = await page('/console/percakapan');
    expect(calls).toContain('Mengirim pesan suara');
    expect(calls).toMatch(
      new RegExp(`<audio controls="" preload="none" src="/console/percakapan/berkas/${voice}"`, 'u'),
    );
    expect(calls).not.toContain(elsewhere);
    const played = await web.app.request(`/console/percakapan/berkas/${voice}`, withCookie(ratna));
    expect(played.status).toBe(200);
    expect(played.headers.get('content-type')).toBe('audio/ogg');
    expect(played.headers.get('content-security-policy')).toContain("media-src 'self'");
    expect(new Uint8Array(await played.arrayBuffer())).toEqual(bytes);
  });

  test('is played in parts, as some phones want it', async () => {
    const part = async (range: string) => {
      const response = await web.app.request(`/console/percakapan/berkas/${voice}`, {
        headers: { Cookie: ratna, Range: range },
      });
      return [response.status, response.headers.get('content-range'), await response.text()];
    };
    expect(await part('bytes=0-3')).toEqual([206, `bytes 0-3/${bytes.length}`, 'OggS']);
    expect(await part('bytes=16-')).toEqual([206, `bytes 16-20/${bytes.length}`, 'Karto']);
    expect(await part('bytes=-5')).toEqual([206, `bytes 16-20/${bytes.length}`, 'Karto']);
    expect(await part('bytes=99-')).toEqual([416, `bytes */${bytes.length}`, '']);
    expect((await part('bytes=0-1,3-4'))[0]).toBe(200);
  });

  test('of somebody else, or with an identity document, is for nobody who was not told', async () => {
    const asked = async (id: string, cookie = ratna) =>
      (await web.app.request(`/console/percakapan/berkas/${id}`, withCookie(cookie))).status;
    expect(await asked(elsewhere)).toBe(404);
    expect(await asked(document)).toBe(403);
    expect(await asked('tidak-ada')).toBe(404);
    const later = web.clock.now;
    web.clock.now = new Date(later.getTime() + 4 * 86_400_000);
    const again = await web.signIn('ratna');
    expect(await asked(voice, again)).toBe(404);
    web.clock.now = later;
  });
});

describe('a listing', () => {
  test('is approved, is on the market, and its seller is told', async () => {
    const { code } = await web.listing({ status: 'waiting', title: 'Salak pondoh' });
    expect(await (await web.app.request('/pasar?cari=salak')).text()).not.toContain(code);
    const approved = await web.app.request(`/console/lapak/${code}/setujui`, form({}, ratna));
    expect(approved.headers.get('location')).toBe('/console/lapak?kabar=listing_approve');
    expect(await (await web.app.request('/pasar?cari=salak')).text()).toContain(code);
    const { rows } = await web.pool.query(
      `SELECT body->'vars'->>'event' AS event FROM inbound_messages WHERE body->'vars'->>'code' = $1`,
      [code],
    );
    expect(rows).toEqual([{ event: 'published' }]);
  });

  test('is taken down with a reason only', async () => {
    const { code } = await web.listing({ title: 'Rambutan' });
    const silent = await web.app.request(`/console/lapak/${code}/turunkan`, form({ reason: '' }, ratna));
    expect(silent.headers.get('location')).toContain('listing_no_words');
    await web.app.request(`/console/lapak/${code}/turunkan`, form({ reason: 'Dilaporkan penipuan' }, ratna));
    expect((await web.app.request(`/pasar/${code}`)).status).toBe(404);
  });
});

describe("an office's group", () => {
  const digests = async () =>
    (
      await web.pool.query<{ code_hash: string; used: boolean }>(
        "SELECT code_hash, used_at IS NOT NULL AS used FROM link_codes WHERE purpose = 'group' ORDER BY created_at, id",
      )
    ).rows;

  test('gets a link that is shown once, kept as a digest, and withdrawn by the next one', async () => {
    const made = await web.app.request('/console/petugas/grup', form({ village: GINTANGAN }, keeper));
    const shown = await made.text();
    const token = /\?startgroup=grp-([\w-]{32})"/u.exec(shown)![1]!;
    expect(await page('/console/petugas', keeper)).not.toContain('startgroup=');
    expect(await digests()).toEqual([{ code_hash: tokenHash(token), used: false }]);
    await web.app.request('/console/petugas/grup', form({ village: GINTANGAN }, keeper));
    expect((await digests()).map(({ used }) => used)).toEqual([true, false]);
  });

  test('that was linked is shown by its name, and ended: then it is told so', async () => {
    const { rows } = await web.pool.query<{ id: string }>(
      `WITH r AS (INSERT INTO residents (id) VALUES (gen_random_uuid()) RETURNING id),
         a AS (INSERT INTO addresses (id, resident_id, platform, display_name)
           SELECT gen_random_uuid(), id, 'telegram', 'Kantor <b>Gintangan</b>' FROM r RETURNING id),
         l AS (INSERT INTO lines (id, platform, name) VALUES ('telegram:7', 'telegram', '@uji')
           ON CONFLICT (id) DO UPDATE SET name = excluded.name RETURNING id)
       INSERT INTO conversations (id, address_id, line_id, chat_id, is_group)
       SELECT gen_random_uuid(), a.id, l.id, '-1001', true FROM a, l RETURNING id`,
    );
    await web.pool.query(
      'INSERT INTO officer_groups (id, village_id, conversation_id, linked_at) VALUES (gen_random_uuid(), $1, $2, $3)',
      [GINTANGAN, rows[0]!.id, web.clock.now],
    );
    expect(await page('/console/petugas', keeper)).toContain('Kantor &lt;b&gt;Gintangan&lt;/b&gt;');
    const ended = await web.app.request('/console/petugas/grup/akhiri', form({ village: GINTANGAN }, keeper));
    expect(ended.headers.get('location')).toBe('/console/petugas?kabar=group_ended');
    const told = await web.pool.query('SELECT body FROM inbound_messages WHERE conversation_id = $1', [
      rows[0]!.id,
    ]);
    expect(told.rows).toMatchObject([{ body: { flow: 'officer-group-replaced' } }]);
    const again = await web.app.request('/console/petugas/grup/akhiri', form({ village: GINTANGAN }, keeper));
    expect(again.headers.get('location')).toBe('/console/petugas?kabar=group_not_found');
  });
});

describe('officers', () => {
  test('are added with a phone as people write it, and never twice', async () => {
    const add = (name: string, phone: string) =>
      web.app.request(
        '/console/petugas',
        form({ name, phone, role: 'operator', village: GINTANGAN }, keeper),
      );
    expect((await add('Joko', '0812-3456-0099')).status).toBe(303);
    const { rows } = await web.pool.query(`SELECT phone FROM officers WHERE name = 'Joko'`);
    expect(rows).toEqual([{ phone: '6281234560099' }]);
    const twice = await add('Joko Dua', '+62 812 3456 0099');
    expect(twice.status).toBe(400);
    expect(await twice.text()).toContain('sudah milik petugas lain');
    expect(await (await add('Joko', '12345')).text()).toContain('belum benar');
  });

  test('get an account by a link that works once, and sign in with the password that they chose', async () => {
    const { id } = await web.officer({ name: 'Wati' });
    const made = await web.app.request(`/console/petugas/${id}/akun`, form({ username: 'wati' }, keeper));
    const link = /http:\/\/localhost(\/console\/kata-sandi\/[\w-]+)/u.exec(await made.text())![1]!;
    expect((await web.app.request(link)).status).toBe(200);
    expect(
      (await web.app.request('/console/masuk', form({ username: 'wati', password: PASSWORD }))).status,
    ).toBe(401);
    const chosen = await web.app.request(link, form({ password: PASSWORD, again: PASSWORD }));
    expect(chosen.headers.get('location')).toBe('/console/masuk?kabar=password_set');
    expect(
      (await web.app.request(link, form({ password: 'penyusup lagi', again: 'penyusup lagi' }))).status,
    ).toBe(410);
    const cookie = await web.signIn('wati');
    expect(await page('/console', cookie)).toContain('Wati');

    const anew = await web.app.request(`/console/petugas/${id}/kata-sandi`, form({}, keeper));
    const second = /http:\/\/localhost(\/console\/kata-sandi\/[\w-]+)/u.exec(await anew.text())![1]!;
    await web.app.request(second, form({ password: 'yang baru sekali', again: 'yang baru sekali' }));
    expect((await web.app.request('/console', withCookie(cookie))).status).toBe(303);
  });

  test('a link that was not used within a day works no longer', async () => {
    const { id } = await web.officer({ name: 'Lambat' });
    const made = await web.app.request(`/console/petugas/${id}/akun`, form({ username: 'lambat' }, keeper));
    const link = /http:\/\/localhost(\/console\/kata-sandi\/[\w-]+)/u.exec(await made.text())![1]!;
    await web.pool.query(`UPDATE auth_verifications SET expires_at = now() - interval '1 day'`);
    expect((await web.app.request(link)).status).toBe(410);
    expect((await web.app.request(link, form({ password: PASSWORD, again: PASSWORD }))).status).toBe(410);
  });

  test('are invited to the chat by a token that is shown once and kept as a digest', async () => {
    const { id } = await web.officer({ name: 'Undangan', phone: '6281234560077' });
    const made = await (await web.app.request(`/console/petugas/${id}/undang`, form({}, keeper))).text();
    const token = /start=inv-([\w-]+)/u.exec(made)![1]!;
    expect(await page('/console/petugas', keeper)).not.toContain(token);
    const { rows } = await web.pool.query(
      `SELECT token_hash, phone, expires_at - created_at = interval '24 hours' AS day FROM invites WHERE officer_id = $1`,
      [id],
    );
    expect(rows).toEqual([
      { token_hash: expect.stringMatching(/^[0-9a-f]{64}$/u), phone: '6281234560077', day: true },
    ]);
    expect(rows[0].token_hash).not.toContain(token);
  });

  test('who stop are signed out at once', async () => {
    const { id } = await web.officer({ name: 'Pamit', username: 'pamit' });
    const cookie = await web.signIn('pamit');
    await web.app.request(`/console/petugas/${id}/berhenti`, form({}, keeper));
    expect((await web.app.request('/console', withCookie(cookie))).status).toBe(303);
    const { rows } = await web.pool.query(
      'SELECT 1 FROM auth_sessions JOIN officers USING (user_id) WHERE officers.id = $1',
      [id],
    );
    expect(rows).toEqual([]);
  });

  test('a keeper does not stop themselves', async () => {
    const { rows } = await web.pool.query(`SELECT id FROM officers WHERE name = 'Pengelola'`);
    const response = await web.app.request(`/console/petugas/${rows[0].id}/berhenti`, form({}, keeper));
    expect(response.status).toBe(400);
    expect(cookiesOf(response)).toBe('');
  });
});

/** The next event's data of a stream; a sign of life is none. */
async function readEvent(stream: ReadableStreamDefaultReader<string>): Promise<string> {
  let text = '';
  for (;;) {
    const { value, done } = await stream.read();
    if (done) throw new Error('the stream ended');
    text += value;
    if (text.includes('data:') && text.endsWith('\n\n')) return text;
  }
}
