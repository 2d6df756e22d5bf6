import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { insertAudit } from '../../src/store/audit.js';
import { settleAccount } from '../../src/store/officerAccounts.js';
import { setPin } from '../../src/store/officerPins.js';
import { hashPin } from '../../src/store/pinHash.js';
import { insertProposal } from '../../src/store/publications.js';
import { inTransaction } from '../../src/store/sql.js';
import { totp } from '../support/totp.js';
import { aWeb, cookiesOf, form, GINTANGAN, PASSWORD, withCookie } from './support.js';
import type { Web } from './support.js';

const DAY = 86_400_000;
let web: Web;
let admin: { id: string; cookie: string };
let head: { id: string };
let sealed: { code: string };
let count = 0;

beforeAll(async () => {
  web = await aWeb();
});
afterAll(() => web?.drop());

/** A village with a head who has an account of their own, a sealed complaint, and an admin who would like to read it. */
beforeEach(async () => {
  count += 1;
  await web.pool.query('UPDATE officers SET is_active = false');
  web.clock.now = new Date();
  // So many sign-ins from one place would be held up.
  await web.pool.query('DELETE FROM code_attempts');
  const keeper = await web.officer({
    name: 'Admin',
    username: `admin${count}`,
    roles: [{ role: 'admin', village: GINTANGAN }],
  });
  admin = { id: keeper.id, cookie: await web.signIn(`admin${count}`) };
  head = await web.officer({
    name: 'Pak Kades',
    username: `kades${count}`,
    roles: [{ role: 'kepala_desa', village: GINTANGAN }],
  });
  sealed = await web.case({ service: 'keluhan.petugas', isConfidential: true, private: { what: 'rahasia' } });
  await web.pool.query(
    `UPDATE cases SET receiver_role = 'kepala_desa', receiver_ids = ARRAY[$2::uuid] WHERE code = $1`,
    [sealed.code, head.id],
  );
});

/** The secretary of the same village, signed in. */
async function aSecretary(): Promise<{ id: string; cookie: string }> {
  const made = await web.officer({
    name: 'Bu Sekdes',
    username: `sekdes${count}`,
    roles: [{ role: 'sekretaris', village: GINTANGAN }],
  });
  return { id: made.id, cookie: await web.signIn(`sekdes${count}`) };
}

const password = 'milik orang lain';
const see = async (cookie: string) =>
  (await web.app.request(`/console/kasus/${sealed.code}`, withCookie(cookie))).status;
const told = async (officerId: string) =>
  (
    await web.pool.query<{ what: string; by: string }>(
      `SELECT coalesce(vars->>'what', 'stopped') AS what, vars->>'by' AS by FROM notifications
       WHERE officer_id = $1 AND kind IN ('officer-account', 'officer-stopped') ORDER BY id`,
      [officerId],
    )
  ).rows;

/** An admin, or another, makes a link for somebody and chooses their password with it. */
async function takeOver(officerId: string, username: string, by = admin.cookie): Promise<string> {
  const made = await web.app.request(`/console/petugas/${officerId}/kata-sandi`, form({}, by));
  const link = /\/console\/kata-sandi\/[\w-]+/u.exec(await made.text())![0];
  const chosen = await web.app.request(link, form({ password, again: password }));
  expect(chosen.status).toBe(303);
  const signedIn = await web.app.request('/console/masuk', form({ username, password }));
  expect(signedIn.status).toBe(303);
  return cookiesOf(signedIn);
}

