import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { asItLeaves } from '../../src/core/asItLeaves.js';
import type { OfficerIdentity } from '../../src/core/asker.js';
import { consoleAsker } from '../../src/core/asker.js';
import type { EffectResults } from '../../src/core/effect.js';
import { withoutPasswordTokens } from '../../src/core/passwordLink.js';
import { openPasswordLink } from '../../src/effects/openPasswordLink.js';
import { inTransaction } from '../../src/store/sql.js';
import { aWeb, form, GINTANGAN } from './support.js';
import type { Web } from './support.js';

const NEW = 'tiga sapi merumput';

let web: Web;
let officer: Awaited<ReturnType<Web['officer']>>;
let n = 0;
beforeAll(async () => {
  web = await aWeb();
});
beforeEach(async () => {
  n += 1;
  officer = await anOfficer('operator', `op${n}`);
});
afterAll(() => web?.drop());

const anOfficer = (role: string, username: string | null) =>
  web.officer({
    name: 'Bu Sri',
    ...(username === null ? {} : { username }),
    roles: [{ role, village: GINTANGAN }],
  });

/** What the officer's own chat asks for. */
async function ask(by: OfficerIdentity = officer): Promise<EffectResults['open_password_link']> {
  const nudges = { converse: false, notify: false, send: new Set<string>() };
  const [answer] = await inTransaction(web.pool, (sql) =>
    openPasswordLink(sql, [{ asker: consoleAsker(by), effect: { kind: 'open_password_link' } }], {
      ...web.deps,
      now: web.clock.now,
      nudges,
    }),
  );
  return answer!;
}
/** The path as the officer reads it. */
const pathOf = (path: string) =>
  asItLeaves({ text: `Buka ${path} sekarang.` } as never, web.deps.sealer).text.split(' ')[1]!;
const choose = (path: string, password: string) => web.app.request(path, form({ password, again: password }));
const passwordOf = (username: string, password: string) =>
  web.app.request('/console/masuk', form({ username, password }));

test('the link works once, for whoever asked, who is asked in their chat whether it was they', async () => {
  const answer = await ask();
  expect(answer).toMatchObject({ outcome: 'open', username: `op${n}` });
  const path = pathOf(answer.path);
  // No row holds what works.
  const token = path.split('/').at(-1)!;
  expect(path).not.toBe(answer.path);
  const kept = await web.pool.query(
    'SELECT * FROM auth_verifications WHERE value IN (SELECT user_id FROM officers)',
  );
  expect(JSON.stringify([answer, kept.rows])).not.toContain(token);
  expect((await web.app.request(path)).status).toBe(200);
  expect((await choose(path, NEW)).status).toBe(303);
  expect((await passwordOf(`op${n}`, NEW)).headers.get('location')).toBe('/console');
  expect((await choose(path, 'lain lagi panjang')).status).toBe(410);
  const { rows } = await web.pool.query<{ vars: { what: string } }>(
    `SELECT vars FROM notifications WHERE officer_id = $1 AND kind = 'officer-account'`,
    [officer.id],
  );
  expect(rows.map(({ vars }) => vars.what)).toEqual(['password']);
  const audit = await web.pool.query<{ action: string }>(
    `SELECT action FROM audit_log WHERE subject_id = $1 AND action LIKE 'officer.%password%' ORDER BY id`,
    [officer.id],
  );
  expect(audit.rows.map(({ action }) => action)).toEqual(
    expect.arrayContaining(['officer.own_password_link', 'officer.password_by_link']),
  );
});

test('the next link ends the one before, and each ends after half an hour', async () => {
  const first = pathOf((await ask()).path);
  const second = pathOf((await ask()).path);
  expect((await web.app.request(first)).status).toBe(410);
  expect((await web.app.request(second)).status).toBe(200);
  const now = web.clock.now;
  web.clock.now = new Date(now.getTime() + 31 * 60_000);
  expect((await web.app.request(second)).status).toBe(410);
  web.clock.now = now;
});

test('three a day, and no more', async () => {
  const outcomes = [];
  for (let i = 0; i < 4; i++) outcomes.push((await ask()).outcome);
  expect(outcomes).toEqual(['open', 'open', 'open', 'too_many']);
});

test('whose role signs in with a second factor gets none by chat before that is set up', async () => {
  const kades = await anOfficer('kepala_desa', `kd${n}`);
  expect((await ask(kades)).outcome).toBe('in_person');
  await web.pool.query(
    'UPDATE auth_users SET two_factor_enabled = true WHERE id = (SELECT user_id FROM officers WHERE id = $1)',
    [kades.id],
  );
  expect((await ask(kades)).outcome).toBe('open');
  // Nor does somebody without an account.
  const none = await anOfficer('kader', null);
  expect((await ask(none)).outcome).toBe('no_account');
});

test('a link that is pasted into a chat is not kept', () => {
  const words = 'ini https://desa.example.id/console/kata-sandi/AbCdEfGhIjKlMnOpQrStUv tolong';
  expect(withoutPasswordTokens(words)).toBe('ini https://desa.example.id/console/kata-sandi/… tolong');
});
