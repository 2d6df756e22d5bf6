import { v7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Asker } from '../../src/core/asker.js';
import type { CaseAct } from '../../src/core/effect.js';
import type { Service } from '../../src/core/service.js';
import { raiseIncidents, endIncidents, endLineDown } from '../../src/store/incidents.js';
import { setHoliday } from '../../src/store/officeHours.js';
import {
  addOutage,
  endOutage,
  listOutages,
  recordClockOutages,
  removeOutage,
} from '../../src/store/outages.js';
import { tellOfficers } from '../../src/store/notifications.js';
import { inTransaction } from '../../src/store/sql.js';
import { fireTimers } from '../../src/store/timers.js';
import { aStage, ELSEWHERE, HERE, SERVICES, type Stage } from '../effects/stage.js';

let stage: Stage;
let siti: Asker;
let op: Asker;
let slamet: Asker;
let kades: Asker;
let camat: Asker;
let dinas: Asker;
beforeAll(async () => {
  const steps: Service['steps'] = [
    { act: 'verify', roles: ['operator'] },
    { act: 'initial', roles: ['sekretaris'] },
    { act: 'sign', roles: ['kepala_desa'] },
  ];
  Object.assign(SERVICES, {
    surat: { ...SERVICES['usaha']!, steps },
    bantuan: { ...SERVICES['usaha']!, kind: 'aid', confidential: true, promise_hours: null },
  });
  stage = await aStage();
});
beforeEach(async () => {
  await stage.clear();
  await stage.pool.query(
    'DELETE FROM outages; UPDATE villages SET escalates = false; DELETE FROM village_services',
  );
  siti = await stage.aResident();
  op = await stage.anOfficer('Bu Op', [{ role: 'operator', village: HERE }]);
  slamet = await stage.anOfficer('Pak Slamet', [{ role: 'sekretaris', village: HERE }]);
  kades = await stage.anOfficer('Pak Kades', [{ role: 'kepala_desa', village: HERE }]);
  camat = await stage.anOfficer('Pak Camat', [{ role: 'kecamatan', village: HERE }]);
  dinas = await stage.anOfficer('Bu Dinas', [{ role: 'kabupaten', village: null }]);
});
afterAll(() => stage.close());

/** Moves the clock and rings what is due; 10 August 2026 is a Monday. */
async function until(time: string): Promise<void> {
  stage.now = new Date(`2026-08-${time.replace(' ', 'T')}:00+07:00`);
  for (;;) {
    const fired = await inTransaction(stage.pool, (sql) => fireTimers(sql, stage.context()));
    if (fired.seen === 0) return;
  }
}
const rungs = async (asker: Asker) =>
  (await stage.notified(asker))
    .filter(({ kind }) => kind === 'officer-escalation')
    .map(({ vars }) => vars['rung']);
const all = async () => (await Promise.all([op, slamet, kades].map(rungs))).flat();
const act = async (asker: Asker, code: string, what: CaseAct, text?: string) => {
  const done = await stage.apply(asker, { kind: 'act_on_case', code, act: what, ...(text ? { text } : {}) });
  expect(done.outcome).toBe('done');
};
const due = async () => (await stage.rows<{ due_at: Date | null }>('SELECT due_at FROM cases'))[0]!.due_at;
const toldSiti = async () => (await stage.told(siti)).map(({ flow, vars }) => [flow, vars['rung']]);
const wib = (time: string) => new Date(`2026-08-${time.replace(' ', 'T')}:00+07:00`);