describe('a password that somebody chose by a link', () => {
  test('opens no sealed complaint, whatever its role, until the owner says in their own chat that it was they', async () => {
    expect(await see(await web.signIn(`kades${count}`))).toBe(200);
    const cookie = await takeOver(head.id, `kades${count}`);
    expect(await see(cookie)).not.toBe(200);
    expect((await web.app.request('/console/petugas', withCookie(cookie))).status).toBe(403);
    expect((await web.app.request('/console/akun', withCookie(cookie))).status).toBe(200);
    // Both are told at once: that there is a link, by whom, and that it was used.
    expect(await told(head.id)).toEqual([
      { what: 'link', by: 'Admin' },
      { what: 'password', by: 'Admin' },
    ]);
    const context = { newId, now: web.clock.now };
    expect(await inTransaction(web.pool, (sql) => settleAccount(sql, head.id, true, context))).toBe('done');
    expect(await see(cookie)).toBe(200);
  });

  test('ends where the owner says that it was not they: nobody signs in with it, and who did is out', async () => {
    const cookie = await takeOver(head.id, `kades${count}`);
    const context = { newId, now: web.clock.now };
    await inTransaction(web.pool, (sql) => settleAccount(sql, head.id, false, context));
    expect((await web.app.request('/console/akun', withCookie(cookie))).status).toBe(303);
    const again = await web.app.request('/console/masuk', form({ username: `kades${count}`, password }));
    expect(again.status).toBe(401);
    const { rows } = await web.pool.query(
      `SELECT action FROM audit_log WHERE subject_id = $1 AND action LIKE 'officer.%' ORDER BY id`,
      [head.id],
    );
    expect(rows.map(({ action }) => action)).toEqual([
      'officer.password_link',
      'officer.password_by_link',
      'officer.account_denied',
    ]);
  });

  describe('of a head to whom somebody gave a role that needs no proof', () => {
    let cookie: string;
    let letter: { id: string; code: string };
    beforeEach(async () => {
      await web.pool.query(
        'INSERT INTO officer_roles (id, officer_id, village_id, role) VALUES ($1, $2, $3, $4)',
        [newId(), head.id, GINTANGAN, 'operator'],
      );
      cookie = await takeOver(head.id, `kades${count}`);
      letter = await web.case({ status: 'signing' });
      await web.pool.query(`UPDATE cases SET step = 'sign' WHERE id = $1`, [letter.id]);
    });
    const stepOf = async () =>
      (await web.pool.query<{ step: string }>('SELECT step FROM cases WHERE id = $1', [letter.id])).rows[0]!
        .step;

    test('makes no PIN and signs nothing with the one that there is', async () => {
      await web.pool.query(`UPDATE villages SET letter_way = 'electronic' WHERE id = $1`, [GINTANGAN]);
      const pin = '482915';
      const set = await web.app.request('/console/pin', form({ current: password, pin, again: pin }, cookie));
      expect(set.status).toBe(403);
      expect(await set.text()).toContain('setelah akun ini dikonfirmasi');
      const context = { now: web.clock.now, newId, sealer: web.deps.sealer };
      const hash = await hashPin(head.id, pin, web.deps.sealer);
      await inTransaction(web.pool, (sql) => setPin(sql, head.id, hash, context));
      for (const path of ['/console/tanda-tangan', '/console/tanda-tangan/abc']) {
        expect((await web.app.request(path, withCookie(cookie))).status).toBe(403);
        const signed = await web.app.request(path, form({ pin, code: letter.code }, cookie));
        expect(signed.status).toBe(403);
      }
      // Nor beside the page: the roles that are proven sign nothing.
      const me = { id: head.id, name: 'Pak Kades', roles: [{ role: 'operator', village: GINTANGAN }] };
      const [result] = await web.deps.perform(me, [
        { kind: 'sign_cases', codes: [letter.code], pin },
      ] as const);
      expect(result).toMatchObject({ outcome: 'none', left: [{ code: letter.code, reason: 'role' }] });
      await web.pool.query(`UPDATE villages SET letter_way = 'wet' WHERE id = $1`, [GINTANGAN]);
    });

    test('neither signs nor initials on paper', async () => {
      for (const step of ['initial', 'sign'] as const) {
        await web.pool.query('UPDATE cases SET step = $2 WHERE id = $1', [letter.id, step]);
        await web.app.request(`/console/kasus/${letter.code}/${step}`, form({}, cookie));
        expect(await stepOf()).toBe(step);
      }
      const context = { newId, now: web.clock.now };
      await inTransaction(web.pool, (sql) => settleAccount(sql, head.id, true, context));
      await web.pool.query(`UPDATE cases SET step = 'initial' WHERE id = $1`, [letter.id]);
      await web.app.request(`/console/kasus/${letter.code}/initial`, form({}, cookie));
      expect(await stepOf()).toBe('sign');
    });
  });

  test('a link that was refused in the chat works no more', async () => {
    const made = await web.app.request(`/console/petugas/${head.id}/kata-sandi`, form({}, admin.cookie));
    const link = /\/console\/kata-sandi\/[\w-]+/u.exec(await made.text())![0];
    const context = { newId, now: web.clock.now };
    await inTransaction(web.pool, (sql) => settleAccount(sql, head.id, false, context));
    expect((await web.app.request(link)).status).toBe(410);
  });

  test('another head may vouch; who made the link may not, nor the owner, nor a head whom that one has just made', async () => {
    const cookie = await takeOver(head.id, `kades${count}`);
    const vouch = async (by: string) =>
      (await web.app.request(`/console/petugas/${head.id}/konfirmasi`, form({}, by))).status;
    expect(await vouch(admin.cookie)).toBe(400);
    expect(await vouch(cookie)).toBe(403);
    // The admin makes somebody the secretary, with an account, to vouch for them.
    const friend = await web.officer({
      name: 'Teman',
      username: `teman${count}`,
      roles: [{ role: 'operator', village: GINTANGAN }],
    });
    const friendCookie = await web.signIn(`teman${count}`);
    const added = await web.app.request(
      `/console/petugas/${friend.id}/jabatan`,
      form({ role: 'sekretaris', village: GINTANGAN }, admin.cookie),
    );
    expect(added.status).toBe(303);
    // The head hears that there is a new secretary.
    expect((await told(head.id)).at(-1)).toEqual({ what: 'role', by: 'Admin' });
    expect(await vouch(friendCookie)).toBe(400);
    expect(await see(cookie)).not.toBe(200);
    const secretary = await web.officer({
      name: 'Bu Sekdes',
      username: `sekdes${count}`,
      roles: [{ role: 'sekretaris', village: GINTANGAN }],
    });
    expect(secretary.id).not.toBe(head.id);
    expect(await vouch(await web.signIn(`sekdes${count}`))).toBe(303);
    expect(await see(cookie)).toBe(200);
  });

  test('is not vouched for by whoever lately made a link, whoever made the last one', async () => {
    await web.officer({
      name: 'Bu Sekdes',
      username: `sekdes${count}`,
      roles: [{ role: 'sekretaris', village: GINTANGAN }],
    });
    const secretary = await web.signIn(`sekdes${count}`);
    const cookie = await takeOver(head.id, `kades${count}`, secretary);
    // Somebody else makes one that nobody uses.
    await web.app.request(`/console/petugas/${head.id}/kata-sandi`, form({}, admin.cookie));
    const vouch = async () =>
      (await web.app.request(`/console/petugas/${head.id}/konfirmasi`, form({}, secretary))).status;
    expect(await vouch()).toBe(400);
    expect(await see(cookie)).not.toBe(200);
  });

  describe('by a link of an admin whom a secretary has just made up', () => {
    let secretary: { id: string; cookie: string };
    let cookie: string;
    let sham: { id: string; cookie: string };
    const act = async (what: string, by = secretary.cookie) =>
      (await web.app.request(`/console/petugas/${head.id}/${what}`, form({}, by))).status;
    beforeEach(async () => {
      secretary = await aSecretary();
      // The account is the secretary's own, proven in a chat of theirs.
      const helper = await web.officer({ name: 'Admin Baru', username: `baru${count}` });
      sham = { id: helper.id, cookie: await web.signIn(`baru${count}`) };
      const added = await web.app.request(
        `/console/petugas/${sham.id}/jabatan`,
        form({ role: 'admin', village: GINTANGAN }, secretary.cookie),
      );
      expect(added.status).toBe(303);
      cookie = await takeOver(head.id, `kades${count}`, sham.cookie);
    });

    test('is not vouched for by that secretary, though the admin is one no more and somebody else makes a link', async () => {
      expect(await act('konfirmasi')).toBe(400);
      await web.app.request(`/console/petugas/${head.id}/kata-sandi`, form({}, admin.cookie));
      expect(await act('konfirmasi')).toBe(400);
      const removed = await web.app.request(
        `/console/petugas/${sham.id}/jabatan/lepas`,
        form({ role: 'admin', village: GINTANGAN }, secretary.cookie),
      );
      expect(removed.status).toBe(303);
      expect(await act('konfirmasi')).toBe(400);
      expect(await see(cookie)).not.toBe(200);
    });

    test('keeps its second factor, too', async () => {
      await withSecondFactor();
      expect(await act('kode-lepas')).toBe(400);
    });

    test('is vouched for once the role is a week old; who did so does not take the second factor away', async () => {
      await web.pool.query(
        `UPDATE officer_roles SET granted_at = granted_at - interval '8 days' WHERE officer_id = $1`,
        [sham.id],
      );
      await withSecondFactor();
      const page = async () =>
        (await web.app.request(`/console/petugas/${head.id}`, withCookie(secretary.cookie))).text();
      expect(await page()).toContain(`${head.id}/kode-lepas`);
      expect(await act('konfirmasi')).toBe(303);
      expect(await page()).not.toContain(`${head.id}/kode-lepas`);
      expect(await act('kode-lepas')).toBe(400);
      web.clock.now = new Date(web.clock.now.getTime() + 8 * DAY);
      secretary.cookie = await web.signIn(`sekdes${count}`);
      await web.pool.query('UPDATE officers SET second_factor_due = NULL');
      expect(await act('kode-lepas')).toBe(303);
    });

    const withSecondFactor = () =>
      web.pool.query(
        'UPDATE auth_users SET two_factor_enabled = true WHERE id = (SELECT user_id FROM officers WHERE id = $1)',
        [head.id],
      );
  });

  test('is not vouched for by a keeper of all who was made one a moment ago, whoever made them one', async () => {
    const keepers = await Promise.all(
      ['satu', 'dua'].map((name) =>
        web.officer({ name, username: `${name}${count}`, roles: [{ role: 'admin', village: null }] }),
      ),
    );
    await web.pool.query('UPDATE officer_roles SET granted_by = $2, granted_at = $3 WHERE officer_id = $1', [
      keepers[1]!.id,
      keepers[0]!.id,
      web.clock.now,
    ]);
    await takeOver(head.id, `kades${count}`);
    const vouch = async (name: string) =>
      (
        await web.app.request(
          `/console/petugas/${head.id}/konfirmasi`,
          form({}, await web.signIn(`${name}${count}`)),
        )
      ).status;
    expect(await vouch('dua')).toBe(400);
    expect(await vouch('satu')).toBe(303);
  });

  test('is not vouched for by whoever has just taken its second factor away', async () => {
    const cookie = await takeOver(head.id, `kades${count}`);
    const secretary = await web.officer({
      name: 'Bu Sekdes',
      username: `sekdes${count}`,
      roles: [{ role: 'sekretaris', village: GINTANGAN }],
    });
    const removed = { officerId: secretary.id, action: 'officer.code_removed' };
    await insertAudit(
      web.pool,
      [{ ...removed, subjectKind: 'officer', subjectId: head.id }],
      newId,
      web.clock.now,
    );
    const vouched = await web.app.request(
      `/console/petugas/${head.id}/konfirmasi`,
      form({}, await web.signIn(`sekdes${count}`)),
    );
    expect(vouched.status).toBe(400);
    expect(await see(cookie)).not.toBe(200);
  });

  test('changes nothing for an operator, whose role needs no proof', async () => {
    const operator = await web.officer({ name: 'Operator', username: `operator${count}` });
    const cookie = await takeOver(operator.id, `operator${count}`);
    expect((await web.app.request('/console/register', withCookie(cookie))).status).toBe(200);
    // Who is made a head later has it all to prove.
    await web.app.request(
      `/console/petugas/${operator.id}/jabatan`,
      form({ role: 'kepala_desa', village: GINTANGAN }, admin.cookie),
    );
    expect((await web.app.request('/console/desa', withCookie(cookie))).status).toBe(403);
  });
});

