import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSetupLink } from '../../src/web/auth/setup.js';
import { aWeb, cookiesOf, form, from, PASSWORD, type Web, withCookie } from './support.js';

let web: Web;
beforeAll(async () => {
  web = await aWeb();
});
afterAll(() => web?.drop());

const KEEPER = { name: 'Ibu Pengelola', username: 'pengelola', password: PASSWORD, again: PASSWORD };

describe('the set-up link', () => {
  test('works for an hour and is void once a new one was printed', async () => {
    const first = (await createSetupLink(web.deps))!;
    expect((await web.app.request(first)).status).toBe(200);
    const second = (await createSetupLink(web.deps))!;
    expect((await web.app.request(first)).status).toBe(410);
    web.clock.now = new Date(web.clock.now.getTime() + 3_601_000);
    expect((await web.app.request(second)).status).toBe(410);
    expect((await web.app.request(second, form(KEEPER))).status).toBe(410);
  });

  test('is kept as a digest alone', async () => {
    const link = (await createSetupLink(web.deps))!;
    const { rows } = await web.pool.query(`SELECT value::text FROM settings WHERE name = 'console_setup'`);
    expect(rows[0].value).not.toContain(link.split('/').at(-1));
  });

  test('refuses a poor password, and makes one keeper of every village though it is sent twice at once', async () => {
    const link = (await createSetupLink(web.deps))!;
    const poor = await web.app.request(link, form({ ...KEEPER, password: 'pendek', again: 'pendek' }));
    expect(poor.status).toBe(400);
    expect(await poor.text()).not.toContain('value="pendek"');
    const differing = await web.app.request(link, form({ ...KEEPER, again: 'lain lagi ya' }));
    expect(await differing.text()).toContain('tidak sama');

    // Whoever chooses their NIK would have it stand in clear.
    const named = await web.app.request(link, form({ ...KEEPER, username: '3510121708900001' }));
    expect(named.status).toBe(400);
    expect(await named.text()).toContain('Jangan pakai NIK');
    expect((await web.pool.query('SELECT FROM auth_users')).rowCount).toBe(0);

    const made = await Promise.all([
      web.app.request(link, form(KEEPER)),
      web.app.request(link, form({ ...KEEPER, username: 'penyusup' })),
    ]);
    expect(new Set(made.map(({ status }) => status))).toEqual(new Set([303, 410]));
    const { rows } = await web.pool.query(
      'SELECT role, village_id FROM officers JOIN officer_roles ON officer_roles.officer_id = officers.id',
    );
    expect(rows).toEqual([{ role: 'admin', village_id: null }]);
    expect(await createSetupLink(web.deps)).toBeNull();
  });
});

