import { dateTimeFormat } from '../../words/formatters.js';

/** Days of the calendar as `2026-11-24`: what people call them, and how to count with them. */
const MONTH_NAMES = [
  'januari jan january',
  'februari feb pebruari february',
  'maret mar march',
  'april apr',
  'mei may',
  'juni jun june',
  'juli jul july',
  'agustus agt agu ags agust aug august',
  'september sep sept',
  'oktober okt oct october',
  'november nov nop nopember',
  'desember des dec december',
];
const MONTHS = new Map(
  MONTH_NAMES.flatMap((names, i) => names.split(' ').map((name) => [name, i + 1] as const)),
);

export function monthNumber(name: string): number | null {
  return MONTHS.get(name) ?? null;
}

/** The day that a clock on the wall of a zone shows. */
export function dayIn(at: Date, zone: string): string {
  const minute = Math.floor(at.getTime() / 60_000);
  if (last.minute === minute && last.zone === zone) return last.day;
  last = { minute, zone, day: dateTimeFormat('sv-SE', { ...DAY_PARTS, timeZone: zone }).format(at) };
  return last.day;
}

const DAY_PARTS = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
/** Turns come many in a minute, and the formatter is slow. */
let last = { minute: NaN, zone: '', day: '' };

/** A day that exists, or null: there is no 31 June. */
export function day(year: number, month: number, date: number): string | null {
  const made = new Date(Date.UTC(year, month - 1, date));
  if (made.getUTCFullYear() !== year || made.getUTCMonth() !== month - 1 || made.getUTCDate() !== date)
    return null;
  return made.toISOString().slice(0, 10);
}

export type Span = 'd' | 'w' | 'm' | 'y';

/** A day so many days, weeks, months or years on (or back). The end of a month stays its end. */
export function shift(from: string, amount: number, span: Span): string {
  const at = new Date(`${from}T00:00:00Z`);
  if (span === 'd' || span === 'w') at.setUTCDate(at.getUTCDate() + amount * (span === 'w' ? 7 : 1));
  else {
    const date = at.getUTCDate();
    at.setUTCDate(1);
    at.setUTCMonth(at.getUTCMonth() + amount * (span === 'y' ? 12 : 1));
    const last = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).getUTCDate();
    at.setUTCDate(Math.min(date, last));
  }
  return at.toISOString().slice(0, 10);
}

/** A bound of a flow file: a day, `now`, `now-18y`, `now+30d`. */
export function bound(written: string, today: string): string {
  const relative = /^now(?:([+-]\d+)([dwmy]))?$/u.exec(written);
  if (!relative) return written;
  return relative[1] ? shift(today, Number(relative[1]), relative[2] as Span) : today;
}

export const BOUND = /^(?:now(?:[+-]\d+[dwmy])?|\d{4}(?:-\d{2}(?:-\d{2})?)?)$/u;
