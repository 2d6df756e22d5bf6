/**
 * NIK and No. KK, as the Ministry of Home Affairs makes them: 16 digits, area (6), date (6), count (4). The area is where
 * the number was first issued and never changes, so any area is taken; a woman's NIK has forty added to the day of birth.
 * A No. KK carries the day on which the card was made, without the forty. See facts/domain.md, "Formats".
 */
export type NumberFault =
  /** No number, or letters in it. */
  | 'not_digits'
  /** `count` digits instead of 16. */
  | 'not_16'
  /** The area cannot be one. */
  | 'area'
  /** The date is none, lies ahead, or is of somebody over 110. */
  | 'date'
  /** The count begins with 0001. */
  | 'serial';

export type ReadNumber = { value: string } | { fault: NumberFault; count: number };

const OLDEST = 110;

/** A NIK in any spelling, as 16 digits. `today`: `2026-11-26` in the village's zone. */
export function readNik(written: string, today: string): ReadNumber {
  return readNumber(written, today, 40);
}

/** A No. KK in any spelling, as 16 digits. */
export function readFamilyCard(written: string, today: string): ReadNumber {
  return readNumber(written, today, 0);
}

/** How a number is shown to somebody who need not know all of it: `351012******0001`. */
export function maskNumber(digits: string): string {
  return `${digits.slice(0, 6)}${'*'.repeat(Math.max(0, digits.length - 10))}${digits.slice(-4)}`;
}

function readNumber(written: string, today: string, forWomen: number): ReadNumber {
  // People type the letters O, l and I for digits, and group the number as on the card.
  const digits = written
    .replace(/[\s.\-–_/]/gu, '')
    .replace(/[oO]/gu, '0')
    .replace(/[lI|]/gu, '1');
  if (!/^\d+$/u.test(digits)) return { fault: 'not_digits', count: digits.replace(/\D/gu, '').length };
  if (digits.length !== 16) return { fault: 'not_16', count: digits.length };
  const fault = (kind: NumberFault): ReadNumber => ({ fault: kind, count: 16 });
  if (!/^[1-9]\d(?!00)\d\d(?!00)\d\d/u.test(digits)) return fault('area');
  const day = Number(digits.slice(6, 8));
  const days = forWomen > 0 && day > forWomen ? [day - forWomen] : [day];
  const [month, year] = [Number(digits.slice(8, 10)), Number(digits.slice(10, 12))];
  const isDate = days.some((d) => [1900, 2000].some((century) => isPast(century + year, month, d, today)));
  if (!isDate) return fault('date');
  if (digits.endsWith('0000')) return fault('serial');
  return { value: digits };
}

/** Whether it is a day of the calendar, not after today, and within a long life. */
function isPast(year: number, month: number, day: number, today: string): boolean {
  const at = new Date(Date.UTC(year, month - 1, day));
  if (at.getUTCMonth() !== month - 1 || at.getUTCDate() !== day) return false;
  const iso = at.toISOString().slice(0, 10);
  const oldest = `${Number(today.slice(0, 4)) - OLDEST}${today.slice(4)}`;
  return iso <= today && iso >= oldest;
}
