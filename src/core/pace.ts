import { DateTime } from 'luxon';
import type { JsonObject } from './json.js';
import { isOpen, opensNext, type WorkingHours } from './workingTime.js';

/**
 * How an officer wants to be told, pure. `board`: one live message that is edited in place, with a digest in the morning
 * (where a chat cannot edit: digests by the hour); `immediate`: each by itself; `hourly`, `morning`: digests; `console`:
 * not by chat. What cannot wait goes at once, whatever the pace.
 */
export const PACES = ['board', 'immediate', 'hourly', 'morning', 'console'] as const;
export type Pace = (typeof PACES)[number];

/** Platforms on which an officer may want to be told first. */
export const OFFICER_PLATFORMS = ['telegram', 'whatsapp'] as const;

/**
 * - `emergency`: somebody may be in danger; not even quiet hours hold it back.
 * - `urgent`: an urgent case, a promise that is running out, an escalation to this very officer, a line that is down.
 * - `talk`: somebody waits at the other end, or it concerns the officer's own account.
 * - `routine`: all else.
 */
export type Urgency = 'emergency' | 'urgent' | 'talk' | 'routine';

/** Hours in which nothing but an emergency is told, as '20:00' and '06:00', over midnight too; the same: none. */
export interface QuietHours {
  from: string;
  until: string;
}

export interface Rhythm {
  pace: Pace;
  quiet: QuietHours;
  /** The officer's chat can show a board. */
  hasBoard: boolean;
  /** Of the office; without spans it is never open, and digests keep to the quiet hours alone. */
  hours: WorkingHours;
}

export type Telling =
  | { how: 'now' }
  /** By itself, but not before. */
  | { how: 'at'; at: Date }
  /** One of those of the next digest. */
  | { how: 'digest'; at: Date }
  /** On the board at once, without a sound, and in the digest of the morning if it is still news then. */
  | { how: 'board'; at: Date }
  /** The console alone shows it. */
  | { how: 'never' };

/** Kinds that are told when they arise: somebody is at the other end, or it is about the account itself. */
const TALK: ReadonlySet<string> = new Set([
  'officer-hand-over',
  'officer-call-taken',
  'officer-call-ended',
  'officer-invite-confirm',
  'officer-account',
  'officer-pin-notice',
  'officer-stopped',
  'officer-group-lost',
  // At the end of the day, for the Kades and the camat: the next morning would be late.
  'officer-recap',
]);
/** What of a case is urgent by itself: a promise that runs out or is missed, a reminder, a step up the ladder. */
const URGENT_EVENTS: ReadonlySet<unknown> = new Set(['due', 'reminded', 'escalated', 'overdue']);

/** How urgent a notification is, by its kind, its variables, and whether its case is. */
export function urgencyOf(kind: string, vars: JsonObject, isUrgentCase: boolean): Urgency {
  if (kind === 'officer-incident') return vars.incident === 'late_emergency' ? 'emergency' : 'urgent';
  if (isUrgentCase || vars.urgent === true || kind === 'officer-escalation' || URGENT_EVENTS.has(vars.event))
    return 'urgent';
  return TALK.has(kind) ? 'talk' : 'routine';
}

/** When and how an officer is told of something. `isCase`: a digest can list it; what it cannot is told by itself then. */
export function tellingOf(urgency: Urgency, isCase: boolean, rhythm: Rhythm, now: Date): Telling {
  const { pace } = rhythm;
  if (urgency === 'emergency') return { how: 'now' };
  if (urgency === 'urgent' || (pace !== 'console' && (urgency === 'talk' || pace === 'immediate'))) {
    const at = afterQuiet(rhythm, now);
    return at > now ? { how: 'at', at } : { how: 'now' };
  }
  if (pace === 'console') return { how: 'never' };
  const isHourly = pace === 'hourly' || (pace === 'board' && !rhythm.hasBoard);
  const at = isHourly ? nextHour(rhythm, now) : nextMorning(rhythm, now);
  if (!isCase) return { how: 'at', at };
  return pace === 'board' && rhythm.hasBoard ? { how: 'board', at } : { how: 'digest', at };
}

/** Whether nothing but an emergency is told at this moment. The minute in which they end is not quiet. */
export function isQuiet({ quiet, hours }: Pick<Rhythm, 'quiet' | 'hours'>, at: Date): boolean {
  const [from, until, time] = [minutes(quiet.from), minutes(quiet.until), minuteOf(at, hours.zone)];
  return from <= until ? from <= time && time < until : time >= from || time < until;
}

/** This moment, or the end of the quiet hours in which it lies. */
export function afterQuiet(rhythm: Pick<Rhythm, 'quiet' | 'hours'>, at: Date): Date {
  if (!isQuiet(rhythm, at)) return at;
  const [hour, minute] = rhythm.quiet.until.split(':').map(Number);
  const local = DateTime.fromJSDate(at, { zone: rhythm.hours.zone });
  const end = local.set({ hour: hour!, minute: minute!, second: 0, millisecond: 0 });
  return (end > local ? end : end.plus({ days: 1 })).toJSDate();
}

/** When the next working day begins that has not begun yet; where the office never opens, the next morning. */
export function nextMorning(rhythm: Pick<Rhythm, 'quiet' | 'hours'>, now: Date): Date {
  const today = DateTime.fromJSDate(now, { zone: rhythm.hours.zone }).startOf('day');
  for (const day of [today, today.plus({ days: 1 })]) {
    const opens = opensNext(rhythm.hours, day.toJSDate()) ?? day.set({ hour: UNKNOWN_OPENING }).toJSDate();
    const at = afterQuiet(rhythm, opens);
    if (at > now) return at;
  }
  // Quiet hours that swallow the opening.
  return afterQuiet(rhythm, today.plus({ days: 2 }).toJSDate());
}

/** Where nobody set hours: an hour at which offices are open. */
const UNKNOWN_OPENING = 8;

/** The next full hour in the office's time that is not quiet: the first of a day is when it opens. */
function nextHour(rhythm: Pick<Rhythm, 'quiet' | 'hours'>, now: Date): Date {
  const local = DateTime.fromJSDate(now, { zone: rhythm.hours.zone });
  const hour = afterQuiet(rhythm, local.startOf('hour').plus({ hours: 1 }).toJSDate());
  if (rhythm.hours.spans.length === 0 || isOpen(rhythm.hours, hour)) return hour;
  return afterQuiet(rhythm, opensNext(rhythm.hours, hour) ?? hour);
}

function minuteOf(at: Date, zone: string): number {
  const local = DateTime.fromJSDate(at, { zone });
  return local.hour * 60 + local.minute;
}

function minutes(time: string): number {
  const [hour, minute] = time.split(':').map(Number);
  return hour! * 60 + minute!;
}
