import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Asker } from '../../src/core/asker.js';
import { caseScopeOf } from '../../src/web/allowed.js';
import { callsOf, countCalls } from '../../src/store/web/calls.js';
import { aStage, HERE, type Stage } from './stage.js';

let stage: Stage;
let siti: Asker;
let sri: Asker;
let budi: Asker;
beforeAll(async () => {
  stage = await aStage();
});
beforeEach(async () => {
  await stage.clear();
  sri = await stage.anOfficer('Bu Sri Wahyuni', [{ role: 'operator', village: HERE }]);
  budi = await stage.anOfficer('Budi Santoso', [{ role: 'sekretaris', village: HERE }]);
  siti = await stage.aResident();
  await call();
});
afterAll(() => stage.close());

const casesOf = (asker: Asker) => caseScopeOf(asker.officer!, stage.context().services);

const call = (text?: string) =>
  stage.apply(siti, {
    kind: 'hand_over',
    reason: text === undefined ? 'asked' : 'message',
    ...(text === undefined ? {} : { text }),
  });
const answer = (asker: Asker, text = 'Silakan datang besok', photos?: string[]) =>
  stage.apply(asker, {
    kind: 'answer_resident',
    conversation: siti.conversationId!,
    text,
    ...(photos ? { photos } : {}),
  });
const kinds = async (asker: Asker) =>
  (await stage.notified(asker)).map(({ kind, vars }) => [kind, vars['text'] ?? null]);
const later = (minutes: number) => {
  stage.now = new Date(stage.now.getTime() + minutes * 60_000);
};

