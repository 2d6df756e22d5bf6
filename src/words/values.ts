import { dateTimeFormat, listFormat, numberFormat } from './formatters.js';
import { localeOf } from './languages.js';

const WHOLE = { maximumFractionDigits: 0 };
const THOUSANDTHS = { maximumFractionDigits: 3 };

/** `Rp8.000`: rupiah without decimals, as people write it, in every language. */
export function wordMoney(rupiah: number): string {
  return `Rp${numberFormat('id-ID', WHOLE).format(rupiah)}`;
}

export function wordNumber(value: number, language: string): string {
  return numberFormat(localeOf(language), THOUSANDTHS).format(value);
}

/** `2026-11-24` → `24 November 2026`. */
export function wordDate(iso: string, language: string): string {
  const day = new Date(`${iso.slice(0, 10)}T00:00:00Z`);
  if (Number.isNaN(day.getTime())) return iso;
  return dateTimeFormat(localeOf(language), { dateStyle: 'long', timeZone: 'UTC' }).format(day);
}

/** `2026-08` → `Agustus 2026`. */
export function wordMonth(iso: string, language: string): string {
  const day = new Date(`${iso.slice(0, 7)}-01T00:00:00Z`);
  if (Number.isNaN(day.getTime())) return iso;
  return dateTimeFormat(localeOf(language), { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(day);
}

/** An instant as the village's clock shows it: `Rabu, 25 November 2026, 14.00`. */
export function wordDateTime(iso: string, language: string, zone: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  const day = dateTimeFormat(localeOf(language), { dateStyle: 'full', timeZone: zone }).format(at);
  const time = dateTimeFormat('id-ID', { hour: '2-digit', minute: '2-digit', timeZone: zone }).format(at);
  return `${day}, ${time}`;
}

/** `628123456789` → `0812-3456-789`. */
export function wordPhone(phone: string): string {
  const local = phone.replace(/^62/u, '0');
  return local.replace(/^(\d{4})(\d{3,4})(\d*)$/u, (_, a: string, b: string, c: string) =>
    [a, b, c].filter(Boolean).join('-'),
  );
}

/** `KTP asli, Kartu Keluarga, dan surat pengantar`. */
export function wordList(items: readonly string[], language: string): string {
  return listFormat(localeOf(language)).format(items);
}
