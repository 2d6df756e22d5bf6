import { v7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Asker } from '../../src/core/asker.js';
import type { EffectOf } from '../../src/core/effect.js';
import { fireTimers } from '../../src/store/timers.js';
import { inTransaction } from '../../src/store/sql.js';
import { aStage, HERE, type Stage } from './stage.js';

let stage: Stage;
let siti: Asker;
let people: { [who: string]: Asker };
beforeAll(async () => {
  stage = await aStage();
});
beforeEach(async () => {
  await stage.clear();
  const officer = (name: string, role: string, village: string | null = HERE) =>
    stage.anOfficer(name, [{ role, village }]);
  people = {
    operator: await officer('Andi', 'operator'),
    services: await officer('Bu Tuti', 'kasi_pelayanan'),
    secretary: await officer('Ratna Dewi', 'sekretaris'),
    head: await officer('Slamet', 'kepala_desa'),
    villageKeeper: await officer('Joko', 'admin'),
    keeper: await officer('Penjaga', 'admin', null),
  };
  siti = await stage.aResident();
});
afterAll(() => stage.close());

const complaint = (more: Partial<EffectOf<'open_case'>> = {}): EffectOf<'open_case'> => ({
  kind: 'open_case',
  draft: v7(),
  service: 'keluhan.petugas',
  flow: 'service-complaint',
  answers: { about: 'officer' },
  private: { who: 'staff', what: 'Diminta 50 ribu oleh Andi' },
  who: 'staff',
  ...more,
});

async function told(): Promise<string[]> {
  const told: string[] = [];
  for (const [who, asker] of Object.entries(people))
    if ((await stage.notified(asker)).length > 0) told.push(who);
  return told;
}

async function seen(code: string): Promise<string[]> {
  const seen: string[] = [];
  for (const [who, asker] of Object.entries(people)) {
    const [one, all] = [
      await stage.look(asker, 'officer_case', { code }),
      await stage.look(asker, 'officer_cases', {}),
    ];
    expect(all.count > 0).toBe(one.found);
    if (one.found) seen.push(who);
  }
  return seen;
}

describe('a complaint', () => {
  test.each([
    ['staff', 'secretary', 'sekretaris'],
    ['hamlet', 'secretary', 'sekretaris'],
    ['secretary', 'head', 'kepala_desa'],
    ['unknown', 'head', 'kepala_desa'],
  ])('about %s is told to and seen by the %s alone', async (who, receiver, role) => {
    const { code, receiver: told_ } = await stage.apply(siti, complaint({ who }));
    expect(told_).toBe(role);
    expect(await told()).toEqual([receiver]);
    expect(await seen(code)).toEqual([receiver]);
  });

  test('about the head is not opened here', async () => {
    const result = await stage.apply(siti, complaint({ who: 'head' }));
    expect(result).toMatchObject({ code: '', refused: 'no_receiver' });
    expect(await stage.rows('SELECT 1 FROM cases')).toEqual([]);
    expect(await told()).toEqual([]);
  });

  test('that names its receiver goes further up', async () => {
    const { code } = await stage.apply(siti, complaint({ named: 'Bu Ratna' }));
    expect(await seen(code)).toEqual(['head']);
  });

  test('lies sealed, all of it, and names nobody in a notice', async () => {
    await stage.apply(siti, complaint());
    const [row] = await stage.rows('SELECT answers, private, is_confidential FROM cases');
    expect(row).toMatchObject({ answers: {}, is_confidential: true });
    const [notice] = await stage.notified(people['secretary']!);
    expect(notice!.vars['resident']).toBeNull();
    const everything = JSON.stringify([
      await stage.rows('SELECT * FROM cases'),
      await stage.rows('SELECT * FROM case_events'),
      await stage.rows('SELECT * FROM notifications'),
      await stage.rows('SELECT * FROM audit_log'),
    ]);
    expect(everything).not.toContain('50 ribu');
  });

  test('is not found by whoever else acts on it; what is said about it is sealed with it', async () => {
    const { code } = await stage.apply(siti, complaint());
    for (const who of ['operator', 'services', 'head', 'villageKeeper', 'keeper'])
      expect(await stage.apply(people[who]!, { kind: 'act_on_case', code, act: 'take' })).toMatchObject({
        outcome: 'not_found',
      });
    const asked = { kind: 'act_on_case', code, act: 'ask', text: 'Kapan Andi meminta uang?' } as const;
    expect(await stage.apply(people['secretary']!, asked)).toMatchObject({ outcome: 'done' });
    await stage.apply(siti, { kind: 'act_on_case', code, act: 'answer', text: 'Senin pagi di loket' });
    const rows = JSON.stringify([
      await stage.rows('SELECT * FROM case_events'),
      await stage.rows('SELECT * FROM cases'),
      await stage.rows('SELECT * FROM notifications'),
    ]);
    expect(rows).not.toMatch(/Kapan Andi|Senin pagi/u);
    const events = await stage.rows<{ kind: string; sealed: string | null; case_id: string }>(
      'SELECT kind, sealed, case_id FROM case_events ORDER BY number',
    );
    const { sealer } = stage.context();
    expect(
      events.map(({ kind, sealed, case_id }) => [kind, sealed && sealer.open('case', case_id, sealed)]),
    ).toEqual([
      ['case_opened', null],
      ['case_taken', null],
      ['case_asked', { text: 'Kapan Andi meminta uang?' }],
      ['case_answered', { text: 'Senin pagi di loket' }],
    ]);
    // The resident is asked all the same.
    expect((await stage.told(siti)).at(-1)?.vars).toMatchObject({ text: 'Kapan Andi meminta uang?' });
  });

  test('that is overdue is told to its receiver alone, not to the other head; its author hears of it', async () => {
    const { code } = await stage.apply(siti, complaint());
    await stage.rows('DELETE FROM notifications');
    await inTransaction(stage.pool, (sql) =>
      fireTimers(sql, {
        now: new Date(stage.now.getTime() + 30 * 86_400_000),
        newId: v7,
        services: stage.context().services,
      }),
    );
    expect(await told()).toEqual(['secretary']);
    // Not looked into after three working days, nor answered after five.
    expect(await stage.told(siti)).toMatchObject([
      { flow: 'complaint-overdue', vars: { code, whose: siti.residentId } },
      { flow: 'case-late', vars: { code, whose: siti.residentId, rung: 'answer' } },
    ]);
  });

  test('is not seen by whoever is given the role afterwards, nor by a receiver who lost it', async () => {
    const { code } = await stage.apply(siti, complaint());
    const now = people['operator']!;
    now.officer!.roles = [...now.officer!.roles, { role: 'sekretaris', village: HERE }];
    people['secretary']!.officer!.roles = [{ role: 'operator', village: HERE }];
    expect(await seen(code)).toEqual([]);
  });
});
