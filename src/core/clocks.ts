import { fold, isOpenCase, newState } from './cases.js';
import type { CaseFact, CaseState } from './cases.js';
import type { JsonObject } from './json.js';
import type { Service } from './service.js';
import { dueAfter, opensNext, workedBetween } from './workingTime.js';
import type { Interval, WorkingHours, WorkingLength } from './workingTime.js';

/**
 * The clocks of a case, pure: when it is due, where its clock stands still, and which rungs it comes to at what moment. All
 * follows from its history, the village's hours and its outages: worked out anew after every act and every ring, it comes to
 * the same, however often a program was restarted meanwhile.
 */

/** Unopened for so long, it goes up: remind, then each role above (facts/domain.md, Officers: Ladder). */
export const LADDER = {
  remind: { hours: 2 },
  sekretaris: { hours: 4 },
  kepala_desa: { days: 1 },
  kecamatan: { days: 2 },
  /** Beyond the village and the kecamatan: whom the regency charges with it. */
  dinas: { days: 3 },
} as const satisfies { [rung: string]: WorkingLength };

/** A complaint is looked into and answered within working days (facts/domain.md, Complaints' clocks). */
export const COMPLAINT = { verify: { days: 3 }, answer: { days: 5 } } as const satisfies {
  [rung: string]: WorkingLength;
};

/** Working days from its check to its end, by what kind of complaint it is (the same source). */
export const COMPLAINT_CLASSES = { light: 2, normative: 5, non_supervisory: 14, investigated: 60 } as const;
export type ComplaintClass = keyof typeof COMPLAINT_CLASSES;

/** Initials and signatures that wait: whoever gives them is reminded, then the heads of the village. */
const STEPS = {
  initial: { hours: 4 },
  initial_late: { days: 1 },
  sign: { hours: 4 },
  sign_late: { days: 1 },
} as const satisfies { [rung: string]: WorkingLength };

/** What a resident has to fetch: reminded after days of the calendar, when the office opens; the last word ends it. */
const PICK_UP_DAYS = { pickup_3: 3, pickup_10: 10, pickup_last: 30 } as const;

/** A question that its resident left unanswered: they are reminded, without a chat whoever has the request. Days as above. */
const ANSWER_DAYS = { asked_2: 2, asked_7: 7 } as const;

/** Hours of the calendar before the end at which a right's clock is told of: 3 × 24 h run day and night (UU 27/2022). */
const CALENDAR_HOURS_LEFT = { calendar_24: 24, calendar_6: 6 } as const;

/** An outage puts a promise off: its resident is told once it comes to so many working days more, and of no hours. */
const POSTPONED_DAYS = 1;

/** `due`: the promise is missed. `postponed`: an outage has put it off. */
export type Rung =
  | keyof typeof LADDER
  | keyof typeof COMPLAINT
  | keyof typeof STEPS
  | keyof typeof PICK_UP_DAYS
  | keyof typeof ANSWER_DAYS
  | keyof typeof CALENDAR_HOURS_LEFT
  | 'resolve'
  | 'due'
  | 'postponed';

/** Rungs that only remind whoever has to do something; the others go up, or tell of a promise that was missed. */
const REMINDERS: ReadonlySet<Rung> = new Set([
  'remind',
  'initial',
  'sign',
  'calendar_24',
  'calendar_6',
  'pickup_3',
  'pickup_10',
  'pickup_last',
  'asked_2',
  'asked_7',
  'postponed',
]);

/** The fact that tells of a rung. */
export function factOf(rung: Rung): 'case_reminded' | 'case_escalated' {
  return REMINDERS.has(rung) ? 'case_reminded' : 'case_escalated';
}

/** A fact of a case, with its number and its moment. */
export interface ClockFact extends CaseFact {
  number: number;
  at: Date;
}

/** Why nobody could work or be reached. The first two are recorded from incidents, the others by an officer. */
export type OutageKind = 'line_down' | 'clock_behind' | 'power' | 'network' | 'office' | 'other';

export interface KnownOutage extends Interval {
  kind: OutageKind;
}

