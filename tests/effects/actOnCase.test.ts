import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { consoleAsker } from '../../src/core/asker.js';
import type { Asker } from '../../src/core/asker.js';
import type { CaseAct, EffectOf } from '../../src/core/effect.js';
import { aStage, ELSEWHERE, HERE, type Stage } from './stage.js';

let stage: Stage;
let siti: Asker;
let sri: Asker;
let slamet: Asker;
beforeAll(async () => {
  stage = await aStage();
});
beforeEach(async () => {
  await stage.clear();
  siti = await stage.aResident();
  sri = await stage.anOfficer('Bu Sri', [{ role: 'operator', village: HERE }]);
  slamet = await stage.anOfficer('Pak Slamet', [{ role: 'sekretaris', village: HERE }]);
});
afterAll(() => stage.close());

function act(code: string, what: CaseAct, text?: string): EffectOf<'act_on_case'> {
  return { kind: 'act_on_case', code, act: what, ...(text === undefined ? {} : { text }) };
}

describe('two officers', () => {
  test('who take a case at once: one has it, the other reads by whom', async () => {
    for (let round = 0; round < 10; round++) {
      const { code } = await stage.aCase(siti);
      const results = await Promise.all([
        stage.apply(sri, act(code, 'take')),
        stage.apply(slamet, act(code, 'take')),
      ]);
      const winner = results.findIndex((result) => result.outcome === 'done');
      const name = ['Bu Sri', 'Pak Slamet'][winner];
      expect(results[1 - winner]).toEqual({ outcome: 'lost', status: 'in_hand', by: name, code, step: null });
      const events = await stage.rows(
        `SELECT e.kind FROM case_events e JOIN cases c ON c.id = e.case_id WHERE c.code = $1 AND e.kind = 'case_taken'`,
        [code],
      );
      expect(events).toHaveLength(1);
    }
  });

  test('in one batch: the first has it', async () => {
    const { code } = await stage.aCase(siti);
    const results = await stage.applyAll([
      { asker: slamet, effect: act(code, 'finish', 'Loket 1') },
      { asker: sri, effect: act(code, 'take') },
      { asker: slamet, effect: act(code, 'finish', 'Loket 1') },
    ]);
    expect(results).toEqual([
      { outcome: 'done', status: 'finished', by: 'Pak Slamet', code, step: null },
      { outcome: 'lost', status: 'finished', by: 'Pak Slamet', code, step: null },
      { outcome: 'done', status: 'finished', by: 'Pak Slamet', code, step: null },
    ]);
    const numbers = await stage.rows('SELECT number, kind FROM case_events ORDER BY number');
    expect(numbers).toEqual([
      { number: 1, kind: 'case_opened' },
      { number: 2, kind: 'case_taken' },
      { number: 3, kind: 'case_finished' },
    ]);
    // "Taken" is not told beside "finished", and the repeat is not told at all.
    expect((await stage.told(siti)).map(({ vars }) => vars['event'])).toEqual(['finished']);
  });

  test('many cases of both in crossed orders do not block each other', async () => {
    const cases = [await stage.aCase(siti), await stage.aCase(siti), await stage.aCase(siti)];
    const batch = (asker: Asker, codes: string[]) =>
      stage.applyAll(codes.map((code) => ({ asker, effect: act(code, 'take') })));
    const codes = cases.map((one) => one.code);
    const both = await Promise.all([batch(sri, codes), batch(slamet, codes.toReversed())]);
    const done = both.flat().filter((result) => result.outcome === 'done');
    expect(done.map((result) => result.code).toSorted()).toEqual(codes.toSorted());
  });
});

