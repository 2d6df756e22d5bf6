import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Asker } from '../../src/core/asker.js';
import type { CaseAct, EffectOf } from '../../src/core/effect.js';
import { applyActs } from '../../src/effects/actOnCase.js';
import { inTransaction } from '../../src/store/sql.js';
import { aStage, ELSEWHERE, HERE, type Stage } from './stage.js';

let stage: Stage;
let siti: Asker;
let sri: Asker;
let slamet: Asker;
let hadi: Asker;
beforeAll(async () => {
  stage = await aStage();
});
beforeEach(async () => {
  await stage.clear();
  await stage.pool.query(`UPDATE villages SET letter_way = 'wet'`);
  siti = await stage.aResident();
  sri = await stage.anOfficer('Bu Sri', [{ role: 'operator', village: HERE }]);
  slamet = await stage.anOfficer('Pak Slamet', [{ role: 'sekretaris', village: HERE }]);
  hadi = await stage.anOfficer('Pak Hadi', [{ role: 'kepala_desa', village: HERE }]);
});
afterAll(() => stage.close());

type More = Partial<Omit<EffectOf<'act_on_case'>, 'kind' | 'code' | 'act'>>;
function act(asker: Asker, code: string, what: CaseAct, more: More = {}) {
  return stage.apply(asker, { kind: 'act_on_case', code, act: what, ...more });
}
async function aLetter(): Promise<{ id: string; code: string }> {
  return stage.aCase(siti, { service: 'sktm' });
}
async function row(id: string) {
  const [found] = await stage.rows<{
    status: string;
    step: string | null;
    holder: string | null;
    assigned: string | null;
  }>(
    `SELECT c.status, c.step, h.name AS holder, a.name AS assigned FROM cases c
     LEFT JOIN officers h ON h.id = c.officer_id LEFT JOIN officers a ON a.id = c.assigned_id WHERE c.id = $1`,
    [id],
  );
  return found!;
}
const eventsOf = async (asker: Asker) => (await stage.told(asker)).map(({ vars }) => vars['event']);
const newsOf = async (asker: Asker) =>
  (await stage.notified(asker))
    .filter(({ kind }) => kind === 'officer-case-notice')
    .map(({ vars }) => vars['event']);
const minutes = (n: number) => new Date(stage.now.getTime() + n * 60 * 1000);