/** All that the clocks of a case follow from. */
export interface ClockedCase {
  /** In order, all of them. */
  facts: readonly ClockFact[];
  /** Of its service; `promise_hours` as the village promises it. */
  service: Pick<Service, 'kind' | 'promise_hours' | 'calendar_hours' | 'complaint_class'> | undefined;
  hours: WorkingHours;
  /** When the village could not work or be reached. */
  outages: readonly KnownOutage[];
  /** The village wants what it leaves lying to go further. */
  escalates: boolean;
  /** There is a conversation in which its resident can be told. */
  hasChat: boolean;
  /** When an officer last wrote to its resident there: of a complaint that is an answer. Nothing of the case changes by it. */
  writtenTo?: Date | null;
}

/** A rung that a case comes to; `since`: the number of the event that began its clock. */
export interface Mark {
  rung: Rung;
  since: number;
  at: Date;
}

export interface Clocks {
  /** When it was last opened: a case that is opened again begins anew. */
  openedAt: Date;
  /** The promise as it stands now; null: nothing is promised, or its clock stands still. */
  due: Date | null;
  /** Since when its resident has been asked; null: they are not. */
  pausedAt: Date | null;
  /** The outage that goes on, where the promise stands still for it alone. */
  halted: OutageKind | null;
  /** By how many working days outages have put the promise off, and why ('other': for several reasons). */
  postponed: { days: number; kind: OutageKind } | null;
  /** The rungs that nobody was told of yet and that still mean something, by time. */
  marks: Mark[];
}

export function clocksOf(one: ClockedCase): Clocks {
  const life = lifeOf(one.facts);
  if (one.writtenTo && one.writtenTo >= life.opened.at) life.isAnswered = true;
  const state = life.state;
  const pauses = [...one.outages, ...life.asked];
  const after = (from: Date, length: WorkingLength, stands: readonly Interval[] = pauses): Date | null =>
    dueAfter(one.hours, from, length, stands);
  const promises = promisesOf(one, life, after);
  const due = promises[0]?.at ?? null;
  const ownDue = one.outages.length === 0 ? due : withoutOutages(one, life);
  const halted = due === null && ownDue !== null && state.status !== 'asked' ? kindOf(goingOn(one)) : null;
  const postponed = postponedBy(one, life, ownDue, due);
  if (!isOpenCase(state.status)) return { ...clocked(life, due), halted, postponed, marks: [] };
  // A time that was told anew is a promise anew.
  const promised = life.postponed?.number ?? life.opened.number;
  // What lies ready was promised in time or not; what is late now is its fetching.
  const marks = state.status === 'ready' ? [] : promises.map(({ rung, at }) => mark(rung, promised, at));
  if (one.service?.calendar_hours !== undefined && due)
    for (const [rung, left] of entries(CALENDAR_HOURS_LEFT))
      marks.push(mark(rung, life.opened.number, new Date(due.getTime() - left * HOUR_MS)));
  // Time in somebody's hands does not count: who gave it back had opened it.
  if (state.status === 'open')
    for (const [rung, length] of entries(LADDER)) {
      if (isBeyond(rung) && !one.escalates) continue;
      marks.push(
        mark(rung, life.opened.number, after(life.opened.at, length, [...one.outages, ...life.held])),
      );
    }
  if (state.status === 'signing' && life.step && (state.step === 'initial' || state.step === 'sign'))
    for (const rung of [state.step, `${state.step}_late`] as const)
      marks.push(mark(rung, life.step.number, after(life.step.at, STEPS[rung])));
  if (postponed && one.hasChat && state.status !== 'ready') {
    const told = life.postponed ?? { number: life.opened.number, days: 0 };
    if (postponed.days - told.days > POSTPONED_DAYS - ROUNDING)
      marks.push(mark('postponed', told.number, postponed.at));
  }
  // Those that the resident alone can do something about.
  const theirs = life.ready ? PICK_UP_DAYS : life.question ? ANSWER_DAYS : {};
  const began = life.ready ?? life.question;
  // Who has no chat is reminded by nobody, but a question of the office is asked again by whoever has the case.
  if (began && (one.hasChat || !life.ready))
    for (const [rung, days] of entries<Rung, number>(theirs)) {
      const day = new Date(began.at.getTime() + days * 24 * HOUR_MS);
      marks.push(mark(rung, began.number, opensNext(one.hours, day)));
    }
  const left = marks
    .filter((one) => one !== null)
    .filter(({ rung, since }) => !life.told.has(`${rung} ${since}`));
  return {
    ...clocked(life, due),
    halted,
    postponed,
    marks: left.toSorted(
      (a, b) => a.at.getTime() - b.at.getTime() || RUNGS.indexOf(a.rung) - RUNGS.indexOf(b.rung),
    ),
  };
}