describe('the chat of a head that somebody takes away', () => {
  let secretary: { id: string; cookie: string };
  let chat: string;
  beforeEach(async () => {
    secretary = await aSecretary();
    const { conversationId, residentId } = await web.resident('Pak Kades');
    chat = conversationId;
    await web.pool.query('UPDATE addresses SET officer_id = $2 WHERE resident_id = $1', [
      residentId,
      head.id,
    ]);
  });
  const act = async (what: string, by: string, whom = head.id) =>
    await web.app.request(`/console/petugas/${whom}/${what}`, form({}, by));
  const said = async () =>
    (
      await web.pool.query<{ body: unknown }>(
        `SELECT body FROM inbound_messages WHERE conversation_id = $1 AND kind = 'internal' AND handled_at IS NULL
           AND external_id NOT LIKE 'board%'`,
        [chat],
      )
    ).rows.map(({ body }) => body);

  test('is told there, once, and to whoever holds as much; the tap itself is enough', async () => {
    const notified = web.nudged.notify;
    const done = await act('chat-lepas', secretary.cookie);
    expect(done.headers.get('location')).toContain('chat_ended');
    const told1 = { flow: 'officer-unlinked', vars: { by: 'Bu Sekdes', role: 'kepala_desa' } };
    expect(await said()).toEqual([told1]);
    expect(await told(secretary.id)).toEqual([]);
    expect(web.nudged.notify).toBeGreaterThan(notified);
    // A second tap finds no chat, and tells nobody.
    await act('chat-lepas', secretary.cookie);
    expect(await said()).toEqual([told1]);
    // The head hears of the secretary's, and nobody of an operator's.
    await web.pool.query(
      'UPDATE addresses SET officer_id = $2 WHERE id = (SELECT address_id FROM conversations WHERE id = $1)',
      [chat, secretary.id],
    );
    await act('chat-lepas', admin.cookie, secretary.id);
    expect(await told(head.id)).toEqual([{ what: 'chat_ended', by: 'Admin' }]);
    expect((await said()).at(-1)).toEqual({
      flow: 'officer-unlinked',
      vars: { by: 'Admin', role: 'sekretaris' },
    });
    const operator = await web.officer({ name: 'Operator' });
    await web.pool.query(
      'UPDATE addresses SET officer_id = $2 WHERE id = (SELECT address_id FROM conversations WHERE id = $1)',
      [chat, operator.id],
    );
    await act('chat-lepas', admin.cookie, operator.id);
    expect(await said()).toHaveLength(2);
    expect(await told(head.id)).toHaveLength(1);
  });

  test('leaves who took it no link for that head, and no word for their account, within the week', async () => {
    await act('chat-lepas', secretary.cookie);
    for (const what of ['kata-sandi', 'akun']) {
      await web.pool.query('UPDATE officers SET user_id = NULL WHERE id = $1 AND $2', [
        head.id,
        what === 'akun',
      ]);
      const refused = await web.app.request(
        `/console/petugas/${head.id}/${what}`,
        form({ username: `lain${count}` }, secretary.cookie),
      );
      expect(refused.status).toBe(400);
      const page = await refused.text();
      expect(page).toContain('baru saja memutus chat Kepala Desa');
      expect(page).not.toContain('/console/kata-sandi/');
    }
    expect(await told(head.id)).toEqual([]);
    await web.pool.query(
      'UPDATE officers SET user_id = (SELECT id FROM auth_users WHERE username = $2) WHERE id = $1',
      [head.id, `kades${count}`],
    );
    await takeOver(head.id, `kades${count}`);
    expect((await act('konfirmasi', secretary.cookie)).status).toBe(400);
    // For an operator whose phone was lost the same hand does all.
    const operator = await web.officer({ name: 'Operator', username: `op${count}x` });
    await insertAudit(
      web.pool,
      [
        {
          officerId: secretary.id,
          action: 'officer.chat_revoked',
          subjectKind: 'officer',
          subjectId: operator.id,
        },
      ],
      newId,
      web.clock.now,
    );
    expect((await act('kata-sandi', secretary.cookie, operator.id)).status).toBe(200);
    web.clock.now = new Date(web.clock.now.getTime() + 8 * DAY);
    await web.pool.query('UPDATE officers SET second_factor_due = NULL');
    const later = await web.signIn(`sekdes${count}`);
    expect((await act('konfirmasi', later)).status).toBe(303);
    expect((await act('kata-sandi', later)).status).toBe(200);
  });
});