describe('a letter on its path', () => {
  test('is checked, initialled, signed on paper, and handed out; each turn comes to whoever holds it', async () => {
    const { id, code } = await aLetter();
    expect(await row(id)).toEqual({ status: 'open', step: 'verify', holder: null, assigned: 'Bu Sri' });
    expect(await act(sri, code, 'verify')).toEqual({
      outcome: 'done',
      status: 'signing',
      by: null,
      code,
      step: 'initial',
    });
    expect(await row(id)).toEqual({
      status: 'signing',
      step: 'initial',
      holder: null,
      assigned: 'Pak Slamet',
    });
    expect(await newsOf(slamet)).toEqual(['step']);
    expect(await act(hadi, code, 'sign')).toMatchObject({
      outcome: 'not_allowed',
      reason: 'step',
      step: 'initial',
    });
    expect(await act(slamet, code, 'initial')).toMatchObject({ outcome: 'done', step: 'sign' });
    expect(await row(id)).toMatchObject({ assigned: 'Pak Hadi' });
    expect(await act(sri, code, 'finish')).toMatchObject({ outcome: 'not_allowed', reason: 'step' });
    expect(await act(hadi, code, 'sign')).toMatchObject({ outcome: 'done', status: 'ready', step: null });
    expect(await row(id)).toEqual({ status: 'ready', step: null, holder: null, assigned: null });
    expect(await act(sri, code, 'finish')).toMatchObject({
      outcome: 'done',
      status: 'finished',
      by: 'Bu Sri',
    });
    expect(await eventsOf(siti)).toEqual(['verified', 'ready', 'finished']);
    const ready = (await stage.told(siti))[1]!.vars;
    expect(ready).toMatchObject({ papers: ['sktm.ktp'], letter: true });
    const audit = await stage.rows('SELECT action FROM audit_log ORDER BY id');
    expect(audit.map(({ action }) => action)).toEqual([
      'case_taken',
      'case_verified',
      'case_initialled',
      'case_signed',
      'case_ready',
      'case_finished',
    ]);
  });

  test('a head’s question on the way to the signature leads back to whoever gives it', async () => {
    const { id, code } = await aLetter();
    await act(sri, code, 'verify');
    await act(slamet, code, 'initial');
    await act(slamet, code, 'ask', { text: 'Nama lengkapnya siapa?' });
    expect(await row(id)).toMatchObject({ status: 'asked', holder: 'Pak Slamet' });
    const before = (await newsOf(hadi)).length;
    await act(siti, code, 'answer', { text: 'Siti Aminah' });
    expect(await row(id)).toEqual({ status: 'signing', step: 'sign', holder: null, assigned: 'Pak Hadi' });
    expect(await newsOf(slamet)).toContain('answered');
    expect((await newsOf(hadi)).slice(before)).toEqual(['step']);
    expect(await act(hadi, code, 'sign')).toMatchObject({ outcome: 'done', status: 'ready' });
  });

  test('that is not done after all is told to whoever begins with it again, and to who ended it', async () => {
    const { code } = await aLetter();
    await act(sri, code, 'verify');
    await act(slamet, code, 'initial');
    await act(hadi, code, 'sign');
    await act(hadi, code, 'finish');
    await act(siti, code, 'reopen', { text: 'Namanya salah' });
    expect(await newsOf(hadi)).toContain('reopened');
    expect(await newsOf(sri)).toContain('reopened');
  });

  test('of two who check it at once one has done it, and the other reads who', async () => {
    const ani = await stage.anOfficer('Bu Ani', [{ role: 'kasi_pelayanan', village: HERE }]);
    for (let round = 0; round < 5; round++) {
      const { code } = await aLetter();
      const results = await Promise.all([act(sri, code, 'verify'), act(ani, code, 'verify')]);
      const winner = results.findIndex(({ outcome }) => outcome === 'done');
      expect(results[1 - winner]).toMatchObject({ outcome: 'lost', by: ['Bu Sri', 'Bu Ani'][winner] });
      expect(
        await stage.rows(
          `SELECT e.kind FROM case_events e JOIN cases c ON c.id = e.case_id WHERE c.code = $1 AND e.kind = 'case_verified'`,
          [code],
        ),
      ).toHaveLength(1);
    }
  });

  test('electronically only with the PIN; then it is sent by itself, and "finished" is not told beside it', async () => {
    await stage.pool.query(`UPDATE villages SET letter_way = 'electronic' WHERE id = $1`, [HERE]);
    const { id, code } = await aLetter();
    await act(sri, code, 'verify');
    await act(slamet, code, 'initial');
    expect(await act(hadi, code, 'sign')).toMatchObject({
      outcome: 'not_allowed',
      reason: 'pin',
      step: 'sign',
    });
    expect(await act(sri, code, 'ready')).toMatchObject({ outcome: 'not_allowed', reason: 'step' });
    const request = { asker: hadi, effect: { kind: 'act_on_case', code, act: 'sign' } } as const;
    const [signed] = await inTransaction(stage.pool, (sql) =>
      applyActs(sql, [request], stage.context(), { hasPin: true }),
    );
    expect(signed).toMatchObject({ outcome: 'done', status: 'finished' });
    expect(await eventsOf(siti)).toEqual(['verified']);
    expect(await row(id)).toMatchObject({ status: 'finished', holder: 'Pak Hadi' });
    expect(await act(hadi, code, 'undo')).toMatchObject({ outcome: 'not_allowed', reason: 'issued' });
  });

  test('goes a step back with the reason, into the hands of whoever did it, and on from there', async () => {
    const { id, code } = await aLetter();
    await act(sri, code, 'verify');
    expect(await act(slamet, code, 'return')).toMatchObject({ outcome: 'not_allowed', reason: 'no_words' });
    expect(await act(slamet, code, 'return', { text: 'Nama keliru' })).toMatchObject({
      outcome: 'done',
      status: 'in_hand',
      by: 'Bu Sri',
      step: 'verify',
    });
    expect(await row(id)).toEqual({
      status: 'in_hand',
      step: 'verify',
      holder: 'Bu Sri',
      assigned: 'Bu Sri',
    });
    const news = (await stage.notified(sri)).at(-1)!;
    expect(news.vars).toMatchObject({ event: 'returned', text: 'Nama keliru', by: 'Pak Slamet' });
    expect(await eventsOf(siti)).toEqual(['verified']);
    expect(await act(sri, code, 'verify')).toMatchObject({ outcome: 'done', step: 'initial' });
  });

  test('in a small village whoever holds several roles does them in one tap; a step that nobody holds falls on', async () => {
    await stage.clear();
    siti = await stage.aResident();
    const alone = await stage.anOfficer('Bu Rina', [
      { role: 'operator', village: HERE },
      { role: 'kasi_pelayanan', village: HERE },
    ]);
    const { code } = await aLetter();
    // There is no secretary: the initials fall to Kasi Pelayanan. Nobody may sign.
    expect(await act(alone, code, 'verify')).toMatchObject({
      outcome: 'done',
      step: 'sign',
      status: 'signing',
    });
    expect(await act(alone, code, 'sign')).toMatchObject({ outcome: 'not_allowed', reason: 'role' });
    const [{ assigned_id }] = (await stage.rows('SELECT assigned_id FROM cases WHERE code = $1', [code])) as [
      { assigned_id: string | null },
    ];
    expect(assigned_id).toBeNull();
  });
});

