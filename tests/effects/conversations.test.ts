import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { consoleAsker } from '../../src/core/asker.js';
import type { Asker } from '../../src/core/asker.js';
import { appliers } from '../../src/effects/index.js';
import { caseScopeOf } from '../../src/web/allowed.js';
import { callsOf } from '../../src/store/web/calls.js';
import { aStage, ELSEWHERE, HERE, type Stage } from './stage.js';

let stage: Stage;
let siti: Asker;
beforeAll(async () => {
  stage = await aStage();
});
beforeEach(async () => {
  await stage.clear();
  siti = await stage.aResident();
});
afterAll(() => stage.close());

const casesOf = (asker: Asker) => caseScopeOf(asker.officer!, stage.context().services);

const resident = async () =>
  (await stage.rows('SELECT name, village_id, language FROM residents WHERE id = $1', [siti.residentId]))[0]!;

describe('of a resident is kept', () => {
  test('the language', async () => {
    await stage.apply(siti, { kind: 'set_language', language: 'en' });
    expect(await resident()).toMatchObject({ language: 'en' });
  });

  test('the village, if there is such a one', async () => {
    await stage.apply(siti, { kind: 'set_village', village: ELSEWHERE });
    await stage.apply(siti, { kind: 'set_village', village: '99.99.99.9999' });
    expect(await resident()).toMatchObject({ village_id: ELSEWHERE });
  });

  test('the name, without an identity number, and never an empty one', async () => {
    await stage.apply(siti, { kind: 'remember_name', name: '  Bu   Siti 3510121708900001 ' });
    await stage.apply(siti, { kind: 'remember_name', name: '   ' });
    expect(await resident()).toMatchObject({ name: 'Bu Siti 351012******0001' });
  });

  test('of two in one batch the later', async () => {
    await stage.applyAll(
      ['Siti', 'Bu Siti'].map((name) => ({ asker: siti, effect: { kind: 'remember_name' as const, name } })),
    );
    expect(await resident()).toMatchObject({ name: 'Bu Siti' });
  });

  test('every consent given and withdrawn, with its version, channel and time', async () => {
    await stage.apply(siti, { kind: 'record_consent', purpose: 'market', version: '1', given: true });
    await stage.apply(siti, { kind: 'record_consent', purpose: 'market', version: '2', given: false });
    const rows = await stage.rows(
      'SELECT resident_id, purpose, version, given, platform, at FROM consents ORDER BY version',
    );
    const consent = { resident_id: siti.residentId, purpose: 'market', platform: 'telegram', at: stage.now };
    expect(rows).toEqual([
      { ...consent, version: '1', given: true },
      { ...consent, version: '2', given: false },
    ]);
  });
});

describe('a hand-over', () => {
  const ask = (asker = siti, reason: 'asked' | 'emergency' = 'asked', text?: string) =>
    stage.apply(asker, { kind: 'hand_over', reason, ...(text === undefined ? {} : { text }) });
  const since = async () =>
    (
      await stage.rows<{ at: Date | null }>('SELECT handed_over_at AS at FROM conversations WHERE id = $1', [
        siti.conversationId,
      ])
    )[0]!.at;

  test('gives the word to a person, tells the officers of the village, and ends by itself', async () => {
    const sri = await stage.anOfficer('Bu Sri', [{ role: 'operator', village: HERE }]);
    const stranger = await stage.anOfficer('Pak Lain', [{ role: 'operator', village: ELSEWHERE }]);
    await ask(siti, 'asked', 'Mau tanya NIK 3510121708900001');
    expect(await since()).toEqual(stage.now);
    expect(await stage.notified(sri)).toEqual([
      {
        kind: 'officer-hand-over',
        number: 1,
        vars: {
          reason: 'asked',
          resident: 'Bu Siti',
          text: 'Mau tanya NIK 351012******0001',
          conversation: siti.conversationId,
          village: 'Gintangan',
        },
      },
    ]);
    expect(await stage.notified(stranger)).toEqual([]);
    expect(await stage.rows('SELECT kind, subject_id FROM timers')).toEqual([
      { kind: 'hand_over_end', subject_id: siti.conversationId },
    ]);
  });

  test('asked for again at once is the same call; later, or in an emergency, another', async () => {
    const sri = await stage.anOfficer('Bu Sri', [{ role: 'operator', village: HERE }]);
    await ask();
    await ask();
    expect(await stage.notified(sri)).toHaveLength(1);
    await ask(siti, 'emergency');
    expect(await stage.notified(sri)).toHaveLength(2);
    stage.now = new Date(stage.now.getTime() + 31 * 60_000);
    await ask();
    expect((await stage.notified(sri)).map(({ number }) => number)).toEqual([1, 2, 3]);
  });

  test('tells what the resident goes on to say, messages of one turn together', async () => {
    const sri = await stage.anOfficer('Bu Sri', [{ role: 'operator', village: HERE }]);
    await ask();
    const say = (text: string) => ({
      asker: siti,
      effect: { kind: 'hand_over' as const, reason: 'message' as const, text },
    });
    await stage.applyAll([say('Pagar sekolah roboh'), say('Lapor ke siapa?')]);
    await stage.applyAll([say('Terima kasih')]);
    expect((await stage.notified(sri)).map(({ vars }) => vars.text)).toEqual([
      null,
      'Pagar sekolah roboh\nLapor ke siapa?',
      'Terima kasih',
    ]);
  });

  test('with nobody to tell opens an incident', async () => {
    await ask();
    expect(await stage.rows('SELECT kind, conversation_id FROM incidents')).toEqual([
      { kind: 'no_officer', conversation_id: siti.conversationId },
    ]);
  });

  test('ended gives the word back and stops its clock', async () => {
    await ask();
    await stage.apply(siti, { kind: 'end_hand_over' });
    expect(await since()).toBeNull();
    expect(await stage.rows('SELECT done_at FROM timers')).toEqual([{ done_at: stage.now }]);
  });
});