test('a NIK is no username: it would stand in clear in the account and in the audit log', async () => {
  const { id } = await web.officer({ name: 'Wati' });
  for (const username of ['3510121708900001', '3510.1217.0890.0001', 'wati_3510121708900001']) {
    const refused = await web.app.request(`/console/petugas/${id}/akun`, form({ username }, admin.cookie));
    expect(refused.status).toBe(400);
    expect(await refused.text()).toContain('Jangan pakai NIK');
  }
  const made = await web.pool.query(`SELECT FROM auth_users WHERE username LIKE '%3510%'`);
  const noted = await web.pool.query(`SELECT FROM audit_log WHERE data::text LIKE '%3510%'`);
  expect([made.rowCount, noted.rowCount]).toEqual([0, 0]);
});

describe('a keeper of all villages', () => {
  test('who was made one a moment ago does not agree to what is proposed; a week later they do', async () => {
    const first = await web.officer({
      name: 'Pengelola',
      username: `satu${count}`,
      roles: [{ role: 'admin', village: null }],
    });
    const cookie = await web.signIn(`satu${count}`);
    const second = await web.officer({ name: 'Kedua', username: `dua${count}` });
    await web.app.request(
      `/console/petugas/${second.id}/jabatan`,
      form({ role: 'admin', village: '' }, cookie),
    );
    const proposal = newId();
    await insertProposal(
      web.pool,
      { id: proposal, baseId: null, files: {}, chats: {}, note: 'kata', officerId: first.id },
      web.clock.now,
    );
    const secondCookie = await web.signIn(`dua${count}`);
    const agree = async () =>
      (
        await web.app.request(`/console/alur/terbitan/${proposal}/setuju`, form({}, secondCookie))
      ).headers.get('location');
    expect(await agree()).toContain('publish_too_new');
    await web.pool.query(
      `UPDATE officer_roles SET granted_at = granted_at - interval '8 days' WHERE officer_id = $1`,
      [second.id],
    );
    expect(await agree()).toContain('publish_done');
  });
});