describe('what is missing', () => {
  test('is told item by item, and what the resident sends is bound to its item', async () => {
    const { id, code } = await aLetter();
    await act(sri, code, 'ask', { items: ['foto', 'sktm.surat', 'ktp', 'nonsense'] });
    expect((await stage.told(siti))[0]!.vars).toMatchObject({
      event: 'asked',
      text: null,
      send: ['sktm.foto', 'sktm.surat'],
      bring: ['sktm.ktp'],
    });
    const seen = async () => stage.look(siti, 'case_by_code', { code });
    expect(await seen()).toMatchObject({ status: 'asked', item: 'sktm.foto', item_kind: 'photo' });
    const photo = await stage.aPhoto(siti);
    expect(await act(siti, code, 'answer', { items: ['sktm.foto'], attachments: [photo] })).toMatchObject({
      outcome: 'done',
      status: 'asked',
    });
    expect(await stage.rows('SELECT case_id, item FROM attachments WHERE id = $1', [photo])).toEqual([
      { case_id: id, item: 'foto' },
    ]);
    expect(await seen()).toMatchObject({ item: 'sktm.surat', item_kind: 'document', bring: ['sktm.ktp'] });
    await act(siti, code, 'answer', { items: ['sktm.surat'], attachments: [await stage.aPhoto(siti)] });
    // What is shown at the office is still missing, until an officer has seen it.
    expect(await seen()).toMatchObject({ status: 'asked', item: null, bring: ['sktm.ktp'] });
    expect(await newsOf(sri)).toEqual(['answered', 'answered']);
    await act(sri, code, 'verify');
    expect(await seen()).toMatchObject({ status: 'signing', bring: [] });
  });

  test('words alone answer all of it', async () => {
    const { id, code } = await aLetter();
    await act(sri, code, 'ask', { items: ['foto', 'ktp'] });
    await act(siti, code, 'answer', { text: 'Rumah saya sudah roboh' });
    expect(await row(id)).toMatchObject({ status: 'in_hand', holder: 'Bu Sri' });
    expect(await stage.rows('SELECT missing FROM cases WHERE id = $1', [id])).toEqual([{ missing: [] }]);
  });
});

