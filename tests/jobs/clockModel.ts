/**
 * What the clocks of a case should come to, counted minute by minute on a calendar of its own: slow, simple, and nothing of
 * it is the program's. Western Indonesian time is UTC+7 the whole year.
 */

export interface Calendar {
  /** Spans of a weekday (0 is Sunday), in minutes of the day. */
  usual: { [weekday: number]: [number, number][] };
  /** Days on which other spans hold. */
  fasting: { from: string; to: string; spans: { [weekday: number]: [number, number][] } };
  holidays: ReadonlySet<string>;
}

export interface Stretch {
  from: number;
  to: number;
}

/** What happened to a case, by minute: the model needs no more of it. */
export interface Fate {
  kind: 'letter' | 'plain' | 'complaint' | 'right';
  /** The village hands on what it leaves lying. */
  escalates: boolean;
  /** In order; the last is its end, or goes on for ever. */
  states: { status: 'open' | 'in_hand' | 'asked' | 'initial' | 'sign' | 'ready' | 'closed'; at: number }[];
  /** Minutes at which a complaint was found to be checked, and first answered. */
  checkedAt?: number | undefined;
  answeredAt?: number | undefined;
}

const MINUTE = 60_000;
const DAY = 24 * 60;

/** Minutes since the beginning, open or not; made once for a calendar. */
export class OpenMinutes {
  private readonly open: Uint8Array;
  /** How much of its day a minute is. */
  private readonly share: Float64Array;

  constructor(
    private readonly begin: Date,
    days: number,
    calendar: Calendar,
  ) {
    this.open = new Uint8Array(days * DAY);
    this.share = new Float64Array(days * DAY);
    const local = begin.getTime() + 7 * 60 * MINUTE;
    const first = Math.floor(local / (DAY * MINUTE));
    const into = Math.round((local - first * DAY * MINUTE) / MINUTE);
    for (let n = 0; n < days; n++) {
      const day = new Date((first + n) * DAY * MINUTE);
      const name = day.toISOString().slice(0, 10);
      if (calendar.holidays.has(name)) continue;
      const { from, to, spans: fasting } = calendar.fasting;
      const spans = (from <= name && name <= to ? fasting : calendar.usual)[day.getUTCDay()] ?? [];
      const whole = spans.reduce((sum, [opens, closes]) => sum + closes - opens, 0);
      for (const [opens, closes] of spans)
        for (let minute = opens; minute < closes; minute++) {
          const at = n * DAY + minute - into;
          if (at < 0 || at >= this.open.length) continue;
          this.open[at] = 1;
          this.share[at] = 1 / whole;
        }
    }
  }

  minuteOf(at: Date): number {
    return (at.getTime() - this.begin.getTime()) / MINUTE;
  }

  /** The first minute, from this one on, in which the office is open. */
  opensAt(minute: number): number {
    let at = Math.ceil(minute);
    while (at < this.open.length && !this.open[at]) at++;
    return at;
  }

  /**
   * The end of the minute in which so much has been counted since `from`, where `counts` says whether a minute counts;
   * Infinity where it never comes.
   */
  reaches(
    from: number,
    need: { minutes: number } | { days: number },
    counts: (minute: number) => boolean,
  ): number {
    let left = 'minutes' in need ? need.minutes : need.days;
    for (let at = from; at < this.open.length; at++) {
      if (!this.open[at] || !counts(at)) continue;
      left -= 'minutes' in need ? 1 : this.share[at]!;
      if (left <= 1e-7) return at + 1;
    }
    return Infinity;
  }
}

/** The rungs that somebody must be told of, with the minute; `life` counts the openings from 0. */
export function expectedRungs(
  fate: Fate,
  minutes: OpenMinutes,
  outages: readonly Stretch[],
): { rung: string; life: number; at: number }[] {
  const isOut = (at: number) => outages.some(({ from, to }) => from <= at && at < to);
  const statusAt = (at: number) => fate.states.findLast((state) => state.at <= at)!.status;
  const runs = fate.states.map((state, n) => ({ ...state, until: fate.states[n + 1]?.at ?? Infinity }));
  const found: { rung: string; life: number; at: number }[] = [];
  let life = -1;
  let wasClosed = true;
  for (const [n, run] of runs.entries()) {
    const isBegin = run.status === 'open' && wasClosed;
    wasClosed = run.status === 'closed';
    if (isBegin) {
      life++;
      const end = runs.find((later, m) => m > n && later.status === 'closed')?.at ?? Infinity;
      const note = (rung: string, at: number, holds: (at: number) => boolean) => {
        if (at <= end && at < Infinity && holds(at)) found.push({ rung, life, at });
      };
      const inOffice = (at: number) => !isOut(at) && statusAt(at) !== 'asked';
      if (fate.kind === 'letter' || fate.kind === 'plain') {
        const at = minutes.reaches(run.at, { minutes: fate.kind === 'letter' ? 480 : 960 }, inOffice);
        note('due', at, () => statusAt(at - 1) !== 'ready' && statusAt(at - 1) !== 'closed');
      }
      if (fate.kind === 'right')
        for (const [rung, hours] of [
          ['calendar_24', 48],
          ['calendar_6', 66],
          ['due', 72],
        ] as const)
          note(rung, run.at + hours * 60, () => true);
      if (fate.kind === 'complaint') {
        const checked = fate.checkedAt ?? Infinity;
        note('verify', minutes.reaches(run.at, { days: 3 }, inOffice), (at) => at <= checked);
        const answered = fate.answeredAt ?? Infinity;
        note('answer', minutes.reaches(run.at, { days: 5 }, inOffice), (at) => at <= answered);
        if (checked < Infinity) note('resolve', minutes.reaches(checked, { days: 14 }, inOffice), () => true);
      }
      const rungs: [string, { minutes: number } | { days: number }][] = [
        ['remind', { minutes: 120 }],
        ['sekretaris', { minutes: 240 }],
        ['kepala_desa', { days: 1 }],
        ...(fate.escalates
          ? ([
              ['kecamatan', { days: 2 }],
              ['dinas', { days: 3 }],
            ] as [string, { days: number }][])
          : []),
      ];
      const isLeft = (at: number) => !isOut(at) && statusAt(at) === 'open';
      for (const [rung, need] of rungs) note(rung, minutes.reaches(run.at, need, isLeft), () => true);
    }
    if (run.status === 'initial' || run.status === 'sign')
      for (const [rung, need] of [
        [run.status, { minutes: 240 }],
        [`${run.status}_late`, { days: 1 }],
      ] as const) {
        const at = minutes.reaches(run.at, need, (minute) => !isOut(minute));
        if (at <= run.until && at < Infinity) found.push({ rung, life, at });
      }
    if (run.status === 'asked')
      for (const [rung, days] of [
        ['asked_2', 2],
        ['asked_7', 7],
      ] as const) {
        const at = minutes.opensAt(run.at + days * DAY);
        if (at <= run.until) found.push({ rung, life, at });
      }
    if (run.status === 'ready')
      for (const [rung, days] of [
        ['pickup_3', 3],
        ['pickup_10', 10],
        ['pickup_last', 30],
      ] as const) {
        const at = minutes.opensAt(run.at + days * DAY);
        if (at <= run.until) found.push({ rung, life, at });
      }
  }
  return found;
}