describe('the ladder', () => {
  test('goes up rung by rung while nobody opens a case, and ends at the village’s door', async () => {
    await stage.aCase(siti);
    await until('10 09:59');
    expect(await rungs(op)).toEqual([]);
    await until('10 10:00');
    // First whoever it was laid on.
    expect(await Promise.all([op, slamet, kades].map(rungs))).toEqual([['remind'], [], []]);
    await until('10 12:00');
    expect(await Promise.all([op, slamet, kades].map(rungs))).toEqual([['remind'], ['sekretaris'], []]);
    await until('11 08:01');
    expect(await rungs(kades)).toEqual(['due', 'kepala_desa']);
    await until('31 08:00');
    expect(await Promise.all([camat, dinas].map(rungs))).toEqual([[], []]);
    expect(await toldSiti()).toEqual([['case-late', 'due']]);
  });

  test('goes beyond the village where it opted in, and its resident reads why, once each', async () => {
    await stage.pool.query('UPDATE villages SET escalates = true WHERE id = $1', [HERE]);
    const elsewhere = await stage.anOfficer('Camat lain', [{ role: 'kecamatan', village: ELSEWHERE }]);
    await stage.aCase(siti);
    await until('12 08:01');
    expect(await Promise.all([camat, dinas, elsewhere].map(rungs))).toEqual([['kecamatan'], [], []]);
    await until('31 08:00');
    expect(await Promise.all([camat, dinas].map(rungs))).toEqual([['kecamatan'], ['dinas']]);
    expect(await toldSiti()).toEqual([
      ['case-late', 'due'],
      ['case-late', 'kecamatan'],
      ['case-late', 'dinas'],
    ]);
    const [fact] = await stage.rows(`SELECT data->>'to' AS to, data->'since' AS since FROM case_events
      WHERE kind = 'case_escalated' AND data->>'rung' = 'kecamatan'`);
    expect(fact).toEqual({ to: 'kecamatan', since: 1 });
  });

  test('stands still in somebody’s hands, and goes on where they give it back', async () => {
    const { code } = await stage.aCase(siti);
    await until('10 09:00');
    await act(op, code, 'take');
    await until('10 14:00');
    await act(op, code, 'release');
    await until('10 14:59');
    expect(await all()).toEqual([]);
    await until('10 15:00');
    expect(await all()).toEqual(['remind']);
  });

  test('of a case that is opened again begins anew', async () => {
    const { code } = await stage.aCase(siti);
    await until('10 10:00');
    await act(op, code, 'finish');
    await until('10 11:00');
    await act(op, code, 'reopen', 'Ternyata belum');
    await until('10 13:00');
    expect(await all()).toEqual(['remind', 'remind']);
  });

  test('told twice of one rung is refused by the database itself', async () => {
    const { id } = await stage.aCase(siti);
    await until('10 10:00');
    const again = stage.pool.query(
      `INSERT INTO case_events (id, case_id, number, kind, data, at)
       SELECT gen_random_uuid(), case_id, 99, kind, data, at FROM case_events WHERE case_id = $1 AND kind = 'case_reminded'`,
      [id],
    );
    await expect(again).rejects.toThrow('case_events_rung');
  });

  test('of a sealed complaint is climbed by its receiver alone', async () => {
    await stage.pool.query('UPDATE villages SET escalates = true WHERE id = $1', [HERE]);
    const complaint = {
      kind: 'open_case' as const,
      draft: v7(),
      service: 'keluhan.petugas',
      flow: 'service-complaint',
      answers: { what: 'Diminta uang' },
      who: 'staff',
    };
    await stage.apply(siti, complaint);
    await until('31 08:00');
    expect(await Promise.all([op, kades, camat, dinas].map(rungs))).toEqual([[], [], [], []]);
    expect(await rungs(slamet)).toEqual(['remind', 'sekretaris', 'verify', 'answer']);
    const names = (await stage.notified(slamet)).map(({ vars }) => vars['resident']);
    expect(new Set(names)).toEqual(new Set([null]));
    expect(await toldSiti()).toEqual([
      ['complaint-overdue', undefined],
      ['case-late', 'answer'],
    ]);
  });

  test('of a confidential case never reaches who may not see it', async () => {
    await stage.pool.query('UPDATE villages SET escalates = true WHERE id = $1', [HERE]);
    const kasi = await stage.anOfficer('Bu Kasi', [{ role: 'kasi_kesejahteraan', village: HERE }]);
    await stage.aCase(siti, { service: 'bantuan' });
    await until('31 08:00');
    const told = (await Promise.all([kasi, slamet].map(rungs))).flat();
    expect(told).toHaveLength(2);
    expect(new Set(told)).toEqual(new Set(['remind', 'sekretaris']));
    expect(await Promise.all([op, kades, camat, dinas].map(rungs))).toEqual([[], [], [], []]);
  });

  test('that somebody acts on at this very moment rings in the next round, and the act sets its clock', async () => {
    const { code, id } = await stage.aCase(siti);
    stage.now = wib('10 10:00');
    await inTransaction(stage.pool, async (sql) => {
      await sql.query('SELECT FROM cases WHERE id = $1 FOR NO KEY UPDATE', [id]);
      const fired = await inTransaction(stage.pool, (other) => fireTimers(other, stage.context()));
      expect(fired).toMatchObject({ seen: 1, done: 0 });
    });
    await act(op, code, 'take');
    await until('10 10:00');
    expect(await rungs(op)).toEqual([]);
  });
});