describe('hands', () => {
  test('what is given to a colleague is theirs, and they are told; nobody gives to who may not have it', async () => {
    const ani = await stage.anOfficer('Bu Ani', [{ role: 'kasi_pelayanan', village: HERE }]);
    const stranger = await stage.anOfficer('Pak Lain', [{ role: 'operator', village: ELSEWHERE }]);
    const { id, code } = await aLetter();
    await act(sri, code, 'take');
    for (const to of [stranger.officer!.id, 'nobody', sri.officer!.id])
      expect(await act(sri, code, 'give', { to })).toMatchObject({
        outcome: 'not_allowed',
        reason: 'not_there',
      });
    expect(await act(sri, code, 'give', { to: ani.officer!.id, text: 'Tolong, saya cuti' })).toMatchObject({
      outcome: 'done',
      by: 'Bu Ani',
    });
    expect(await row(id)).toMatchObject({ status: 'in_hand', holder: 'Bu Ani', assigned: 'Bu Ani' });
    expect((await stage.notified(ani)).at(-1)!.vars).toMatchObject({
      event: 'given',
      text: 'Tolong, saya cuti',
      by: 'Bu Sri',
    });
    expect(await act(sri, code, 'verify')).toMatchObject({ outcome: 'lost', by: 'Bu Ani' });
  });

  test('the heads may move what lies with somebody, who is told', async () => {
    const { id, code } = await aLetter();
    await act(sri, code, 'take');
    expect(await act(slamet, code, 'give', { to: slamet.officer!.id })).toMatchObject({ by: 'Pak Slamet' });
    expect(await newsOf(sri)).toEqual(['given']);
    expect(await act(hadi, code, 'release')).toMatchObject({ outcome: 'done', status: 'open' });
    expect(await newsOf(slamet)).toContain('released');
    expect(await row(id)).toMatchObject({ status: 'open', holder: null, assigned: 'Bu Sri' });
  });

  test('a case is laid on who has the fewest of those whose role is asked first', async () => {
    const dewi = await stage.anOfficer('Bu Dewi', [{ role: 'operator', village: HERE }]);
    const ani = await stage.anOfficer('Bu Ani', [{ role: 'kasi_pelayanan', village: HERE }]);
    const cases = [await aLetter(), await aLetter(), await aLetter(), await aLetter()];
    const on = await stage.rows<{ name: string }>(
      'SELECT a.name FROM cases c JOIN officers a ON a.id = c.assigned_id ORDER BY c.opened_at, c.id',
    );
    const counts = ['Bu Sri', 'Bu Dewi', 'Bu Ani'].map(
      (name) => on.filter((one) => one.name === name).length,
    );
    expect(counts).toEqual([2, 2, 0]);
    const yours = async (asker: Asker) =>
      (await stage.notified(asker)).filter(({ vars }) => vars['yours'] === true).length;
    expect([await yours(sri), await yours(dewi), await yours(ani)]).toEqual([2, 2, 0]);
    // Another with the role may still take it, and it is theirs then.
    await act(ani, cases[0]!.code, 'take');
    expect(await row(cases[0]!.id)).toMatchObject({ holder: 'Bu Ani', assigned: 'Bu Ani' });
  });

  test('what is urgent is so by its service, never by who asks', async () => {
    const dead = await stage.aCase(siti, { service: 'kematian' });
    const usual = await aLetter();
    expect(await stage.rows('SELECT id, is_urgent FROM cases ORDER BY opened_at, id')).toEqual(
      expect.arrayContaining([
        { id: dead.id, is_urgent: true },
        { id: usual.id, is_urgent: false },
      ]),
    );
  });
});

