import { v7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Asker } from '../../src/core/asker.js';
import type { CaseAct } from '../../src/core/effect.js';
import type { Service } from '../../src/core/service.js';
import { createTimed } from '../../src/jobs/timed.js';
import { setHoliday, setSpans } from '../../src/store/officeHours.js';
import { addOutage, endOutage } from '../../src/store/outages.js';
import { inTransaction } from '../../src/store/sql.js';
import { aStage, ELSEWHERE, HERE, SERVICES as STAGE_SERVICES, type Stage } from '../effects/stage.js';
import { expectedRungs, OpenMinutes } from './clockModel.js';
import type { Calendar, Fate, Stretch } from './clockModel.js';

/** A year and a month in fast motion: real timers on a real Postgres, and a model that knows nothing of them. */
const DAYS = 400;
const BATCHES = 34;
const BEGIN = new Date('2026-08-10T00:00:00Z');
const MINUTE = 60_000;
const at = (minute: number) => new Date(BEGIN.getTime() + minute * MINUTE);

const SERVICES: { [id: string]: Service } = {
  letter: service('letter', 8, [
    { act: 'verify', roles: ['operator'] },
    { act: 'initial', roles: ['sekretaris'] },
    { act: 'sign', roles: ['kepala_desa'] },
  ]),
  plain: service('referral', 16, []),
  complaint: service('complaint', null, [{ act: 'verify', roles: ['sekretaris'] }]),
  right: { ...service('rights', null, []), calendar_hours: 72 },
};

function service(kind: Service['kind'], hours: number | null, steps: Service['steps']): Service {
  return {
    title: '',
    kind,
    promise_hours: hours,
    promise: '',
    signer: 'kepala_desa',
    checklist: [],
    confidential: false,
    steps,
  };
}

const clock = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
const spans = (days: number[], ...times: [string, string][]) =>
  days.flatMap((weekday) => times.map(([opens, closes]) => ({ weekday, opens, closes })));
/** With a break at noon, and a short Friday. */
const USUAL = [
  ...spans([1, 2, 3, 4], ['07:30', '12:00'], ['13:00', '15:30']),
  ...spans([5], ['07:00', '11:15'], ['13:15', '14:30']),
];
const FASTING = [...spans([1, 2, 3, 4], ['08:00', '14:00']), ...spans([5, 6], ['08:00', '11:00'])];
const RAMADAN = { from: '2027-02-08', to: '2027-03-09', name: 'Ramadan' };
const OWN_DAYS_OFF = ['2026-10-20', '2027-03-10', '2027-03-11', '2027-03-12', '2027-04-14'];

let stage: Stage;
let people: { [role: string]: Asker };
let residents: Asker[];
beforeAll(async () => {
  Object.assign(STAGE_SERVICES, SERVICES);
  stage = await aStage();
  await stage.clear();
  people = {};
  for (const village of [HERE, ELSEWHERE])
    for (const role of ['operator', 'sekretaris', 'kepala_desa', 'kecamatan'])
      people[`${role} ${village}`] = await stage.anOfficer(role, [{ role, village }]);
  people['kabupaten'] = await stage.anOfficer('kabupaten', [{ role: 'kabupaten', village: null }]);
  residents = [await stage.aResident({ village: HERE }), await stage.aResident({ village: ELSEWHERE })];
  await stage.pool.query('UPDATE villages SET escalates = id = $1', [HERE]);
  stage.now = BEGIN;
  for (const village of [HERE, ELSEWHERE]) {
    await setSpans(stage.pool, { villageId: village, days: null }, USUAL, v7, BEGIN);
    for (const day of OWN_DAYS_OFF)
      await setHoliday(stage.pool, { villageId: village, day, name: 'libur' }, v7, BEGIN);
  }
  await setSpans(stage.pool, { villageId: null, days: RAMADAN }, FASTING, v7, BEGIN);
});
afterAll(() => stage.close());