describe('an officer’s answer to a resident who asked for a person', () => {
  const answer = (asker: Asker, text = 'Silakan datang besok', conversation = siti.conversationId!) =>
    stage.apply(asker, { kind: 'answer_resident', conversation, text });
  const nothing = { outcome: 'not_found', resident: null, by: null };
  let sri: Asker;
  beforeEach(async () => {
    sri = await stage.anOfficer('Bu Sri', [{ role: 'operator', village: HERE }]);
    await stage.apply(siti, { kind: 'hand_over', reason: 'asked' });
  });

  test('is said in the resident’s conversation, and written down', async () => {
    expect(await answer(sri, 'NIK 3510121708900001 tidak perlu')).toEqual({
      outcome: 'done',
      resident: 'Bu Siti',
      by: null,
    });
    expect(await stage.told(siti)).toEqual([
      { flow: 'officer-message', vars: { text: 'NIK 351012******0001 tidak perlu', by: 'Bu Sri' } },
    ]);
    expect(await stage.rows('SELECT officer_id, action FROM audit_log')).toEqual([
      { officer_id: sri.officer!.id, action: 'resident.answer' },
    ]);
  });

  test('names nobody while it is hidden who writes from there, in the chat or at the console', async () => {
    await stage.pool.query('UPDATE addresses SET hidden_since = $2 WHERE id = $1', [
      siti.addressId,
      stage.now,
    ]);
    expect(await answer(sri)).toEqual({ outcome: 'done', resident: null, by: null });
    const scope = { villages: [HERE] };
    expect(await callsOf(stage.pool, scope, casesOf(sri), sri.officer!.id, stage.now)).toMatchObject([
      { conversationId: siti.conversationId, resident: null },
    ]);
  });

  test('is not possible for whoever was not told, of this village or another, nor for residents', async () => {
    const late = await stage.anOfficer('Bu Baru', [{ role: 'operator', village: HERE }]);
    const stranger = await stage.anOfficer('Pak Lain', [{ role: 'operator', village: ELSEWHERE }]);
    for (const asker of [late, stranger, siti, await stage.aResident()])
      expect(await answer(asker)).toEqual(nothing);
    expect(await stage.told(siti)).toEqual([]);
  });

  test('is not possible once the officer no longer serves the village', async () => {
    expect(
      await answer({
        ...sri,
        officer: { ...sri.officer!, roles: [{ role: 'operator', village: ELSEWHERE }] },
      }),
    ).toEqual(nothing);
  });

  test('ends three days after the call, and needs words and a conversation', async () => {
    expect(await answer(sri, '  ')).toEqual(nothing);
    expect(await answer(sri, 'halo', 'x')).toEqual(nothing);
    stage.now = new Date(stage.now.getTime() + 73 * 3600_000);
    expect(await answer(sri)).toEqual(nothing);
  });
});