describe('a case from its opening to its end', () => {
  test('is told to the resident step by step, and what the resident does to the officer', async () => {
    const { id, code } = await stage.aCase(siti);
    await stage.apply(sri, act(code.toLowerCase().replaceAll('-', ''), 'take'));
    await stage.apply(sri, act(code, 'ask', 'Sejak kapan usahanya?'));
    await stage.apply(siti, act(code, 'answer', 'Tahun 2019'));
    const finished = await stage.apply(sri, act(code, 'finish', 'Bisa diambil di loket 1'));
    expect(finished).toEqual({ outcome: 'done', status: 'finished', by: 'Bu Sri', code, step: null });
    const notice = (event: string, text: string | null) => ({
      flow: 'case-notice',
      vars: { code, service: 'usaha', kind: 'letter', event, by: 'Bu Sri', text, whose: siti.residentId },
    });
    expect(await stage.told(siti)).toEqual([
      notice('taken', null),
      notice('asked', 'Sejak kapan usahanya?'),
      notice('finished', 'Bisa diambil di loket 1'),
    ]);
    const news = (await stage.notified(sri)).filter(({ kind }) => kind === 'officer-case-notice');
    expect(news).toEqual([
      {
        kind: 'officer-case-notice',
        number: 4,
        vars: {
          code,
          service: 'usaha',
          event: 'answered',
          text: 'Tahun 2019',
          resident: 'Bu Siti',
          village: 'Gintangan',
        },
      },
    ]);
    const [row] = await stage.rows(
      'SELECT status, last_words, event_count, taken_at, closed_at, officer_id FROM cases WHERE id = $1',
      [id],
    );
    expect(row).toEqual({
      status: 'finished',
      last_words: 'Bisa diambil di loket 1',
      event_count: 5,
      taken_at: stage.now,
      closed_at: stage.now,
      officer_id: sri.officer!.id,
    });
    const audit = await stage.rows('SELECT officer_id, action, subject_id FROM audit_log ORDER BY id');
    expect(audit).toEqual(
      ['case_taken', 'case_asked', 'case_finished'].map((action) => ({
        officer_id: sri.officer!.id,
        action,
        subject_id: id,
      })),
    );
    expect(await stage.rows(`SELECT done_at FROM timers WHERE kind = 'case_clock'`)).toEqual([
      { done_at: stage.now },
    ]);
    expect(stage.nudges).toMatchObject({ converse: true, notify: true });
  });

  test('withdrawn by the resident tells the officer who has it', async () => {
    const { code } = await stage.aCase(siti);
    await stage.apply(sri, act(code, 'take'));
    expect(await stage.apply(siti, act(code, 'cancel'))).toMatchObject({
      outcome: 'done',
      status: 'cancelled',
    });
    const news = (await stage.notified(sri)).filter(({ kind }) => kind === 'officer-case-notice');
    expect(news.map(({ vars }) => vars['event'])).toEqual(['cancelled']);
    expect(await stage.apply(sri, act(code, 'finish'))).toMatchObject({
      outcome: 'not_allowed',
      status: 'cancelled',
    });
  });

  test('from the console is acted on like from chat', async () => {
    const { code } = await stage.aCase(siti);
    const clicking = consoleAsker(sri.officer!);
    expect(await stage.apply(clicking, act(code, 'refuse', 'Usahanya di desa lain'))).toMatchObject({
      outcome: 'done',
      status: 'refused',
    });
    expect(await stage.told(siti)).toHaveLength(1);
  });

  test('an identity number that an officer types is masked before it is stored', async () => {
    const { code } = await stage.aCase(siti);
    await stage.apply(sri, act(code, 'ask', 'NIK 3510121708900001 betul?\0'));
    expect((await stage.told(siti))[0]!.vars['text']).toBe('NIK 351012******0001 betul?');
    expect(await stage.rows('SELECT last_words FROM cases')).toEqual([
      { last_words: 'NIK 351012******0001 betul?' },
    ]);
  });

  test('identity documents are erased at its end, other photos stay, and the bytes are ordered to be deleted', async () => {
    const [ktp, shop] = [
      await stage.aPhoto(siti, { restricted: true, storageKey: 'ktp.bin' }),
      await stage.aPhoto(siti),
    ];
    const { code } = await stage.aCase(siti, { attachments: [ktp, shop] });
    await stage.apply(sri, act(code, 'take'));
    const state = () =>
      stage.rows('SELECT id, state, name, storage_key FROM attachments ORDER BY is_restricted DESC');
    expect(await state()).toMatchObject([
      { id: ktp, state: 'stored' },
      { id: shop, state: 'stored' },
    ]);
    await stage.apply(sri, act(code, 'finish'));
    expect(await state()).toMatchObject([
      { id: ktp, state: 'erased', name: null, storage_key: 'ktp.bin' },
      { id: shop, state: 'stored', name: 'ktp.jpg' },
    ]);
    expect(await stage.rows('SELECT subject_kind, subject_id FROM erasures')).toEqual([
      { subject_kind: 'attachment', subject_id: ktp },
    ]);
  });

  test('takes identity documents along that were sent beside it, but none of another case or person', async () => {
    const [beside, foreign, elsewhere] = [
      await stage.aPhoto(siti, { restricted: true }),
      await stage.aPhoto(await stage.aResident(), { restricted: true }),
      await stage.aPhoto(siti, { restricted: true }),
    ];
    await stage.aCase(siti, { attachments: [elsewhere] });
    const { code } = await stage.aCase(siti);
    await stage.apply(sri, act(code, 'finish'));
    const left = await stage.rows(`SELECT id FROM attachments WHERE state = 'stored' ORDER BY id`);
    expect(left.map(({ id }) => id)).toEqual([foreign, elsewhere].toSorted());
    expect(left).not.toContainEqual({ id: beside });
  });

  test('what an answer brings along is linked to it', async () => {
    const { id, code } = await stage.aCase(siti);
    await stage.apply(sri, act(code, 'ask', 'Foto tempatnya?'));
    const photo = await stage.aPhoto(siti);
    await stage.apply(siti, { ...act(code, 'answer'), attachments: [photo] });
    expect(await stage.rows('SELECT id FROM attachments WHERE case_id = $1', [id])).toEqual([{ id: photo }]);
    const [event] = await stage.rows(`SELECT data FROM case_events WHERE kind = 'case_answered'`);
    expect(event).toEqual({ data: { attachments: [photo] } });
  });

  test('is free again when the officer who had it no longer serves the village', async () => {
    const { code } = await stage.aCase(siti);
    await stage.apply(sri, act(code, 'take'));
    await stage.pool.query('DELETE FROM officer_roles WHERE officer_id = $1', [sri.officer!.id]);
    expect(await stage.apply(slamet, act(code, 'take'))).toMatchObject({ outcome: 'done', by: 'Pak Slamet' });
  });
});