/** Numbers that look random and are the same in every run. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

interface Planned {
  at: number;
  run: () => Promise<void>;
}

/** A case with what will be done to it, and what the model is told of that. */
interface Story {
  village: string;
  fate: Fate;
  acts: {
    at: number;
    by: 'resident' | 'operator' | 'sekretaris' | 'kepala_desa';
    act: CaseAct;
    text?: string;
  }[];
  code: string;
}

function aStory(roll: () => number, opened: number): Story {
  const village = roll() < 0.6 ? HERE : ELSEWHERE;
  const kind = (['letter', 'letter', 'plain', 'complaint', 'right'] as const)[Math.floor(roll() * 5)]!;
  const fate: Fate = { kind, escalates: village === HERE, states: [{ status: 'open', at: opened }] };
  const acts: Story['acts'] = [];
  let now = opened;
  // Acts fall on odd minutes of their own, so that none comes at the very moment of a rung.
  const wait = (hours: number) => (now += 1 + 2 * Math.floor(roll() * hours * 30));
  const by = kind === 'letter' || kind === 'plain' ? 'operator' : 'sekretaris';
  const act = (what: CaseAct, who: Story['acts'][number]['by'] = by, text?: string) =>
    acts.push({ at: now, by: who, act: what, ...(text ? { text } : {}) });
  const state = (status: Fate['states'][number]['status']) => fate.states.push({ status, at: now });
  const leave = () => {
    wait(24 * 12);
    act('cancel', 'resident');
    state('closed');
  };
  if (roll() < 0.25) {
    leave();
    return { village, fate, acts, code: '' };
  }
  wait(40);
  act('take');
  state('in_hand');
  if (roll() < 0.25) {
    wait(10);
    act('release');
    state('open');
    wait(60);
    act('take');
    state('in_hand');
  }
  if (roll() < 0.3) {
    wait(20);
    act('ask', by, 'Sejak kapan?');
    state('asked');
    fate.checkedAt ??= now;
    fate.answeredAt ??= now;
    wait(24 * 9);
    act('answer', 'resident', 'Sejak 2019');
    state('in_hand');
  }
  wait(60);
  if (kind === 'letter') {
    act('verify');
    state('initial');
    wait(50);
    act('initial', 'sekretaris');
    state('sign');
    wait(50);
    act('sign', 'kepala_desa');
    state('ready');
    wait(24 * 40);
    act('finish');
    state('closed');
  } else {
    if (kind === 'complaint') {
      act('verify');
      fate.checkedAt ??= now;
      wait(24 * 30);
    }
    act('finish');
    state('closed');
    fate.answeredAt ??= now;
  }
  if (kind === 'plain' && roll() < 0.4) {
    wait(24 * 4);
    act('reopen', by, 'Ternyata belum');
    state('open');
    leave();
  }
  return { village, fate, acts, code: '' };
}

