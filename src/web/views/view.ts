import type { OfficerIdentity } from '../../core/asker.js';
import type { AccountState } from '../auth/session.js';
import { dateTimeFormat } from '../../words/formatters.js';
import { type Language, type Words, wordsIn } from '../words.js';

/** What every page is drawn with. */
export interface View {
  t: Words;
  language: Language;
  path: string;
  now: Date;
  officer: OfficerIdentity | null;
  /** How the account of whoever is signed in stands, where something is to be done about it. */
  account?: AccountState;
  format: Formats;
}

export interface Formats {
  /** '24 Nov 2026, 13.05' in the village's zone. */
  time(at: Date, zone?: string): string;
  /** '24 November 2026'. */
  day(at: Date, zone?: string): string;
  /** 'Rp12.000'. */
  money(rupiah: number): string;
  number(value: number): string;
  /** '2 jam lalu', 'dalam 3 hari'. */
  ago(at: Date, now: Date): string;
}

/** Of the regency: where no village says which. */
export const HOME_ZONE = 'Asia/Jakarta';
const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

export function viewOf(language: Language, path: string, now: Date, officer: OfficerIdentity | null): View {
  return { t: wordsIn(language), language, path, now, officer, format: formatsIn(language) };
}

const made = new Map<Language, Formats>();

function formatsIn(language: Language): Formats {
  let formats = made.get(language);
  if (!formats) {
    const locale = language === 'id' ? 'id-ID' : 'en-GB';
    // Rupiah read the same in every language of the village.
    const money = new Intl.NumberFormat('id-ID', {
      style: 'currency',
      currency: 'IDR',
      maximumFractionDigits: 0,
    });
    const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
    const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
    formats = {
      time: (at, zone = HOME_ZONE) =>
        dateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone: zone }).format(at),
      day: (at, zone = HOME_ZONE) => dateTimeFormat(locale, { dateStyle: 'long', timeZone: zone }).format(at),
      money: (rupiah) => money.format(rupiah).replace(/\s/u, ''),
      number: (value) => number.format(value),
      ago: (at, now) => {
        const seconds = Math.round((at.getTime() - now.getTime()) / 1000);
        const [unit, size] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? UNITS[2];
        return relative.format(Math.trunc(seconds / size), unit);
      },
    };
    made.set(language, formats);
  }
  return formats;
}
