import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GENTENG, GINTANGAN, aWeb, form, withCookie } from './support.js';
import type { Web } from './support.js';

const QR = '2@rahasia-penautan-0123456789,kunci,lain';
const TOKEN = '7002:AAE-rahasia-sekali-0123456789';

let web: Web;
let keeper: string;
let head: string;
let stranger: string;
beforeAll(async () => {
  web = await aWeb();
  const roles = {
    pengelola: [{ role: 'admin', village: null }],
    kades: [{ role: 'kepala_desa', village: GINTANGAN }],
    lain: [
      { role: 'kepala_desa', village: GENTENG },
      { role: 'admin', village: GENTENG },
    ],
  };
  for (const [username, held] of Object.entries(roles)) await web.officer({ username, roles: held });
  [keeper, head, stranger] = [
    await web.signIn('pengelola'),
    await web.signIn('kades'),
    await web.signIn('lain'),
  ];
});
afterAll(() => web.drop());

const page = async (cookie: string, path = '/console/jalur') =>
  (await web.app.request(path, withCookie(cookie))).text();
const post = (path: string, fields: { [name: string]: string }, cookie = keeper) =>
  web.app.request(path, form(fields, cookie));
const alive = `lease_owner = 'x', lease_until = now() + interval '1 day'`;

async function aLine(id: string, more: { village?: string; villages?: string[]; set?: string } = {}) {
  await web.pool.query(
    `INSERT INTO lines (id, platform, name, village_id, settings) VALUES ($1, 'whatsapp', $2, $3, 'sealed')`,
    [id, `nama ${id}`, more.village ?? null],
  );
  for (const village of more.villages ?? [])
    await web.pool.query('INSERT INTO line_villages (line_id, village_id) VALUES ($1, $2)', [id, village]);
  await web.pool.query(`UPDATE lines SET ${alive} ${more.set ? `, ${more.set}` : ''} WHERE id = $1`, [id]);
}

describe('the lines', () => {
  test('are seen by officers of the villages that they serve', async () => {
    await aLine('whatsapp-web:sendiri', { village: GINTANGAN });
    await aLine('whatsapp-web:beberapa', { villages: [GINTANGAN, '35.10.09.2002'] });
    await aLine('whatsapp-web:semua');
    const seen = async (cookie: string) => {
      const text = await page(cookie);
      return ['sendiri', 'beberapa', 'semua'].filter((name) => text.includes(`nama whatsapp-web:${name}`));
    };
    expect(await seen(keeper)).toEqual(['sendiri', 'beberapa', 'semua']);
    expect(await seen(head)).toEqual(['sendiri', 'beberapa', 'semua']);
    expect(await seen(stranger)).toEqual(['semua']);
  });

  test('an incident of a village’s own line is seen there, and closed by a keeper alone', async () => {
    const id = web.deps.newId();
    await web.pool.query(
      `INSERT INTO incidents (id, kind, line_id, detail) VALUES ($1, 'line_down', 'whatsapp-web:sendiri', '{"reason":"uji"}')`,
      [id],
    );
    expect(await page(head)).toContain('Jalur terputus');
    expect(await page(head)).not.toContain(`/console/insiden/${id}/tutup`);
    expect(await page(stranger)).not.toContain('reason uji');
    expect(await page(keeper)).toContain(`/console/insiden/${id}/tutup`);
    expect(await page(head, '/console')).toContain('1 kejadian');
    await web.pool.query('DELETE FROM incidents');
  });

  test('a state is told with its cure, the last error, and what waits since when', async () => {
    const { conversationId } = await web.resident();
    await aLine('whatsapp-cloud:9', {
      set: `state = 'down', state_reason = 'code 190', last_error = 'code 190', last_error_at = now()`,
    });
    await web.pool.query(
      `INSERT INTO outbound_messages (conversation_id, line_id, body, created_at)
       VALUES ($1, 'whatsapp-cloud:9', '{"text":"Halo"}', $2)`,
      [conversationId, new Date(web.clock.now.getTime() - 2 * 3_600_000)],
    );
    const text = await page(keeper);
    expect(text).toContain('Terputus');
    expect(text).toContain('Meta menolak nomor ini');
    expect(text).toContain('code 190');
    expect(text).toContain('1 pesan, yang tertua 2 jam yang lalu');
    await web.pool.query(`UPDATE lines SET lease_until = now() WHERE id = 'whatsapp-cloud:9'`);
    expect(await page(keeper)).toContain('Tidak ada proses yang menjalankan jalur ini');
  });

  test('tell how many notices to officers wait for one that is down', async () => {
    const { conversationId } = await web.resident('Pak Petugas');
    const officer = await web.officer({ name: 'Pak Petugas' });
    await web.pool.query(
      `UPDATE addresses SET officer_id = $1 WHERE id = (SELECT address_id FROM conversations WHERE id = $2)`,
      [officer.id, conversationId],
    );
    await web.pool.query(`UPDATE lines SET state = 'down' WHERE id = 'telegram:1'`);
    await web.pool.query(
      `INSERT INTO notifications (id, officer_id, kind, subject_id) VALUES ($1, $2, 'officer-new-case', $1)`,
      [web.deps.newId(), officer.id],
    );
    expect(await page(keeper)).toContain('1; dikirim begitu jalur ini pulih');
    await web.pool.query(`UPDATE lines SET state = 'up' WHERE id = 'telegram:1'`);
    expect(await page(keeper)).not.toContain('dikirim begitu jalur ini pulih');
  });
});