/** What kind of complaint a case is: as somebody found it to be, else as its service says. Not asked of other cases. */
export function complaintClass(
  facts: readonly { kind: string; number: number; data: JsonObject }[],
  service: Pick<Service, 'complaint_class'> | undefined,
): ComplaintClass {
  const undone = undoneIn(facts);
  const found = facts
    .filter(({ kind }) => kind === 'case_verified' || kind === 'case_classified')
    .filter(({ number }) => !undone.has(number))
    .map(({ data }) => classIn(data['class']))
    .findLast((one) => one !== null);
  return found ?? service?.complaint_class ?? 'non_supervisory';
}

/** What lies beyond the village's own officers. */
export function isBeyond(rung: Rung): rung is 'kecamatan' | 'dinas' {
  return rung === 'kecamatan' || rung === 'dinas';
}

const HOUR_MS = 60 * 60 * 1000;
/** Of two at one moment the first is told first. */
const RUNGS: readonly Rung[] = ['due', 'verify', 'answer', 'resolve', ...(Object.keys(LADDER) as Rung[])];

/** Parts of working days come to a day but for the last bits. */
const ROUNDING = 1e-6;

/** What would be promised had nothing failed. */
function withoutOutages(one: ClockedCase, life: Life): Date | null {
  const after = (from: Date, length: WorkingLength) => dueAfter(one.hours, from, length, life.asked);
  return promisesOf(one, life, after)[0]?.at ?? null;
}

function postponedBy(
  one: ClockedCase,
  { opened }: Life,
  ownDue: Date | null,
  due: Date | null,
): { days: number; kind: OutageKind; at: Date } | null {
  if (!ownDue || !due || due <= ownDue) return null;
  const felt = one.outages.filter(({ from, to }) => to !== null && to > opened.at && from < due);
  const kind = kindOf(felt);
  // It is known once the last of them is over.
  const at = new Date(Math.max(...felt.map(({ to }) => to!.getTime())));
  return kind && { days: workedBetween(one.hours, ownDue, due).days, kind, at };
}

function goingOn({ outages }: ClockedCase): KnownOutage[] {
  return outages.filter(({ to }) => to === null);
}

/** Why; null: there was none. */
function kindOf(outages: KnownOutage[]): OutageKind | null {
  const kinds = [...new Set(outages.map(({ kind }) => kind))];
  return kinds.length > 1 ? 'other' : (kinds[0] ?? null);
}

function clocked(life: Life, due: Date | null): Pick<Clocks, 'openedAt' | 'due' | 'pausedAt'> {
  const pausedAt = life.state.status === 'asked' ? (life.asked.at(-1)?.from ?? null) : null;
  return { openedAt: life.opened.at, due, pausedAt };
}

function mark(rung: Rung, since: number, at: Date | null): Mark | null {
  return at && { rung, since, at };
}

/**
 * What is promised, the next first, and which rung it is when it is missed. A right of the law runs by the calendar, and does
 * not stand still. A complaint has a clock for its check, one for its first answer, and from the check on one for its end.
 */
function promisesOf(
  { service }: ClockedCase,
  life: Life,
  after: (from: Date, length: WorkingLength) => Date | null,
): { rung: Rung; at: Date | null }[] {
  const { opened, verified } = life;
  if (service?.calendar_hours !== undefined)
    return [{ rung: 'due', at: new Date(opened.at.getTime() + service.calendar_hours * HOUR_MS) }];
  if (service?.kind === 'complaint') {
    const days = COMPLAINT_CLASSES[life.class ?? service.complaint_class ?? 'non_supervisory'];
    return [
      ...(verified ? [] : [{ rung: 'verify' as const, at: after(opened.at, COMPLAINT.verify) }]),
      ...(life.isAnswered ? [] : [{ rung: 'answer' as const, at: after(opened.at, COMPLAINT.answer) }]),
      ...(verified ? [{ rung: 'resolve' as const, at: after(verified, { days }) }] : []),
    ];
  }
  const hours = service?.promise_hours ?? null;
  return hours === null ? [] : [{ rung: 'due', at: after(opened.at, { hours }) }];
}

