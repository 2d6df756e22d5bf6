import { DateTime } from 'luxon';

/**
 * Looks at what is residents' own, as the audit log names them: in the register, at numbers and other identity in clear, at
 * what is sealed in a case.
 */
export const LOOKS = {
  searches: ['register.search'],
  numbers: ['register.read', 'form.value_read', 'file.restricted_read'],
  sealed: ['case.private_read'],
} as const satisfies { [kind: string]: readonly string[] };
export type LookKind = keyof typeof LOOKS;

/** So many letters are a reason (issue: a case or a reason). */
export const REASON_LETTERS = 10;

/** Whether a text is a reason: ten letters at least, not ten spaces, dots or times the same letter. */
export function isReason(text: string): boolean {
  const letters = text.match(/\p{L}/gu) ?? [];
  return letters.length >= REASON_LETTERS && new Set(letters.map((l) => l.toLowerCase())).size >= 4;
}

/** Where the audit log's day and week begin: the regency's clock. */
export const LOG_ZONE = 'Asia/Jakarta';
/** Not in the night: at seven the first officers come. */
const HOUR = 7;

/** The newest day whose seven o'clock is past, '2026-11-24': the head is sent once for each. */
export function dayOfHead(now: Date): string {
  return DateTime.fromJSDate(now, { zone: LOG_ZONE }).minus({ hours: HOUR }).toISODate()!;
}

/** The newest week that is over (its Monday, and the one after), once seven o'clock of the Monday after it is past. */
export function weekOfLooks(now: Date): { from: Date; to: Date; key: string } {
  const to = DateTime.fromJSDate(now, { zone: LOG_ZONE }).minus({ hours: HOUR }).startOf('week');
  const from = to.minus({ weeks: 1 });
  return { from: from.toJSDate(), to: to.toJSDate(), key: from.toISODate()! };
}
