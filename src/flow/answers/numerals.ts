import { wordTable } from '../../core/wordTable.js';
/** Words for small numbers: Indonesian, Javanese and Osing, Madurese, English. */
const NUMERALS = wordTable<number>({
  nol: 0,
  kosong: 0,
  zero: 0,
  satu: 1,
  siji: 1,
  sitok: 1,
  sawiji: 1,
  settong: 1,
  one: 1,
  se: 1,
  sebuah: 1,
  pertama: 1,
  first: 1,
  dua: 2,
  loro: 2,
  rong: 2,
  kalih: 2,
  duwa: 2,
  two: 2,
  kedua: 2,
  second: 2,
  tiga: 3,
  telu: 3,
  telung: 3,
  tiga_: 3,
  tello: 3,
  three: 3,
  ketiga: 3,
  third: 3,
  empat: 4,
  papat: 4,
  patang: 4,
  sekawan: 4,
  empa: 4,
  four: 4,
  keempat: 4,
  lima: 5,
  limo: 5,
  limang: 5,
  gangsal: 5,
  five: 5,
  kelima: 5,
  enam: 6,
  enem: 6,
  nem: 6,
  ennem: 6,
  six: 6,
  keenam: 6,
  tujuh: 7,
  pitu: 7,
  pitung: 7,
  petto: 7,
  seven: 7,
  ketujuh: 7,
  delapan: 8,
  wolu: 8,
  wolung: 8,
  ballu: 8,
  eight: 8,
  sembilan: 9,
  songo: 9,
  sangang: 9,
  sanga: 9,
  nine: 9,
  sepuluh: 10,
  sedoso: 10,
  sapolo: 10,
  ten: 10,
  sebelas: 11,
  sewelas: 11,
  eleven: 11,
  'dua belas': 12,
  rolas: 12,
  twelve: 12,
  setengah: 0.5,
  separuh: 0.5,
  half: 0.5,
});

/** The number that a word means, or null. */
export function numeral(word: string): number | null {
  return NUMERALS[word] ?? null;
}

/**
 * A number as people write it: `8.000` and `8,000` are eight thousand, `1,5` and `1.5` one and a half,
 * `1.250.000,50` has a comma for decimals. Null where it is none.
 */
export function readNumber(written: string): number | null {
  const text = written.replace(/\s/gu, '');
  if (!/^\d[\d.,]*$/u.test(text)) return null;
  const clean = text.replace(/[.,]+$/u, '');
  if (/^\d{1,3}(?:\.\d{3})+(?:,\d+)?$/u.test(clean))
    return Number(clean.replaceAll('.', '').replace(',', '.'));
  if (/^\d{1,3}(?:,\d{3})+(?:\.\d+)?$/u.test(clean)) return Number(clean.replaceAll(',', ''));
  if (/^\d+[.,]\d+$/u.test(clean)) return Number(clean.replace(',', '.'));
  return /^\d+$/u.test(clean) ? Number(clean) : null;
}