/** What has happened since a case was last opened. */
interface Life {
  opened: Moment;
  state: CaseState;
  /** Rungs that were told of, `<rung> <since>`. */
  told: ReadonlySet<string>;
  /** While somebody had it, or its resident was asked: it was not left lying. */
  held: Interval[];
  asked: Interval[];
  /** When it came to the step that waits. */
  step: Moment | null;
  ready: Moment | null;
  /** When its resident was asked, as long as they are. */
  question: Moment | null;
  /** When its resident was last told that outages put it off, and by how many working days by then. */
  postponed: { number: number; days: number } | null;
  /** A complaint: looked into (a question shows that it was), what kind it was found to be, and answered at all. */
  verified: Date | null;
  class: ComplaintClass | null;
  isAnswered: boolean;
}

interface Moment {
  number: number;
  at: Date;
}

/** Throws where a history does not begin with its opening: RangeError. */
function lifeOf(facts: readonly ClockFact[]): Life {
  const [first] = facts;
  if (first?.kind !== 'case_opened') throw new RangeError('the history of a case begins with its opening');
  const told = new Set<string>();
  const undone = undoneIn(facts);
  let life = lifeFrom(first, newState(null), told);
  for (const fact of facts) {
    const { kind, number, at, data } = fact;
    const before = life.state;
    const state = fold(before, fact);
    if (kind === 'case_opened' || kind === 'case_reopened') {
      // What kind of complaint it is, it stays.
      life = { ...lifeFrom(fact, state, told), class: life.class };
      continue;
    }
    if (kind === 'case_reminded' || kind === 'case_escalated')
      told.add(`${String(data['rung'])} ${String(data['since'])}`);
    if (kind === 'case_reminded' && data['rung'] === 'postponed')
      life.postponed = { number, days: Number(data['days']) };
    turn(life.held, before.status !== 'open', state.status !== 'open', at);
    turn(life.asked, before.status === 'asked', state.status === 'asked', at);
    if (state.step !== before.step || state.status !== before.status)
      life.step =
        state.status === 'signing' ? (isSameStep(before, state) ? life.step : { number, at }) : null;
    if (state.status !== before.status) {
      life.ready = state.status === 'ready' ? { number, at } : null;
      life.question = state.status === 'asked' ? { number, at } : null;
    }
    life.state = state;
    if (undone.has(number)) continue;
    if (kind === 'case_verified' || kind === 'case_asked') life.verified ??= at;
    if (kind === 'case_verified' || kind === 'case_classified')
      life.class = classIn(data['class']) ?? life.class;
    if (kind === 'case_asked') life.isAnswered = true;
  }
  return life;
}

/** The numbers of what was undone later: it counts as never done. */
function undoneIn(facts: readonly { kind: string; data: JsonObject }[]): ReadonlySet<unknown> {
  return new Set(
    facts.flatMap(({ kind, data }) =>
      kind === 'case_undone' && Array.isArray(data['numbers']) ? data['numbers'] : [],
    ),
  );
}

function lifeFrom({ number, at }: ClockFact, state: CaseState, told: ReadonlySet<string>): Life {
  return {
    opened: { number, at },
    state,
    told,
    held: [],
    asked: [],
    step: null,
    ready: null,
    question: null,
    postponed: null,
    verified: null,
    class: null,
    isAnswered: false,
  };
}

function isSameStep(before: CaseState, state: CaseState): boolean {
  return before.status === state.status && before.step === state.step;
}

/** Notes that something begins or ends. */
function turn(intervals: Interval[], was: boolean, is: boolean, at: Date): void {
  if (is && !was) intervals.push({ from: at, to: null });
  if (was && !is) intervals.at(-1)!.to = at;
}

/** The class of complaint that a text names; null: none. */
export function classIn(value: unknown): ComplaintClass | null {
  return typeof value === 'string' && Object.hasOwn(COMPLAINT_CLASSES, value)
    ? (value as ComplaintClass)
    : null;
}

function entries<K extends string, V>(table: { readonly [R in K]?: V }): [K, V][] {
  return Object.entries(table) as [K, V][];
}