describe('a complaint', () => {
  const tellsAnswer = async (writes: boolean) => {
    const { code } = await stage.aCase(siti, { service: 'infrastruktur' });
    await until('10 09:00');
    await act(slamet, code, 'take');
    if (writes) {
      const text = 'Kami cek besok, Bu.';
      const said = await stage.apply(slamet, { kind: 'message_resident', code, text });
      expect(said.outcome).toBe('done');
    }
    await until('21 08:00');
    return (await toldSiti()).filter(([, rung]) => rung === 'answer').length;
  };

  test('that nobody answered is told so', async () => {
    expect(await tellsAnswer(false)).toBe(1);
  });

  test('is answered by what an officer writes to its resident', async () => {
    expect(await tellsAnswer(true)).toBe(0);
  });
});

describe('status of a promise that is missed', () => {
  const seen = (code: string) => stage.look(siti, 'case_by_code', { code });

  test('names who of the office was told, and who beyond it where the village opted in', async () => {
    const { code } = await stage.aCase(siti);
    await until('10 12:01');
    // The Sekretaris was told that nobody opened it; nothing is late yet.
    expect(await seen(code)).toMatchObject({ is_late: false, told: null, beyond: null });
    await until('11 08:01');
    expect(await seen(code)).toMatchObject({ is_late: true, told: 'heads', beyond: null });
    await until('31 08:00');
    expect(await seen(code)).toMatchObject({ told: 'heads', beyond: null });
    await stage.pool.query('UPDATE villages SET escalates = true WHERE id = $1', [HERE]);
    const other = await stage.aCase(siti);
    stage.now = wib('31 08:00');
    await stage.pool.query('UPDATE timers SET due_at = $1 WHERE subject_id = $2', [stage.now, other.id]);
    stage.now = new Date('2026-09-02T01:01:00Z');
    for (let n = 0; n < 3; n++) await inTransaction(stage.pool, (sql) => fireTimers(sql, stage.context()));
    expect(await seen(other.code)).toMatchObject({ told: 'heads', beyond: 'kecamatan' });
    const [mine] = (await stage.look(siti, 'my_cases', {})).items;
    expect(mine).toMatchObject({ is_late: true });
    // Somebody else learns none of it.
    const wawan = await stage.aResident();
    expect(await stage.look(wawan, 'case_by_code', { code })).toMatchObject({ told: null, beyond: null });
  });

  test('names nobody of a confidential case, nor whoever was told of an earlier life of it', async () => {
    const sealed = await stage.aCase(siti, { service: 'data.hapus' });
    const { code } = await stage.aCase(siti);
    await until('14 08:01');
    expect(await seen(sealed.code)).toMatchObject({ is_late: true, told: 'office' });
    await act(op, code, 'finish');
    await act(op, code, 'reopen', 'Ternyata belum');
    expect(await seen(code)).toMatchObject({ is_late: false, told: null });
  });
});