describe('roles', () => {
  test('several in one hand; the last cannot be taken away, nor one’s own that manages officers', async () => {
    const operator = await web.officer({ name: 'Operator' });
    const change = async (id: string, what: string, role: string) =>
      (
        await web.app.request(
          `/console/petugas/${id}/${what}`,
          form({ role, village: GINTANGAN }, admin.cookie),
        )
      ).status;
    expect(await change(operator.id, 'jabatan', 'kaur_tu')).toBe(303);
    expect(await change(operator.id, 'jabatan/lepas', 'operator')).toBe(303);
    expect(await change(operator.id, 'jabatan/lepas', 'kaur_tu')).toBe(400);
    expect(await change(admin.id, 'jabatan/lepas', 'admin')).toBe(400);
    // Nor does an admin make a head of themselves.
    expect(await change(admin.id, 'jabatan', 'sekretaris')).toBe(400);
    // Nor anybody head of the village, who signs: that is for a keeper of all.
    expect(await change(operator.id, 'jabatan', 'kepala_desa')).toBe(400);
    const added = await web.app.request(
      '/console/petugas',
      form({ name: 'Pak Kedua', phone: '', role: 'kepala_desa', village: GINTANGAN }, admin.cookie),
    );
    expect(added.status).toBe(400);
    const page = await added.text();
    expect(page).toContain('hanya bisa dilakukan pengelola semua desa');
    expect(page).not.toContain('value="kepala_desa"');
    // What stands above the villages is not a village's to give.
    expect(await change(operator.id, 'jabatan', 'kecamatan')).toBe(400);
    const { rows } = await web.pool.query('SELECT role FROM officer_roles WHERE officer_id = $1', [
      operator.id,
    ]);
    expect(rows).toEqual([{ role: 'kaur_tu' }]);
  });

  test('of a kecamatan are given for all its villages at once, and taken at once', async () => {
    await web.officer({
      name: 'Pengelola',
      username: `semua${count}`,
      roles: [{ role: 'admin', village: null }],
    });
    const cookie = await web.signIn(`semua${count}`);
    const added = await web.app.request(
      '/console/petugas',
      form({ name: 'Camat', phone: '', role: 'kecamatan', village: GINTANGAN }, cookie),
    );
    expect(added.status).toBe(303);
    const { rows } = await web.pool.query<{ id: string; n: number; all: number }>(
      `SELECT o.id, count(*)::int AS n, (SELECT count(*)::int FROM villages WHERE district_code = '35.10.25') AS all
       FROM officers o JOIN officer_roles r ON r.officer_id = o.id WHERE o.name = 'Camat' AND o.is_active GROUP BY o.id`,
    );
    const camat = rows[0]!;
    expect(camat.n).toBe(camat.all);
    await web.app.request(
      `/console/petugas/${camat.id}/jabatan`,
      form({ role: 'kabupaten', village: '' }, cookie),
    );
    await web.app.request(
      `/console/petugas/${camat.id}/jabatan/lepas`,
      form({ role: 'kecamatan', village: GINTANGAN }, cookie),
    );
    const left = await web.pool.query('SELECT role, village_id FROM officer_roles WHERE officer_id = $1', [
      camat.id,
    ]);
    expect(left.rows).toEqual([{ role: 'kabupaten', village_id: null }]);
  });
});