test(
  'in 400 days every rung is told exactly once, when and only where a simple model says so',
  { timeout: 240_000 },
  async () => {
    const roll = dice(20_260_810);
    const last = DAYS * 24 * 60;
    const stories: Story[] = [];
    const plan: Planned[] = [];
    for (let n = 0; n < BATCHES; n++) {
      // Several at one moment, so that many ring at one moment as well; also by night and on days off.
      const opened = 60 + 2 * Math.floor(((n + roll() * 0.9) * (last - 40 * 24 * 60)) / BATCHES / 2);
      const batch = Array.from({ length: 4 }, () => aStory(roll, opened));
      stories.push(...batch);
      plan.push({ at: opened, run: () => open(batch) });
      for (const story of batch)
        for (const one of story.acts.filter((done) => done.at < last))
          plan.push({ at: one.at, run: () => perform(story, one) });
    }
    const outages = new Map<string, Stretch[]>([
      [HERE, []],
      [ELSEWHERE, []],
    ]);
    for (let n = 0; n < 14; n++) {
      const from = 3000 + 2 * Math.floor((n * last) / 15 / 2);
      const stretch = { from, to: from + 1 + 2 * Math.floor(roll() * 30 * 24 * 4) };
      const village = [HERE, ELSEWHERE, null][n % 3]!;
      for (const id of village === null ? [HERE, ELSEWHERE] : [village]) outages.get(id)!.push(stretch);
      let id: string;
      plan.push({
        at: stretch.from,
        run: async () => {
          const outage = {
            villageId: village,
            kind: 'power' as const,
            from: stage.now,
            to: null,
            note: null,
          };
          const officerId = people[`sekretaris ${HERE}`]!.officer!.id;
          id = await inTransaction(stage.pool, (sql) =>
            addOutage(sql, { ...outage, officerId }, v7, stage.now),
          );
        },
      });
      plan.push({
        at: stretch.to,
        run: async () => {
          expect(await inTransaction(stage.pool, (sql) => endOutage(sql, id, village, v7, stage.now))).toBe(
            true,
          );
        },
      });
    }
    plan.sort((a, b) => a.at - b.at);

    await live(plan, last);

    const told = await stage.rows<{
      code: string;
      village: string;
      rung: string;
      since: number;
      at: Date;
      number: number;
      told: number;
    }>(
      `SELECT c.code, c.village_id AS village, e.data->>'rung' AS rung, (e.data->>'since')::int AS since, e.at, e.number,
       jsonb_array_length(e.data->'officers') AS told
     FROM case_events e JOIN cases c ON c.id = e.case_id WHERE e.kind IN ('case_reminded', 'case_escalated')
         -- What outages put off is told by days lost, of which the model knows nothing.
         AND e.data->>'rung' <> 'postponed'`,
    );
    const calendar: Calendar = {
      usual: bySunday(USUAL),
      fasting: { ...RAMADAN, spans: bySunday(FASTING) },
      holidays: new Set(
        (await stage.rows<{ day: string }>('SELECT day::text FROM holidays')).map(({ day }) => day),
      ),
    };
    const minutes = new OpenMinutes(BEGIN, DAYS, calendar);
    const expected = stories.flatMap((story) =>
      expectedRungs(story.fate, minutes, outages.get(story.village)!)
        .filter((rung) => rung.at <= last)
        .map((rung) => ({ ...rung, code: story.code })),
    );
    // Openings are told apart by the event that began them: the first is 1, the next the reopening.
    const lifeOf = (code: string, number: number): number =>
      reopened.filter((e) => e.code === code && e.number <= number).length;
    const reopened = await stage.rows<{ code: string; number: number }>(
      `SELECT c.code, e.number FROM case_events e JOIN cases c ON c.id = e.case_id WHERE e.kind = 'case_reopened'`,
    );
    const key = (one: { code: string; rung: string; life: number }) => `${one.code} ${one.life} ${one.rung}`;
    const happened = told.map((one) => ({ ...one, life: lifeOf(one.code, one.since) }));
    expect(happened.map(key).sort()).toEqual(expected.map(key).sort());
    expect(new Set(happened.map(key)).size).toBe(happened.length);

    const moments = new Map(expected.map((one) => [key(one), at(one.at)]));
    const late = happened.filter(
      (one) => Math.abs(one.at.getTime() - moments.get(key(one))!.getTime()) > MINUTE,
    );
    // All but those that fell into the nights in which nothing ran.
    expect(late.filter((one) => !nights.some((night) => one.at.getTime() === night.getTime()))).toEqual([]);

    // Each officer of a rung has one notification of it, and nobody else any.
    const [sent] = await stage.rows<{ all: number; once: number }>(
      `SELECT count(*)::int AS all, count(DISTINCT (officer_id, subject_id, number))::int AS once
     FROM notifications WHERE kind = 'officer-escalation'`,
    );
    const officers = told.reduce((sum, one) => sum + one.told, 0);
    expect(sent).toEqual({ all: officers, once: officers });
    const beyond = await stage.rows(
      `SELECT FROM notifications n JOIN cases c ON c.id = n.subject_id
     WHERE n.kind = 'officer-escalation' AND c.village_id = $1 AND n.vars->>'rung' IN ('kecamatan', 'dinas')`,
      [ELSEWHERE],
    );
    expect(beyond).toEqual([]);
    // Residents were told of what was missed, and of what lies ready, once each.
    const theirs = [
      'due',
      'verify',
      'answer',
      'resolve',
      'kecamatan',
      'dinas',
      'pickup_3',
      'pickup_10',
      'pickup_last',
      'asked_2',
      'asked_7',
    ];
    const rows = await stage.rows<{ flow: string }>(
      `SELECT body->>'flow' AS flow FROM inbound_messages WHERE kind = 'internal'
       AND body->>'flow' IN ('case-late', 'pick-up-reminder', 'answer-reminder', 'complaint-overdue')`,
    );
    expect(rows.length).toBe(expected.filter(({ rung }) => theirs.includes(rung)).length);
    // It was a year in which all of them came up.
    expect(new Set(expected.map(({ rung }) => rung)).size).toBe(20);
    expect(stories.length).toBe(BATCHES * 4);
  },
);