describe('linking', () => {
  const linking = (at: Date) =>
    web.pool.query(`UPDATE lines SET linking = $1, linking_at = $2 WHERE id = 'whatsapp-web:sendiri'`, [
      QR,
      at,
    ]);

  test('shows the code to keepers alone, never to be kept, and its text to nobody', async () => {
    await linking(web.clock.now);
    const response = await web.app.request('/console/jalur', withCookie(keeper));
    expect(response.headers.get('cache-control')).toBe('no-store');
    const text = await response.text();
    expect(text).toContain('<svg');
    expect(text).toContain('Perangkat tertaut');
    expect(text).not.toContain('rahasia-penautan');
    const other = await page(head);
    expect(other).toContain('Menunggu ditautkan oleh pengelola');
    expect(other).not.toContain('<svg');
  });

  test('shows no code that is void: too old, or of a gateway that is gone', async () => {
    await linking(new Date(web.clock.now.getTime() - 61_000));
    expect(await page(keeper)).not.toContain('<svg');
    expect(await page(keeper)).toContain('Kode berikutnya sedang disiapkan');
    await linking(web.clock.now);
    await web.pool.query(`UPDATE lines SET lease_until = now() WHERE id = 'whatsapp-web:sendiri'`);
    expect(await page(keeper)).not.toContain('<svg');
    expect(await page(keeper)).toContain('Tidak berjalan');
    await web.pool.query(`UPDATE lines SET ${alive} WHERE id = 'whatsapp-web:sendiri'`);
  });

  test('changes by itself: the next code, and that it is linked', async () => {
    const ended = new AbortController();
    const { body } = await web.app.request('/console/jalur/live', {
      ...withCookie(keeper),
      signal: ended.signal,
    });
    const reader = body!.pipeThrough(new TextDecoderStream()).getReader();
    let heard = '';
    const reading = (async () => {
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return;
        heard += value;
      }
    })().catch(() => {});
    await expect.poll(() => heard).toContain('<svg');
    const drawn = /<path stroke[^>]+>/u.exec(heard)![0];
    heard = '';
    await web.pool.query(
      `UPDATE lines SET linking = 'kode berikutnya', linking_at = linking_at + interval '1 second' WHERE id = 'whatsapp-web:sendiri'`,
    );
    await expect.poll(() => heard).toContain('<svg');
    expect(heard).not.toContain(drawn);
    heard = '';
    await web.pool.query(
      `UPDATE lines SET linking = NULL, linking_at = NULL, state = 'up' WHERE id = 'whatsapp-web:sendiri'`,
    );
    await expect.poll(() => heard).toContain('Terhubung');
    expect(heard).not.toContain('<svg');
    ended.abort();
    await reader.cancel().catch(() => {});
    await Promise.race([reading, sleep(100)]);
  });
});