describe('a head of the village', () => {
  let secretary: { id: string; cookie: string };
  let keeper: { id: string; cookie: string };
  beforeEach(async () => {
    const aColleague = async (name: string, role: string, village: string | null) => {
      const username = `${role}${count}x`;
      const { id } = await web.officer({ name, username, roles: [{ role, village }] });
      return { id, cookie: await web.signIn(username) };
    };
    secretary = await aColleague('Bu Sekdes', 'sekretaris', GINTANGAN);
    keeper = await aColleague('Pengelola', 'admin', null);
    // Else it would be their last role.
    await web.pool.query(
      'INSERT INTO officer_roles (id, officer_id, village_id, role) VALUES ($1, $2, $3, $4)',
      [newId(), head.id, GINTANGAN, 'operator'],
    );
  });
  const change = async (who: string, what: string, cookie: string, role = '') =>
    (
      await web.app.request(
        `/console/petugas/${who}/${what}`,
        form(role ? { role, village: GINTANGAN } : {}, cookie),
      )
    ).status;
  const standing = async () =>
    (
      await web.pool.query<{ active: boolean; roles: string[] }>(
        `SELECT is_active AS active, array_agg(role ORDER BY role) AS roles
         FROM officers o JOIN officer_roles r ON r.officer_id = o.id WHERE o.id = $1 GROUP BY o.id`,
        [head.id],
      )
    ).rows[0];
  const all = ['kepala_desa', 'operator'];

  test('is switched off, and loses the role, by a keeper alone: not by who would sign in their place', async () => {
    for (const { cookie } of [secretary, admin]) {
      expect(await change(head.id, 'berhenti', cookie)).toBe(400);
      expect(await change(head.id, 'jabatan/lepas', cookie, 'kepala_desa')).toBe(400);
    }
    expect(await standing()).toEqual({ active: true, roles: all });
    expect(await told(secretary.id)).toEqual([]);
    expect(await change(head.id, 'berhenti', keeper.cookie)).toBe(303);
    expect(await standing()).toEqual({ active: false, roles: all });
    expect(await change(head.id, 'kembali', secretary.cookie)).toBe(400);
    expect(await change(head.id, 'kembali', keeper.cookie)).toBe(303);
    expect(await change(head.id, 'jabatan/lepas', keeper.cookie, 'kepala_desa')).toBe(303);
    expect(await standing()).toEqual({ active: true, roles: ['operator'] });
    // They and the secretary hear of each, at once.
    const news = ['stopped', 'resumed', 'role_removed'].map((what) => ({ what, by: 'Pengelola' }));
    expect(await told(head.id)).toEqual(news);
    expect(await told(secretary.id)).toEqual(news);
    expect(await told(keeper.id)).toEqual([]);
  });

  test('hears where a secretary is stopped, and so does that one, who serves no longer', async () => {
    expect(await change(secretary.id, 'berhenti', admin.cookie)).toBe(303);
    expect(await told(secretary.id)).toEqual([{ what: 'stopped', by: 'Admin' }]);
    expect(await told(head.id)).toEqual([{ what: 'stopped', by: 'Admin' }]);
    // Of an officer whose role is none of these nobody hears.
    const operator = await web.officer({ name: 'Operator' });
    expect(await change(operator.id, 'berhenti', admin.cookie)).toBe(303);
    expect(await told(operator.id)).toEqual([]);
  });
});