/** Nights after which what had come due meanwhile was told. */
const nights: Date[] = [];

/** Lives the plan: timers ring when they are due, and at their moment acts are done. */
async function live(plan: Planned[], last: number): Promise<void> {
  let timed = aTimed();
  let next = 0;
  let restartAt = 20 * 24 * 60;
  for (;;) {
    const [row] = await stage.rows<{ due: Date | null }>(
      'SELECT min(due_at) AS due FROM timers WHERE done_at IS NULL',
    );
    const ringAt = row!.due ? (row!.due.getTime() - BEGIN.getTime()) / MINUTE : Infinity;
    const actAt = plan[next]?.at ?? Infinity;
    const now = Math.min(ringAt, actAt);
    if (now > last) return;
    if (now >= restartAt) {
      // The program ends, and begins again hours later, in the quiet before the next act.
      restartAt = now + 25 * 24 * 60;
      const until = Math.min(actAt - 1, ringAt + 9 * 60);
      if (until > ringAt) {
        stage.now = at(until);
        nights.push(stage.now);
        timed = aTimed();
        await timed();
        // And its clock is set back: nothing rings until it is right again.
        await expectStill(timed, at(until - 300));
        continue;
      }
    }
    stage.now = at(now);
    if (ringAt <= actAt) await timed();
    else await plan[next++]!.run();
  }
}

async function expectStill(timed: () => Promise<void>, now: Date): Promise<void> {
  const right = stage.now;
  const before = await stage.rows('SELECT count(*) FROM case_events');
  stage.now = now;
  await timed();
  stage.now = right;
  expect(await stage.rows('SELECT count(*) FROM case_events')).toEqual(before);
}

function aTimed(): () => Promise<void> {
  return createTimed({
    pool: stage.pool,
    now: () => stage.now,
    newId: v7,
    services: SERVICES,
    nudge: { converse: () => {}, send: () => {}, notify: () => {}, letters: () => {} },
    counters: { timersFired: 0 } as never,
  });
}

async function open(batch: Story[]): Promise<void> {
  const opened = await stage.applyAll<'open_case'>(
    batch.map(({ village, fate }) => ({
      asker: residents[village === HERE ? 0 : 1]!,
      effect: { kind: 'open_case', draft: v7(), service: fate.kind, flow: 'business-letter', answers: {} },
    })),
  );
  batch.forEach((story, n) => (story.code = opened[n]!.code));
}

async function perform(story: Story, { by, act, text }: Story['acts'][number]): Promise<void> {
  const asker =
    by === 'resident' ? residents[story.village === HERE ? 0 : 1]! : people[`${by} ${story.village}`]!;
  const done = await stage.apply(asker, {
    kind: 'act_on_case',
    code: story.code,
    act,
    ...(text ? { text } : {}),
  });
  expect({ act, ...done }).toMatchObject({ act, outcome: 'done' });
}

function bySunday(week: typeof USUAL): { [weekday: number]: [number, number][] } {
  const days: { [weekday: number]: [number, number][] } = {};
  for (const { weekday, opens, closes } of week)
    (days[weekday % 7] ??= []).push([clock(opens), clock(closes)]);
  return days;
}