describe('a timer', () => {
  const timers = () => stage.rows('SELECT kind, due_at, done_at, vars FROM timers ORDER BY kind');

  test('is set, set anew, and stopped', async () => {
    const due = new Date('2026-08-11T01:00:00Z');
    await stage.apply(siti, { kind: 'set_timer', timer: 'draft_reminder', dueAt: '2026-08-10T09:00:00Z' });
    await stage.apply(siti, {
      kind: 'set_timer',
      timer: 'draft_reminder',
      dueAt: due.toISOString(),
      vars: { title: 'SKU' },
    });
    expect(await timers()).toEqual([
      { kind: 'draft_reminder', due_at: due, done_at: null, vars: { title: 'SKU' } },
    ]);
    await stage.apply(siti, { kind: 'cancel_timer', timer: 'gather' });
    await stage.apply(siti, { kind: 'cancel_timer', timer: 'draft_reminder' });
    expect(await timers()).toEqual([
      { kind: 'draft_reminder', due_at: due, done_at: stage.now, vars: { title: 'SKU' } },
    ]);
    await stage.apply(siti, { kind: 'set_timer', timer: 'draft_reminder', dueAt: due.toISOString() });
    expect(await timers()).toMatchObject([{ done_at: null, vars: {} }]);
  });

  test('of another conversation is left alone', async () => {
    await stage.apply(siti, { kind: 'set_timer', timer: 'gather', dueAt: '2026-08-10T09:00:00Z' });
    await stage.apply(await stage.aResident(), { kind: 'cancel_timer', timer: 'gather' });
    expect(await timers()).toMatchObject([{ done_at: null }]);
  });
});

describe('an incident', () => {
  const raise = (incident: 'late_emergency' | 'line_down') =>
    stage.apply(siti, { kind: 'raise_incident', incident, detail: { text: 'tolong' } });

  test('a late emergency is told to everybody near, each time', async () => {
    const bidan = await stage.anOfficer('Bu Bidan', [{ role: 'bidan', village: HERE }]);
    const keeper = await stage.anOfficer('Penjaga', [{ role: 'admin', village: null }]);
    const stranger = await stage.anOfficer('Pak Lain', [{ role: 'bidan', village: ELSEWHERE }]);
    await raise('late_emergency');
    await raise('late_emergency');
    expect(await stage.notified(bidan)).toHaveLength(2);
    expect(await stage.notified(keeper)).toHaveLength(2);
    expect(await stage.notified(stranger)).toHaveLength(0);
    expect((await stage.notified(bidan))[0]).toMatchObject({
      kind: 'officer-incident',
      vars: { incident: 'late_emergency', text: 'tolong' },
    });
  });

  test('one that lasts is opened once, and told to the keepers alone', async () => {
    const sri = await stage.anOfficer('Bu Sri', [{ role: 'operator', village: HERE }]);
    const keeper = await stage.anOfficer('Penjaga', [{ role: 'admin', village: null }]);
    await raise('line_down');
    await raise('line_down');
    expect(await stage.rows('SELECT FROM incidents')).toHaveLength(1);
    expect([await stage.notified(sri), await stage.notified(keeper)].map((list) => list.length)).toEqual([
      0, 1,
    ]);
  });
});

test('messages go into the outbox in the order they were said', async () => {
  const other = await stage.aResident();
  const say = (asker: Asker, text: string) => ({
    asker,
    effect: { kind: 'send_message' as const, message: { text } },
  });
  await stage.applyAll([say(siti, 'satu'), say(other, 'dua'), say(siti, 'tiga')]);
  expect(
    await stage.rows(`SELECT conversation_id, body->>'text' AS text FROM outbound_messages ORDER BY seq`),
  ).toEqual([
    { conversation_id: siti.conversationId, text: 'satu' },
    { conversation_id: other.conversationId, text: 'dua' },
    { conversation_id: siti.conversationId, text: 'tiga' },
  ]);
  expect([...stage.nudges.send]).toEqual(['telegram:1']);
});

test('what belongs to a conversation does nothing from the console', async () => {
  const clicking = consoleAsker({ id: siti.residentId!, name: 'X', roles: [] });
  await stage.apply(clicking, { kind: 'set_language', language: 'en' });
  await stage.apply(clicking, { kind: 'remember_name', name: 'X' });
  await stage.apply(clicking, { kind: 'set_village', village: ELSEWHERE });
  await stage.apply(clicking, { kind: 'record_consent', purpose: 'market', version: '1', given: true });
  await stage.apply(clicking, { kind: 'hand_over', reason: 'asked' });
  await stage.apply(clicking, { kind: 'end_hand_over' });
  await stage.apply(clicking, { kind: 'set_timer', timer: 'gather', dueAt: '2026-08-10T09:00:00Z' });
  await stage.apply(clicking, { kind: 'cancel_timer', timer: 'gather' });
  await stage.apply(clicking, { kind: 'send_message', message: { text: 'halo' } });
  const [left] = await stage.rows(
    `SELECT (SELECT count(*) FROM consents) + (SELECT count(*) FROM timers) + (SELECT count(*) FROM outbound_messages)
       + (SELECT count(*) FROM notifications) + (SELECT count(*) FROM residents WHERE language = 'en') AS n`,
  );
  expect(left).toEqual({ n: 0 });
});

test('timers are stopped before they are set, and messages come last', () => {
  const order = Object.keys(appliers);
  expect(order.indexOf('cancel_timer')).toBeLessThan(order.indexOf('set_timer'));
  expect(order.at(-1)).toBe('send_message');
});