describe('the end, and after', () => {
  test('what is passed on names the office and the reason', async () => {
    const { id, code } = await stage.aCase(siti);
    expect(await act(sri, code, 'forward', { to: 'Dukcapil' })).toMatchObject({ reason: 'no_words' });
    await act(sri, code, 'forward', { to: 'Dukcapil', text: 'Perekaman di sana' });
    expect((await stage.told(siti)).at(-1)!.vars).toMatchObject({
      event: 'forwarded',
      office: 'Dukcapil',
      text: 'Perekaman di sana',
    });
    expect(await stage.rows('SELECT status, forwarded_to FROM cases WHERE id = $1', [id])).toEqual([
      { status: 'forwarded', forwarded_to: 'Dukcapil' },
    ]);
    expect(await stage.look(siti, 'case_by_code', { code })).toMatchObject({
      office: 'Dukcapil',
      may_reopen: true,
    });
  });

  test('"belum selesai" opens it again under its number, at the beginning of its path, and tells who had it', async () => {
    const { id, code } = await aLetter();
    await act(sri, code, 'refuse', { text: 'Bukan warga' });
    expect(await stage.look(siti, 'closed_cases', {})).toMatchObject({ count: 1, items: [{ code }] });
    expect(await act(siti, code, 'reopen', { text: 'Saya warga sini' })).toMatchObject({
      outcome: 'done',
      status: 'open',
      step: 'verify',
    });
    expect(await row(id)).toEqual({ status: 'open', step: 'verify', holder: null, assigned: 'Bu Sri' });
    expect((await stage.notified(sri)).at(-1)!.vars).toMatchObject({
      event: 'reopened',
      text: 'Saya warga sini',
    });
    expect(await stage.rows('SELECT closed_at FROM cases WHERE id = $1', [id])).toEqual([
      { closed_at: null },
    ]);
    expect(await stage.look(siti, 'closed_cases', {})).toMatchObject({ count: 0 });
    expect(await act(await stage.aResident(), code, 'reopen')).toMatchObject({ outcome: 'not_found' });
  });

  test('after some days the resident asks anew, and an officer may still open it', async () => {
    const { code } = await stage.aCase(siti);
    await act(sri, code, 'finish');
    stage.now = minutes(8 * 24 * 60);
    expect(await stage.look(siti, 'closed_cases', {})).toMatchObject({ count: 0 });
    expect(await act(siti, code, 'reopen')).toMatchObject({ outcome: 'not_allowed', reason: 'late' });
    expect(await act(slamet, code, 'reopen')).toMatchObject({ outcome: 'done', status: 'open' });
    expect(await eventsOf(siti)).toEqual(['finished', 'reopened']);
  });

  test('is not taken back by the resident once a letter of it is issued', async () => {
    const { id, code } = await aLetter();
    await stage.pool.query(
      `INSERT INTO letters (id, case_id, village_id, service, title, classification, counter, year, sequence, number, way,
         signer_name, signer_title, initials, token_hash, private, issued_at, issued_on)
       VALUES (gen_random_uuid(), $1, $2, 'sktm', 'SKTM', '1', '1', 2026, 1, '1/001', 'wet', 'Hadi', 'Kepala Desa', 'S', 'x', 'x', $3, '2026-08-10')`,
      [id, HERE, stage.now],
    );
    expect(await act(siti, code, 'cancel')).toMatchObject({ outcome: 'not_allowed', reason: 'issued' });
    expect(await act(sri, code, 'refuse', { text: 'Tidak' })).toMatchObject({ reason: 'issued' });
    await stage.pool.query(`UPDATE letters SET state = 'withdrawn'`);
    expect(await act(siti, code, 'cancel')).toMatchObject({ outcome: 'done', status: 'cancelled' });
  });
});