describe('the second factor', () => {
  const later = (days: number) => (web.clock.now = new Date(web.clock.now.getTime() + days * DAY));
  const get = (path: string, cookie: string) => web.app.request(path, withCookie(cookie));
  /** Signs in again, since a session lasts a working day. */
  const back = () => web.signIn(`kades${count}`);

  test('is asked of a head within days, told on every page, and then nothing else opens', async () => {
    const cookie = await back();
    const page = await (await get('/console/desa', cookie)).text();
    expect(page).toContain('kode kedua');
    later(8);
    const now = await back();
    expect((await get('/console/desa', now)).headers.get('location')).toBe('/console/akun');
    expect(
      (await web.app.request(`/console/desa/${GINTANGAN}/pengantar`, form({ cara: 'none' }, now))).status,
    ).toBe(403);
    expect((await get('/console/akun', now)).status).toBe(200);
    await enrol(now);
    expect((await get('/console/desa', await signInWithCode())).status).toBe(200);
  });

  test('is not asked of an operator', async () => {
    await web.officer({ name: 'Operator', username: `op${count}` });
    later(30);
    expect(await (await get('/console/register', await web.signIn(`op${count}`))).text()).not.toContain(
      'kode kedua',
    );
  });

  test('is not turned off where the role needs it; new spare codes end the old ones', async () => {
    const cookie = await back();
    const { spares } = await enrol(cookie);
    const inside = await signInWithCode();
    const off = await web.app.request('/console/akun/kode/lepas', form({ current: PASSWORD }, inside));
    expect(off.status).toBe(400);
    const anew = await web.app.request('/console/akun/kode/cadangan', form({ current: PASSWORD }, inside));
    const fresh = sparesIn(await anew.text());
    expect(fresh.length).toBeGreaterThanOrEqual(5);
    expect(fresh).not.toContain(spares[0]);
    const begun = await web.app.request(
      '/console/masuk',
      form({ username: `kades${count}`, password: PASSWORD }),
    );
    const old = await web.app.request('/console/masuk/kode', form({ code: spares[0]! }, cookiesOf(begun)));
    expect(old.status).toBe(401);
  });

  test('of a lost phone is taken away by another head, not by the village’s admin; the owner is told', async () => {
    await enrol(await back());
    const remove = async (cookie: string) =>
      (await web.app.request(`/console/petugas/${head.id}/kode-lepas`, form({}, cookie))).status;
    expect(await remove(admin.cookie)).toBe(400);
    await web.officer({
      name: 'Bu Sekdes',
      username: `sek${count}`,
      roles: [{ role: 'sekretaris', village: GINTANGAN }],
    });
    expect(await remove(await web.signIn(`sek${count}`))).toBe(303);
    expect((await told(head.id)).at(-1)).toEqual({ what: 'code_removed', by: 'Bu Sekdes' });
    const { rows } = await web.pool.query(
      `SELECT officer_id FROM audit_log WHERE action = 'officer.code_removed' AND subject_id = $1`,
      [head.id],
    );
    expect(rows).toHaveLength(1);
    // The password alone opens the console again, for a day.
    expect((await get('/console/desa', await back())).status).toBe(200);
    later(2);
    expect((await get('/console/desa', await back())).headers.get('location')).toBe('/console/akun');
  });

  test('that was set up with another’s password goes with it; one’s own stays', async () => {
    const hasOne = async () =>
      (
        await web.pool.query<{ hasOne: boolean }>(
          `SELECT two_factor_enabled AS "hasOne" FROM auth_users u JOIN officers o ON o.user_id = u.id WHERE o.id = $1`,
          [head.id],
        )
      ).rows[0]!.hasOne;
    const deny = () =>
      inTransaction(web.pool, (sql) =>
        settleAccount(sql, head.id, false, { newId, now: new Date(web.clock.now.getTime() + 1_000) }),
      );
    await enrol(await takeOver(head.id, `kades${count}`), password);
    expect(await hasOne()).toBe(true);
    await deny();
    expect(await hasOne()).toBe(false);
    const cookie = await takeOver(head.id, `kades${count}`);
    await inTransaction(web.pool, (sql) => settleAccount(sql, head.id, true, { newId, now: web.clock.now }));
    await enrol(cookie, password);
    web.clock.now = new Date(web.clock.now.getTime() + DAY);
    const made = await web.app.request(`/console/petugas/${head.id}/kata-sandi`, form({}, admin.cookie));
    const link = /\/console\/kata-sandi\/[\w-]+/u.exec(await made.text())![0];
    await web.app.request(link, form({ password, again: password }));
    await deny();
    expect(await hasOne()).toBe(true);
  });

  let secret = '';
  async function enrol(cookie: string, current = PASSWORD): Promise<{ spares: string[] }> {
    const begun = await web.app.request('/console/akun/kode', form({ current }, cookie));
    const page = await begun.text();
    secret = /secret=([A-Z2-7]+)/u.exec(page)![1]!;
    const on = await web.app.request('/console/akun/kode/pasang', form({ code: totp(secret) }, cookie));
    expect(on.status).toBe(303);
    return { spares: sparesIn(page) };
  }

  async function signInWithCode(): Promise<string> {
    const begun = await web.app.request(
      '/console/masuk',
      form({ username: `kades${count}`, password: PASSWORD }),
    );
    const done = await web.app.request('/console/masuk/kode', form({ code: totp(secret) }, cookiesOf(begun)));
    expect(done.status).toBe(303);
    return cookiesOf(done);
  }
});

function sparesIn(page: string): string[] {
  return [...page.matchAll(/<li>([A-Za-z0-9]{5}-[A-Za-z0-9]{5})<\/li>/gu)].map((found) => found[1]!);
}