describe('a promise', () => {
  test('stands still while its resident is asked, and is put off by it', async () => {
    const { code } = await stage.aCase(siti);
    expect(await due()).toEqual(wib('11 08:00'));
    await until('10 09:00');
    await act(op, code, 'ask', 'Sejak kapan?');
    expect(await stage.rows('SELECT paused_at FROM cases')).toEqual([{ paused_at: stage.now }]);
    await until('13 09:00');
    expect(await rungs(op)).toEqual([]);
    await act(siti, code, 'answer', 'Sejak 2019');
    expect(await stage.rows('SELECT paused_at FROM cases')).toEqual([{ paused_at: null }]);
    // Seven of eight hours were left: six and a half on Thursday, the rest on Friday.
    expect(await due()).toEqual(wib('14 07:30'));
    await until('14 07:30');
    expect(await rungs(op)).toEqual(['due']);
    expect(await toldSiti()).toContainEqual(['case-late', 'due']);
  });

  test('that is kept is followed by no word of delay, and what lies ready by reminders to fetch it', async () => {
    const { code } = await stage.aCase(siti, { service: 'surat' });
    for (const [who, what] of [
      [op, 'verify'],
      [slamet, 'initial'],
      [kades, 'sign'],
    ] as const)
      await act(who, code, what);
    await until('13 07:59');
    expect(await toldSiti()).not.toContainEqual(['pick-up-reminder', 'pickup_3']);
    await until('13 08:00');
    await until('20 08:00');
    stage.now = wib('31 08:00');
    await act(op, code, 'finish');
    await until('31 15:00');
    expect((await toldSiti()).filter(([, rung]) => rung !== undefined)).toEqual([
      ['pick-up-reminder', 'pickup_3'],
      ['pick-up-reminder', 'pickup_10'],
    ]);
    expect(await rungs(op)).toEqual([]);
  });

  test('of a right runs by the calendar, through nights and days off, and tells before it ends', async () => {
    stage.now = wib('14 10:00');
    await stage.aCase(siti, { service: 'data.hapus' });
    await until('16 10:00');
    expect(await rungs(slamet)).toContain('calendar_24');
    expect(await rungs(slamet)).not.toContain('calendar_6');
    await until('17 04:00');
    await until('17 10:00');
    const told = (await rungs(slamet)).filter((rung) => /calendar|due/u.test(String(rung)));
    expect(told).toEqual(['calendar_24', 'calendar_6', 'due']);
    expect(await toldSiti()).toEqual([['case-late', 'due']]);
  });

  test('follows a day off that is added, and what the village itself promises', async () => {
    await stage.aCase(siti);
    await setHoliday(stage.pool, { villageId: HERE, day: '2026-08-11', name: 'Bersih desa' }, v7, stage.now);
    await until('10 08:10');
    expect(await due()).toEqual(wib('12 08:00'));
    await stage.pool.query(
      `INSERT INTO village_services (village_id, service, promise_hours, changed_at) VALUES ($1, 'usaha', 16, $2)`,
      [HERE, stage.now],
    );
    const other = await stage.apply(siti, {
      kind: 'open_case',
      draft: v7(),
      service: 'usaha',
      flow: 'f',
      answers: {},
    });
    expect(other.due).toBe(wib('13 08:10').toISOString());
  });
});

describe('initials and signatures that wait', () => {
  test('are reminded of to whoever gives them, then to the heads; one who is told is not told again', async () => {
    const { code } = await stage.aCase(siti, { service: 'surat' });
    await act(op, code, 'verify');
    await until('10 12:00');
    expect(await Promise.all([op, slamet, kades].map(rungs))).toEqual([[], ['initial'], []]);
    await until('11 08:00');
    expect(await rungs(kades)).toContain('initial_late');
    await act(slamet, code, 'initial');
    await until('11 12:00');
    expect(await rungs(kades)).toContain('sign');
    await act(kades, code, 'return', 'Nama salah');
    await act(slamet, code, 'initial');
    await until('11 15:29');
    expect((await rungs(kades)).filter((rung) => rung === 'sign')).toHaveLength(1);
    await until('12 08:30');
    expect((await rungs(kades)).filter((rung) => rung === 'sign')).toHaveLength(2);
  });
});