describe('a keeper', () => {
  test('adds a bot, whose token is sealed and never shown again', async () => {
    const fields = { token: TOKEN, villages: GINTANGAN, sure: 'ya' };
    const response = await post('/console/jalur/tambah?jenis=telegram', fields);
    expect(response.headers.get('location')).toBe('/console/jalur?kabar=line_added');
    const { rows } = await web.pool.query(
      `SELECT settings, village_id FROM lines WHERE id = 'telegram:7002'`,
    );
    expect(rows[0].village_id).toBe(GINTANGAN);
    expect(web.deps.sealer.open('line', 'telegram:7002', rows[0].settings)).toMatchObject({ token: TOKEN });
    expect(await page(keeper)).not.toContain('rahasia');
    const audited = await web.pool.query(
      `SELECT action, data FROM audit_log WHERE subject_id = 'telegram:7002' AND officer_id IS NOT NULL`,
    );
    expect(audited.rows).toEqual([{ action: 'line.add', data: { kind: 'telegram', villages: [GINTANGAN] } }]);
  });

  test.each([
    [{ token: 'bukan token', sure: 'ya' }, 'Token itu tidak berbentuk token'],
    [{ token: TOKEN }, 'Centang dulu'],
    [{ token: TOKEN, sure: 'ya', villages: '99.99' }, 'Desa'],
  ])('is told what is wrong, and no secret comes back: %j', async (fields, words) => {
    const response = await post('/console/jalur/tambah?jenis=telegram', fields as never);
    expect(response.status).toBe(400);
    const text = await response.text();
    expect(text).toContain(words);
    expect(text).not.toContain('rahasia');
  });

  test('asks a line to be started anew, says whom it serves, and removes it', async () => {
    const line = '/console/jalur/telegram%3A7002';
    expect(await page(keeper, `${line}/mulai-ulang`)).toContain('Ya, mulai ulang');
    await post(`${line}/mulai-ulang`, {});
    await web.app.request(`${line}/desa`, {
      ...form({}, keeper),
      body: new URLSearchParams([
        ['villages', GINTANGAN],
        ['villages', GENTENG],
      ]),
    });
    const { rows } = await web.pool.query(
      `SELECT restart_at IS NOT NULL AS asked, village_id,
         ARRAY(SELECT village_id FROM line_villages WHERE line_id = lines.id ORDER BY 1) AS villages
       FROM lines WHERE id = 'telegram:7002'`,
    );
    expect(rows[0]).toEqual({ asked: true, village_id: null, villages: [GENTENG, GINTANGAN].toSorted() });
    expect(await page(keeper, `${line}/hapus`)).toContain('Ya, hapus jalur');
    await post(`${line}/hapus`, {});
    expect(await page(keeper)).not.toContain('telegram:7002');
    expect((await web.app.request(`${line}/hapus`, withCookie(keeper))).status).toBe(404);
  });

  test('cannot remove what the environment names, and is told the variable', async () => {
    expect(await page(keeper)).toContain('TELEGRAM_BOT_TOKEN');
    expect(await page(keeper)).not.toContain('/console/jalur/telegram%3A1/hapus');
    const response = await post('/console/jalur/telegram%3A1/hapus', {});
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('diatur di server');
  });
});

test('the page “is this really us” names lines that people can find, as people write them', async () => {
  await web.pool.query('UPDATE lines SET removed_at = NULL');
  await aLine('whatsapp-cloud:555', { village: GINTANGAN, set: `name = '6281234567890'` });
  await aLine('whatsapp-cloud:556', { set: `name = id` });
  await aLine('whatsapp-cloud:557', { set: `name = '628555', removed_at = now()` });
  const text = await (await web.app.request('/resmi')).text();
  expect(text).toContain('@desa_gintangan_bot');
  expect(text).toContain('+62 812-3456-7890');
  expect(text).not.toContain('whatsapp-cloud:556');
  expect(text).not.toContain('628555');
});