describe('signing in', () => {
  test('sets a cookie that scripts cannot read and other sites do not bring', async () => {
    await web.officer({ name: 'Budi', username: 'budi' });
    const response = await web.app.request('/console/masuk', form({ username: 'Budi', password: PASSWORD }));
    expect(response.headers.get('location')).toBe('/console');
    const cookie = response.headers.getSetCookie().find((one) => one.startsWith('kentongan.session_token'))!;
    expect(cookie).toContain('HttpOnly');
    expect(cookie).toContain('SameSite=Lax');
    expect(cookie).toContain('Path=/console');
    const page = await web.app.request('/console', withCookie(cookiesOf(response)));
    expect(page.status).toBe(200);
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(await page.text()).toContain('Budi');
  });

  test('goes on where somebody wanted to go, and nowhere outside the console', async () => {
    const asked = await web.app.request('/console/petugas');
    expect(asked.headers.get('location')).toBe('/console/masuk?ke=%2Fconsole%2Fpetugas');
    const to = async (ke: string) =>
      (
        await web.app.request('/console/masuk', form({ username: 'budi', password: PASSWORD, ke }))
      ).headers.get('location');
    expect(await to('/console/lapak')).toBe('/console/lapak');
    expect(await to('//penipu.example')).toBe('/console');
    expect(await to('https://penipu.example/console')).toBe('/console');
    expect(await to('/console/../pasar')).toBe('/console');
  });

  test('answers an unknown name and a wrong password alike', async () => {
    const attempt = async (username: string, password: string) => {
      const response = await web.app.request(
        '/console/masuk',
        form({ username, password }),
        from('198.51.100.1'),
      );
      return { status: response.status, text: (await response.text()).replaceAll(username, '') };
    };
    const unknown = await attempt('siapa', 'bukan ini ya');
    expect(unknown.status).toBe(401);
    expect(unknown.text).toContain('salah');
    expect(await attempt('budi', 'bukan ini ya')).toEqual(unknown);
  });

  test('is held up after eight guesses from one source, and only there; a quarter of an hour later it goes on', async () => {
    await web.officer({ name: 'Ratna', username: 'ratna' });
    const guess = (password: string, address: string) =>
      web.app.request('/console/masuk', form({ username: 'ratna', password }), from(address));
    for (let n = 0; n < 8; n += 1) expect((await guess('tebak tebak', '198.51.100.2')).status).toBe(401);
    expect((await guess(PASSWORD, '198.51.100.2')).status).toBe(429);
    expect((await guess(PASSWORD, '198.51.100.3')).status).toBe(303);
    web.clock.now = new Date(web.clock.now.getTime() + 901_000);
    expect((await guess(PASSWORD, '198.51.100.2')).status).toBe(303);
  });

  test('keeps nothing that was typed as a name: some type their NIK there', async () => {
    const nik = '3510121708900001';
    await web.app.request(
      '/console/masuk',
      form({ username: nik, password: PASSWORD }),
      from('198.51.100.9'),
    );
    const { rows } = await web.pool.query<{ code: string }>('SELECT code FROM code_attempts ORDER BY at, id');
    expect(rows.filter(({ code }) => /^masuk:[\w.-]{40,}$/u.test(code))).toHaveLength(rows.length);
    expect(JSON.stringify(rows)).not.toContain(nik);
  });

  test('many guesses at once are held up as well', async () => {
    const guesses = Array.from({ length: 20 }, async () =>
      web.app.request(
        '/console/masuk',
        form({ username: 'hantu', password: 'tebak tebak' }),
        from('198.51.100.4'),
      ),
    );
    const statuses = (await Promise.all(guesses)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(8);
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(12);
  });

  test('there is no sign-up, and none of the library’s own routes', async () => {
    for (const path of ['/api/auth/sign-up/email', '/console/sign-up/email', '/api/auth/ok'])
      expect([401, 404]).toContain((await web.app.request(path, form())).status);
  });

  test('signing out ends the session, not the cookie alone', async () => {
    const cookie = await web.signIn('budi');
    await web.app.request('/console/keluar', form({}, cookie));
    const after = await web.app.request('/console', withCookie(cookie));
    expect(after.headers.get('location')).toBe('/console/masuk');
  });

  test('an officer who serves no longer is signed in no longer', async () => {
    const { id } = await web.officer({ name: 'Mantan', username: 'mantan' });
    const cookie = await web.signIn('mantan');
    await web.pool.query('UPDATE officers SET is_active = false WHERE id = $1', [id]);
    expect((await web.app.request('/console', withCookie(cookie))).status).toBe(303);
    expect((await web.app.request('/console/keluar', form({}, cookie))).status).toBe(401);
  });
});

describe('a password', () => {
  test('is changed with the present one, and other sessions end', async () => {
    await web.officer({ name: 'Tono', username: 'tono' });
    const [here, elsewhere] = [await web.signIn('tono'), await web.signIn('tono')];
    const fields = { current: 'salah sekali', password: 'kentongan baru', again: 'kentongan baru' };
    expect((await web.app.request('/console/akun/kata-sandi', form(fields, here))).status).toBe(400);
    const changed = await web.app.request(
      '/console/akun/kata-sandi',
      form({ ...fields, current: PASSWORD }, here),
    );
    expect(changed.headers.get('location')).toBe('/console/akun?kabar=password_set');
    expect((await web.app.request('/console', withCookie(elsewhere))).status).toBe(303);
    expect((await web.app.request('/console', withCookie(cookiesOf(changed)))).status).toBe(200);
  });
});

describe('the second step', () => {
  test('once it is on, the password alone opens nothing; a code of the app does, and a spare code once', async () => {
    await web.officer({ name: 'Dewi', username: 'dewi' });
    let cookie = await web.signIn('dewi');
    const begun = await web.app.request('/console/akun/kode', form({ current: PASSWORD }, cookie));
    const page = await begun.text();
    const secret = /secret=([A-Z2-7]+)/u.exec(page)![1]!;
    const spares = [...page.matchAll(/<li>([A-Za-z0-9]{5}-[A-Za-z0-9]{5})<\/li>/gu)].map(
      (found) => found[1]!,
    );
    expect(spares.length).toBeGreaterThanOrEqual(5);
    const wrong = await web.app.request('/console/akun/kode/pasang', form({ code: '000000' }, cookie));
    expect(wrong.status).toBe(400);
    const on = await web.app.request('/console/akun/kode/pasang', form({ code: await totp(secret) }, cookie));
    expect(on.headers.get('location')).toBe('/console/akun?kabar=code_on');

    const first = await web.app.request('/console/masuk', form({ username: 'dewi', password: PASSWORD }));
    expect(first.headers.get('location')).toBe('/console/masuk/kode?ke=%2Fconsole');
    cookie = cookiesOf(first);
    expect((await web.app.request('/console', withCookie(cookie))).status).toBe(303);
    expect((await web.app.request('/console/masuk/kode', form({ code: '000000' }, cookie))).status).toBe(401);
    const second = await web.app.request('/console/masuk/kode', form({ code: await totp(secret) }, cookie));
    expect(second.status).toBe(303);
    expect((await web.app.request('/console', withCookie(cookiesOf(second)))).status).toBe(200);

    const spare = async () => {
      const begin = await web.app.request('/console/masuk', form({ username: 'dewi', password: PASSWORD }));
      return (await web.app.request('/console/masuk/kode', form({ code: spares[0]! }, cookiesOf(begin))))
        .status;
    };
    expect(await spare()).toBe(303);
    expect(await spare()).toBe(401);
  });
});

/** The code that an authenticator app shows now (RFC 6238). */
async function totp(secret: string): Promise<string> {
  const { createHmac } = await import('node:crypto');
  const bits = [...secret]
    .map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'))
    .join('');
  const key = Buffer.from(bits.match(/.{8}/gu)!.map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const digest = createHmac('sha1', key).update(counter).digest();
  const offset = digest.at(-1)! & 15;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

describe('behind a proxy that ends TLS', () => {
  test('cookies are for TLS alone, forms of the public name count, and guesses are told apart by who made them', async () => {
    const settings = { ...web.deps.settings, publicUrl: 'https://desa.example.id' };
    const proxied = await aWeb({ settings });
    await proxied.officer({ name: 'Budi', username: 'budi' });
    const send = (password: string, from_: string, origin = 'https://desa.example.id') => {
      const headers = { Origin: origin, Host: '10.0.0.5:8080', 'X-Forwarded-For': `203.0.113.99, ${from_}` };
      const request = { ...form({ username: 'budi', password }), headers };
      return proxied.app.request('/console/masuk', request, from('10.0.0.2'));
    };
    const signedIn = await send(PASSWORD, '198.51.100.1');
    expect(signedIn.status).toBe(303);
    const cookie = signedIn.headers.getSetCookie().find((one) => one.includes('session_token'))!;
    expect(cookie).toMatch(/^__Secure-kentongan\.session_token=.*; Secure/u);
    expect(signedIn.headers.get('strict-transport-security')).toBe('max-age=31536000');
    expect((await send(PASSWORD, '198.51.100.1', 'https://penipu.example')).status).toBe(403);

    for (let n = 0; n < 8; n += 1) await send('tebak tebak', '198.51.100.2');
    expect((await send(PASSWORD, '198.51.100.2')).status).toBe(429);
    expect((await send(PASSWORD, '198.51.100.3')).status).toBe(303);
    await proxied.drop();
  });

  test('without one, what a request says of where it came from counts for nothing', async () => {
    await web.officer({ name: 'Sari', username: 'sari' });
    const guess = (claimed: string) => {
      const request = form({ username: 'sari', password: 'tebak tebak' });
      request.headers = { ...(request.headers as { [name: string]: string }), 'X-Forwarded-For': claimed };
      return web.app.request('/console/masuk', request, from('192.168.1.7'));
    };
    for (let n = 0; n < 8; n += 1) await guess(`198.51.100.${n}`);
    expect((await guess('198.51.100.200')).status).toBe(429);
  });
});