describe('outages', () => {
  const officer = () => op.officer!.id;
  const power = (from: string, to: string | null) => ({
    villageId: HERE,
    kind: 'power' as const,
    from: wib(from),
    to: to === null ? null : wib(to),
    note: 'PLN padam',
    officerId: officer(),
  });

  test('hold back what would ring in them, and put promises off when they end', async () => {
    await stage.aCase(siti);
    const id = await addOutage(stage.pool, power('10 08:00', null), v7, stage.now);
    await until('10 15:00');
    expect(await rungs(op)).toEqual([]);
    await endOutage(stage.pool, id, HERE, v7, stage.now);
    await until('10 15:01');
    expect(await due()).toEqual(wib('11 15:00'));
    await until('11 09:00');
    expect(await rungs(op)).toEqual(['remind']);
  });

  test('are told to whoever waits once they come to a working day, in days and never in hours', async () => {
    const { code } = await stage.aCase(siti);
    const outage = async (from: string, to: string) => {
      stage.now = wib(to);
      await addOutage(stage.pool, power(from, to), v7, stage.now);
      await until(to.replace(':00', ':01'));
    };
    await outage('10 09:00', '10 13:00');
    expect(await toldSiti()).toEqual([]);
    const seen = () => stage.look(siti, 'case_by_code', { code });
    expect(await seen()).toMatchObject({
      due: wib('11 12:00').toISOString(),
      postponed: 'power',
      halted: null,
    });
    await outage('10 13:00', '11 12:00');
    expect(await toldSiti()).toEqual([['case-postponed', 'postponed']]);
    expect(await due()).toEqual(wib('12 11:00'));
    const told = (await stage.told(siti))[0]!.vars;
    expect(told).toMatchObject({ due: wib('12 11:00').toISOString(), why: 'power', whose: siti.residentId });
    // Some hours more are no second message, another day is.
    await outage('11 12:00', '11 15:00');
    expect(await toldSiti()).toHaveLength(1);
    await outage('11 15:00', '12 14:00');
    expect(await toldSiti()).toHaveLength(2);
  });

  test('that go on leave the promise open, and status says why', async () => {
    const { code } = await stage.aCase(siti);
    await addOutage(stage.pool, power('10 08:00', null), v7, stage.now);
    await until('10 08:01');
    const seen = await stage.look(siti, 'case_by_code', { code });
    expect(seen).toMatchObject({ due: null, halted: 'power', postponed: null });
  });

  test('of the time before a request, and of a right of the law, put nothing off', async () => {
    stage.now = wib('10 15:00');
    await addOutage(stage.pool, power('10 08:00', '10 15:00'), v7, stage.now);
    const { code } = await stage.aCase(siti);
    const right = await stage.aCase(siti, { service: 'data.hapus' });
    stage.now = wib('12 08:00');
    await addOutage(stage.pool, power('10 16:00', '12 08:00'), v7, stage.now);
    await until('12 08:01');
    expect(await stage.look(siti, 'case_by_code', { code })).toMatchObject({ postponed: 'power' });
    expect(await stage.look(siti, 'case_by_code', { code: right.code })).toMatchObject({ postponed: null });
    expect((await stage.told(siti)).map(({ vars }) => vars['code'])).toEqual([code]);
  });

  test('are ended and taken away in one’s own villages alone, and are never in the future', async () => {
    const id = await addOutage(stage.pool, power('10 07:00', null), v7, stage.now);
    expect(await endOutage(stage.pool, id, ELSEWHERE, v7, stage.now)).toBe(false);
    expect(await removeOutage(stage.pool, id, ELSEWHERE, v7, stage.now)).toBe(false);
    expect(await endOutage(stage.pool, id, HERE, v7, stage.now)).toBe(true);
    expect(await endOutage(stage.pool, id, HERE, v7, stage.now)).toBe(false);
    expect(await removeOutage(stage.pool, id, HERE, v7, stage.now)).toBe(true);
    await expect(addOutage(stage.pool, power('10 09:00', null), v7, stage.now)).rejects.toThrow(RangeError);
    await expect(addOutage(stage.pool, power('10 07:00', '10 06:00'), v7, stage.now)).rejects.toThrow(
      RangeError,
    );
  });

  test('are recorded where all lines of a village are down, until one works again', async () => {
    await stage.pool.query(
      `UPDATE lines SET state = 'up';
       INSERT INTO lines (id, platform, name, village_id, state) VALUES ('telegram:9', 'telegram', 'Desa', '${HERE}', 'up')`,
    );
    const down = (lineId: string) =>
      raiseIncidents(stage.pool, [{ kind: 'line_down', lineId, detail: {} }], v7, stage.now);
    await down('telegram:9');
    // The line that serves all still works.
    expect(await listOutages(stage.pool, HERE)).toEqual([]);
    await until('10 09:00');
    await down('telegram:1');
    const there = { kind: 'line_down', isAutomatic: true, from: stage.now, to: null };
    expect(await listOutages(stage.pool, HERE)).toMatchObject([there]);
    // The other village has no line of its own.
    expect(await listOutages(stage.pool, ELSEWHERE)).toMatchObject([there]);
    await until('10 11:00');
    await endLineDown(stage.pool, 'telegram:9', v7, stage.now);
    expect(await listOutages(stage.pool, HERE)).toMatchObject([{ to: stage.now }]);
    expect(await listOutages(stage.pool, ELSEWHERE)).toMatchObject([{ to: null }]);
    await endLineDown(stage.pool, 'telegram:1', v7, stage.now);
    expect(await listOutages(stage.pool, ELSEWHERE)).toMatchObject([{ to: stage.now }]);
  });

  test('are recorded of a clock that was behind, by the right time, once', async () => {
    await stage.aCase(siti);
    const wrong = wib('10 05:00');
    await raiseIncidents(stage.pool, [{ kind: 'clock_behind', detail: { seconds: 4 * 3600 } }], v7, wrong);
    stage.now = wib('10 12:00');
    await endIncidents(stage.pool, 'clock_behind', null, stage.now);
    for (let n = 0; n < 2; n++) await recordClockOutages(stage.pool, v7, stage.now);
    expect(await listOutages(stage.pool, null)).toMatchObject([
      { kind: 'clock_behind', villageId: null, from: wib('10 09:00'), to: wib('10 12:00') },
    ]);
    await until('10 12:00');
    expect(await due()).toEqual(wib('11 11:00'));
  });
});

