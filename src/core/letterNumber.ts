/** How a village numbers its letters: pure. */

/** Banyuwangi's usual form; a village may have another. */
export const NUMBER_FORMAT = '{klas}/{no:03}/{office_code}/{year}';

const PARTS = ['klas', 'no', 'office_code', 'year', 'month', 'month_roman'] as const;
/** What may stand in a number format. */
export const NUMBER_PARTS: readonly string[] = PARTS;
const PART = /\{([^{}]*)\}/gu;
const COUNT = /^no(?::0(\d))?$/u;
const ROMAN = ['I', 'II', 'III', 'IV', 'V', 'VI', 'VII', 'VIII', 'IX', 'X', 'XI', 'XII'];

export interface FormatFaults {
  /** Names in braces that no number knows. */
  unknown: string[];
  /** Parts without which two letters could bear one number. */
  lacking: string[];
}

/** What stands in the way of a format. `counter`: whether numbers count on by code or through the whole year. */
export function formatFaults(format: string, counter: 'code' | 'village'): FormatFaults {
  const names = [...format.matchAll(PART)].map(([, name]) => name!);
  const plain = names.map((name) => (COUNT.test(name) ? 'no' : name));
  const needed = counter === 'code' ? ['klas', 'no', 'year'] : ['no', 'year'];
  const unknown = plain.filter((name) => !NUMBER_PARTS.includes(name));
  if (/[{}]/u.test(format.replaceAll(PART, ''))) unknown.push('{ }');
  return { unknown: [...new Set(unknown)], lacking: needed.filter((part) => !plain.includes(part)) };
}

export interface NumberOf {
  classification: string;
  /** null: not given yet, a sign stands in its place. */
  sequence: number | null;
  officeCode: string | null;
  /** In the village's zone: `2026-11-24`. */
  day: string;
}

/** The number of a letter: `500.2.2.4/001/429.517.06/2026`. */
export function letterNumber(format: string, of: NumberOf): string {
  const month = Number(of.day.slice(5, 7));
  return format.replaceAll(PART, (whole, name: string) => {
    const count = COUNT.exec(name);
    if (count && of.sequence === null) return '…';
    if (count) return String(of.sequence).padStart(Number(count[1] ?? 1), '0');
    switch (name) {
      case 'klas':
        return of.classification;
      case 'office_code':
        return of.officeCode ?? '';
      case 'year':
        return of.day.slice(0, 4);
      case 'month':
        return of.day.slice(5, 7);
      case 'month_roman':
        return ROMAN[month - 1]!;
      default:
        return whole;
    }
  });
}