describe('a conversation with a person', () => {
  test('is the first officer’s who answers; the others are told by whom', async () => {
    expect(await answer(sri)).toEqual({ outcome: 'done', resident: 'Bu Siti', by: null });
    expect(await answer(budi)).toEqual({ outcome: 'lost', resident: 'Bu Siti', by: 'Bu Sri' });
    expect(await stage.told(siti)).toEqual([
      { flow: 'officer-message', vars: { text: 'Silakan datang besok', by: 'Bu Sri' } },
    ]);
    expect((await stage.notified(budi)).at(-1)).toMatchObject({
      kind: 'officer-call-taken',
      vars: { by: 'Bu Sri', resident: 'Bu Siti', village: 'Gintangan' },
    });
    // Their own next answer is no news.
    later(1);
    await answer(sri, 'Bawa KTP');
    expect((await kinds(budi)).filter(([kind]) => kind === 'officer-call-taken')).toHaveLength(1);
  });

  test('of two answers in one batch one is said', async () => {
    const results = await stage.applyAll(
      [sri, budi].map((asker) => ({
        asker,
        effect: {
          kind: 'answer_resident' as const,
          conversation: siti.conversationId!,
          text: asker.officer!.name,
        },
      })),
    );
    expect(results.map(({ outcome }) => outcome)).toEqual(['done', 'lost']);
    expect(await stage.told(siti)).toHaveLength(1);
  });

  test('of two answers at once, each in a transaction of its own, one is said', async () => {
    const results = await Promise.all([answer(sri), answer(budi)]);
    expect(results.map(({ outcome }) => outcome).toSorted()).toEqual(['done', 'lost']);
    expect(await stage.told(siti)).toHaveLength(1);
  });

  test('goes on with the officer who has it: what the resident says reaches them alone, an emergency everybody', async () => {
    await answer(sri);
    await call('Jam berapa, Bu?');
    expect((await kinds(sri)).at(-1)).toEqual(['officer-hand-over', 'Jam berapa, Bu?']);
    expect(await kinds(budi)).not.toContainEqual(['officer-hand-over', 'Jam berapa, Bu?']);
    await stage.apply(siti, { kind: 'hand_over', reason: 'emergency', text: 'kebakaran' });
    expect((await kinds(budi)).at(-1)).toEqual(['officer-hand-over', 'kebakaran']);
  });

  test('is anybody’s again a day after its officer’s last word, or once they are none any more', async () => {
    await answer(sri);
    later(25 * 60);
    await call('Halo?');
    expect((await kinds(budi)).at(-1)).toEqual(['officer-hand-over', 'Halo?']);
    expect(await answer(budi)).toMatchObject({ outcome: 'done' });
    await stage.rows('UPDATE officers SET is_active = false WHERE id = $1', [budi.officer!.id]);
    expect(await answer(sri)).toMatchObject({ outcome: 'done' });
  });

  test('ended by the resident is told to its officer, and the next one is a new one', async () => {
    await answer(sri);
    await stage.apply(siti, { kind: 'end_hand_over' });
    expect((await stage.notified(sri)).at(-1)).toMatchObject({
      kind: 'officer-call-ended',
      vars: { how: 'resident', resident: 'Bu Siti' },
    });
    expect((await kinds(budi)).map(([kind]) => kind)).not.toContain('officer-call-ended');
    later(60);
    await call();
    expect(await answer(budi)).toMatchObject({ outcome: 'done' });
    expect(await stage.rows('SELECT ended_by FROM hand_overs ORDER BY begun_at')).toEqual([
      { ended_by: 'resident' },
      { ended_by: null },
    ]);
  });

  test('is ended by its officer, not by another', async () => {
    const end = (asker: Asker) =>
      stage.apply(asker, { kind: 'end_call', conversation: siti.conversationId! });
    await answer(sri);
    expect(await end(budi)).toEqual({ outcome: 'lost', resident: 'Bu Siti', by: 'Bu Sri' });
    expect(await end(sri)).toEqual({ outcome: 'done', resident: 'Bu Siti', by: null });
    expect((await stage.told(siti)).at(-1)).toEqual({
      flow: 'hand-over-end',
      vars: { how: 'officer', by: 'Bu Sri' },
    });
    expect(await end(await stage.anOfficer('Pak Baru', [{ role: 'operator', village: HERE }]))).toMatchObject(
      {
        outcome: 'not_found',
      },
    );
  });

  test('answered after its end goes on: nobody is called again', async () => {
    await stage.apply(siti, { kind: 'end_hand_over' });
    expect(await answer(sri)).toMatchObject({ outcome: 'done' });
    const before = (await stage.notified(budi)).length;
    await stage.apply(siti, { kind: 'hand_over', reason: 'answered' });
    expect(await stage.notified(budi)).toHaveLength(before);
    await call('Terima kasih');
    expect((await kinds(sri)).at(-1)).toEqual(['officer-hand-over', 'Terima kasih']);
  });

  test('carries the officer’s own photos, no identity documents and nobody else’s', async () => {
    const [own, card, others] = [
      await stage.aPhoto(sri),
      await stage.aPhoto(sri, { restricted: true }),
      await stage.aPhoto(budi),
    ];
    expect(await answer(sri, '', [own, card, others])).toMatchObject({ outcome: 'done' });
    expect((await stage.told(siti)).at(-1)?.vars).toEqual({ text: null, by: 'Bu Sri', photos: [own] });
    expect(await answer(sri, '', [others])).toMatchObject({ outcome: 'not_found' });
  });

  test('stands in the console with who has it, and waits there for nobody else', async () => {
    const scope = { villages: [HERE] };
    await answer(sri);
    expect(await callsOf(stage.pool, scope, casesOf(budi), budi.officer!.id, stage.now)).toMatchObject([
      { heldBy: 'Bu Sri Wahyuni', isWaiting: true },
    ]);
    expect(await callsOf(stage.pool, scope, casesOf(sri), sri.officer!.id, stage.now)).toMatchObject([
      { heldBy: null },
    ]);
    expect(await countCalls(stage.pool, scope, budi.officer!.id, stage.now)).toBe(0);
    expect(await countCalls(stage.pool, scope, sri.officer!.id, stage.now)).toBe(1);
  });

  test('is ended by silence not before the office could answer: Friday evening waits for Monday', async () => {
    stage.now = new Date('2026-08-14T13:00:00Z');
    await call('Ada orang?');
    const [timer] = await stage.rows<{ due_at: Date }>('SELECT due_at FROM timers WHERE done_at IS NULL');
    // Monday, 17 August, is Independence Day where the seed knows it: never the weekend, whatever the day is.
    expect(timer!.due_at.getTime()).toBeGreaterThan(new Date('2026-08-17T00:00:00Z').getTime());
  });
});