describe('who may not', () => {
  const nothing = (code: string) => ({ outcome: 'not_found', status: null, by: null, code, step: null });

  test.each(['take', 'ask', 'finish', 'refuse', 'note'] as const)(
    '%s: an officer of another village finds no such case',
    async (what) => {
      const stranger = await stage.anOfficer('Pak Lain', [{ role: 'kepala_desa', village: ELSEWHERE }]);
      const { code } = await stage.aCase(siti);
      expect(await stage.apply(stranger, act(code, what, 'kata'))).toEqual(nothing(code));
      expect(await stage.rows('SELECT status, event_count FROM cases')).toEqual([
        { status: 'open', event_count: 1 },
      ]);
    },
  );

  test.each(['answer', 'cancel'] as const)(
    '%s: somebody else’s case is not found, by resident or officer',
    async (what) => {
      const { code } = await stage.aCase(siti);
      await stage.apply(sri, act(code, 'ask', 'Apa?'));
      for (const other of [await stage.aResident(), sri, consoleAsker(sri.officer!)])
        expect(await stage.apply(other, act(code, what, 'kata'))).toEqual(nothing(code));
    },
  );

  test.each(['take', 'ask', 'finish', 'refuse', 'note'] as const)(
    '%s: a resident finds no such case, not even the own',
    async (what) => {
      const { code } = await stage.aCase(siti);
      expect(await stage.apply(siti, act(code, what, 'kata'))).toEqual(nothing(code));
    },
  );

  test('an officer whose role does not handle it is told so, of a confidential one nothing', async () => {
    const open = await stage.aCase(siti, { service: 'infrastruktur' });
    expect(await stage.apply(sri, act(open.code, 'take'))).toMatchObject({
      outcome: 'not_allowed',
      status: 'open',
    });
    const secret = await stage.aCase(siti, { service: 'spm' });
    expect(await stage.apply(sri, act(secret.code, 'take'))).toEqual(nothing(secret.code));
    expect(await stage.apply(slamet, act(secret.code, 'take'))).toMatchObject({ outcome: 'done' });
  });

  test('a code that is none, or mistyped, is not found', async () => {
    for (const code of ['', 'halo', 'AAAA-AAAA-A', 'P-0000-000', '😀'])
      expect(await stage.apply(sri, act(code, 'take'))).toEqual(nothing(code));
  });
});