describe('two requests about the same thing', () => {
  test('of two people are one: both are told, neither of the other; the one that follows hears how it ends', async () => {
    const tono = await stage.aResident({ name: 'Pak Tono' });
    const first = await stage.aCase(siti, { service: 'infrastruktur' });
    const second = await stage.aCase(tono, { service: 'infrastruktur' });
    expect(await act(slamet, second.code, 'merge', { to: first.code })).toMatchObject({
      outcome: 'done',
      status: 'cancelled',
    });
    expect((await stage.told(tono)).at(-1)!.vars).toMatchObject({ event: 'merged', other: null });
    expect((await stage.told(siti)).at(-1)!.vars).toMatchObject({ event: 'joined', code: first.code });
    expect(await stage.look(tono, 'case_by_code', { code: second.code })).toMatchObject({ is_merged: true });
    expect(await stage.rows('SELECT count(*)::int AS n FROM case_relations')).toEqual([{ n: 1 }]);
    await act(slamet, first.code, 'finish', { text: 'Lampunya sudah diganti, Bu Siti' });
    expect((await stage.told(tono)).at(-1)!.vars).toMatchObject({
      event: 'followed',
      code: second.code,
      status: 'finished',
      text: null,
    });
  });

  test('the one that follows hears as well that what it was told is taken back, and of nothing that it was not told', async () => {
    const tono = await stage.aResident({ name: 'Pak Tono' });
    const first = await stage.aCase(siti, { service: 'infrastruktur' });
    const second = await stage.aCase(tono, { service: 'infrastruktur' });
    await act(slamet, second.code, 'merge', { to: first.code });
    await act(slamet, first.code, 'finish');
    await act(slamet, first.code, 'undo');
    expect(await eventsOf(tono)).toEqual(['merged', 'followed', 'undone']);
    expect((await stage.told(tono)).at(-1)!.vars).toMatchObject({
      event: 'undone',
      code: second.code,
      status: 'open',
      by: null,
      text: null,
      whose: tono.residentId,
    });
    await act(slamet, first.code, 'take');
    await act(slamet, first.code, 'undo');
    expect(await eventsOf(tono)).toEqual(['merged', 'followed', 'undone']);
  });

  test('one after the other are one still: who followed first hears of the last, and follows on where that one is withdrawn', async () => {
    const tono = await stage.aResident({ name: 'Pak Tono' });
    const wati = await stage.aResident({ name: 'Bu Wati' });
    const first = await stage.aCase(tono, { service: 'infrastruktur' });
    const second = await stage.aCase(wati, { service: 'infrastruktur' });
    const last = await stage.aCase(siti, { service: 'infrastruktur' });
    await act(slamet, first.code, 'merge', { to: second.code });
    await act(slamet, second.code, 'merge', { to: last.code });
    await act(slamet, last.code, 'finish');
    const followed = (code: string, status: string) => ({ event: 'followed', code, status });
    expect((await stage.told(tono)).at(-1)!.vars).toMatchObject(followed(first.code, 'finished'));
    expect((await stage.told(wati)).at(-1)!.vars).toMatchObject(followed(second.code, 'finished'));
    await act(slamet, last.code, 'reopen');
    await act(siti, last.code, 'cancel');
    expect(await row(second.id)).toMatchObject({ status: 'open' });
    expect(await row(first.id)).toMatchObject({ status: 'cancelled' });
    expect(await eventsOf(wati)).toEqual(['joined', 'merged', 'followed', 'followed', 'reopened']);
    await act(slamet, second.code, 'finish');
    expect((await stage.told(tono)).at(-1)!.vars).toMatchObject(followed(first.code, 'finished'));
  });

  test('of one person say which number goes on; another service, village, or a sealed complaint is not the same', async () => {
    const first = await stage.aCase(siti);
    const second = await stage.aCase(siti);
    const letter = await aLetter();
    const there = await stage.aResident({ village: ELSEWHERE });
    const far = await stage.aCase(there);
    for (const other of [letter.code, far.code, 'K7M2-PXQ4-3', second.code])
      expect(await act(sri, second.code, 'merge', { to: other })).toMatchObject({ reason: 'not_there' });
    await act(sri, second.code, 'merge', { to: first.code });
    expect((await stage.told(siti)).map(({ vars }) => [vars['event'], vars['other']])).toEqual([
      ['merged', first.code],
    ]);
    // Taken back a moment later.
    expect(await act(sri, second.code, 'undo')).toMatchObject({ outcome: 'done', status: 'open' });
    expect(await stage.rows('SELECT merged_into FROM cases WHERE id = $1', [second.id])).toEqual([
      { merged_into: null },
    ]);
  });

  test('where the one that leads is withdrawn the other is opened again', async () => {
    const tono = await stage.aResident({ name: 'Pak Tono' });
    const first = await stage.aCase(siti, { service: 'infrastruktur' });
    const second = await stage.aCase(tono, { service: 'infrastruktur' });
    const clocks = () =>
      stage.rows(
        `SELECT t.due_at > $2 AS is_ahead, t.done_at IS NULL AS is_set, c.due_at IS NOT NULL AS is_promised
         FROM timers t JOIN cases c ON c.id = t.subject_id WHERE t.subject_id = $1 AND t.kind = 'case_clock'`,
        [second.id, stage.now],
      );
    await act(slamet, second.code, 'merge', { to: first.code });
    expect(await clocks()).toMatchObject([{ is_set: false }]);
    await stage.pool.query('UPDATE cases SET assigned_id = NULL WHERE id = $1', [second.id]);
    stage.now = minutes(60);
    await act(siti, first.code, 'cancel');
    expect(await row(second.id)).toMatchObject({ status: 'open', holder: null, assigned: 'Pak Slamet' });
    expect(await eventsOf(tono)).toEqual(['merged', 'reopened']);
    // It is work again: its clock runs, it lies on somebody, and that one is told.
    expect(await clocks()).toEqual([{ is_ahead: true, is_set: true, is_promised: true }]);
    const heard = await stage.rows(
      `SELECT o.name, n.vars ->> 'event' AS event FROM notifications n JOIN officers o ON o.id = n.officer_id
       WHERE n.kind = 'officer-case-notice' AND n.vars ->> 'code' = $1`,
      [second.code],
    );
    expect(heard).toEqual([{ name: 'Pak Slamet', event: 'reopened' }]);
  });

  test('related ones are noted on both, once', async () => {
    const first = await stage.aCase(siti);
    const second = await aLetter();
    for (let n = 0; n < 2; n++) await act(sri, first.code, 'relate', { to: second.code });
    expect(await stage.rows('SELECT case_id, other_id FROM case_relations')).toHaveLength(1);
    expect(await eventsOf(siti)).toEqual([]);
  });

  test('an open history does not name what is confidential, nor the other way round', async () => {
    const first = await stage.aCase(siti);
    const shut = await aLetter();
    await stage.pool.query('UPDATE cases SET is_confidential = true WHERE id = $1', [shut.id]);
    for (const [of, to] of [
      [first.code, shut.code],
      [shut.code, first.code],
    ] as const)
      expect(await act(slamet, of, 'relate', { to })).toMatchObject({
        outcome: 'not_allowed',
        reason: 'shut',
      });
    expect(await stage.rows('SELECT FROM case_relations')).toEqual([]);
    expect(await stage.rows(`SELECT FROM case_events WHERE kind = 'case_related'`)).toEqual([]);
  });
});