describe('a place in the queue', () => {
  test('is by time of request, urgent ones first, and nothing that is written changes it', async () => {
    const first = await stage.aCase(siti);
    stage.now = wib('10 08:05');
    const second = await stage.aCase(await stage.aResident());
    await act(op, first.code, 'ask', 'Sejak kapan?');
    await act(siti, first.code, 'answer', 'Sejak 2019');
    const { items } = await stage.look(op, 'officer_cases', {});
    expect(items.map(({ code }) => code)).toEqual([first.code, second.code]);
    await stage.pool.query('UPDATE cases SET is_urgent = true WHERE code = $1', [second.code]);
    const after = await stage.look(op, 'officer_cases', {});
    expect(after.items.map(({ code, position }) => [code, position])).toEqual([
      [second.code, 1],
      // Who once read "1" reads no more than that.
      [first.code, 1],
    ]);
  });

  test('has no one that lies ready before it', async () => {
    const { code } = await stage.aCase(siti, { service: 'surat' });
    for (const [who, what] of [
      [op, 'verify'],
      [slamet, 'initial'],
      [kades, 'sign'],
    ] as const)
      await act(who, code, what);
    stage.now = wib('10 08:05');
    const { position } = await stage.apply(siti, {
      kind: 'open_case',
      draft: v7(),
      service: 'usaha',
      flow: 'f',
      answers: {},
    });
    expect(position).toBe(1);
  });

  test('is read from the index of open cases', async () => {
    const { rows } = await stage.pool
      .query<{ 'QUERY PLAN': string }>(
        `SET enable_seqscan = off; EXPLAIN SELECT id FROM cases WHERE village_id = 'x' AND status IN ('open', 'in_hand', 'asked', 'signing')
       ORDER BY is_urgent DESC, opened_at, id LIMIT 7`,
      )
      .then((results) => (results as unknown as { rows: { 'QUERY PLAN': string }[] }[])[1]!);
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toContain('cases_turn');
    expect(plan).not.toContain('Sort');
  });
});

describe('a reminder that quiet hours held back', () => {
  const tell = () => inTransaction(stage.pool, (sql) => tellOfficers(sql, stage.now));
  const heard = async () => (await stage.told(op)).filter(({ flow }) => flow === 'officer-escalation');

  test('is told in the morning, unless the case was opened meanwhile', async () => {
    await stage.pool.query(`UPDATE officers SET quiet_from = '09:00', quiet_until = '13:00'`);
    const taken = await stage.aCase(siti);
    const left = await stage.aCase(siti);
    // Both on the desk of one officer.
    await stage.pool.query('UPDATE cases SET assigned_id = $1', [op.officer!.id]);
    await until('10 10:00');
    await tell();
    expect(await heard()).toEqual([]);
    await act(op, taken.code, 'take');
    stage.now = wib('10 13:00');
    while ((await tell()).seen > 0);
    expect((await heard()).map(({ vars }) => vars['code'])).toEqual([left.code]);
  });
});