describe('undoing', () => {
  test('puts all back, tells whom it was told, and is for ten minutes', async () => {
    const { id, code } = await stage.aCase(siti);
    await act(sri, code, 'ask', { text: 'Foto KK?' });
    stage.now = minutes(1);
    await act(siti, code, 'answer', { text: 'Ini' });
    stage.now = minutes(1);
    await act(sri, code, 'refuse', { text: 'Keliru' });
    stage.now = minutes(9);
    expect(await act(sri, code, 'undo')).toMatchObject({ outcome: 'done', status: 'in_hand', by: 'Bu Sri' });
    const [found] = await stage.rows('SELECT status, last_words, closed_at FROM cases WHERE id = $1', [id]);
    expect(found).toEqual({ status: 'in_hand', last_words: 'Foto KK?', closed_at: null });
    expect((await stage.told(siti)).at(-1)!.vars).toMatchObject({
      event: 'undone',
      status: 'in_hand',
      text: null,
    });
    // What is undone is not undone again, and not the resident's answer before it.
    expect(await act(sri, code, 'undo')).toMatchObject({ outcome: 'not_allowed', reason: 'status' });
  });

  test('is for nobody else, and not for later', async () => {
    const { code } = await stage.aCase(siti);
    await act(sri, code, 'take');
    expect(await act(slamet, code, 'undo')).toMatchObject({ outcome: 'lost', by: 'Bu Sri' });
    stage.now = minutes(11);
    expect(await act(sri, code, 'undo')).toMatchObject({ outcome: 'not_allowed', reason: 'late' });
  });

  test('takes back both steps of one tap, though somebody noted something meanwhile', async () => {
    const both = await stage.anOfficer('Bu Rina', [
      { role: 'operator', village: HERE },
      { role: 'sekretaris', village: HERE },
    ]);
    const { id, code } = await aLetter();
    expect(await act(both, code, 'verify')).toMatchObject({ step: 'sign' });
    stage.now = minutes(1);
    await act(sri, code, 'note', { text: 'cek dulu' });
    expect(await act(both, code, 'undo')).toMatchObject({ outcome: 'done', status: 'open', step: 'verify' });
    expect(await row(id)).toMatchObject({ status: 'open', step: 'verify', holder: null });
  });
});
