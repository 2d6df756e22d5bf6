import { wordTable } from '../../core/wordTable.js';
import { plain } from '../understand/normalise.js';
import { day, shift } from './days.js';

/** What people write for one word: Indonesian as typed in a hurry, Javanese, Madurese and Osing, English. */
const SPELLINGS: { readonly [usual: string]: string } = {
  kemarin: 'kemaren kmrn kmren kmarin kemren kmrin wingi yesterday',
  besok: 'besuk bsk bsok besoknya sesuk mbesuk benjing mbenjing mene lagguna tomorrow',
  tadi: 'td tdi tadinya wau',
  semalam: 'smalam semalem smalem smlm',
  malam: 'mlm malem mlem malm bengi mbengi dalu night',
  pagi: 'pgi pg subuh shubuh esuk isuk enjing morning',
  siang: 'awan noon',
  sore: 'sorean magrib maghrib sonten evening afternoon',
  barusan: 'barusn brusan',
  sekarang: 'skrg skrng saiki sakniki samenika saniki today',
  ini: 'iki niki punika this',
  lalu: 'kepungkur kapungkur silam last',
  depan: 'dpn ngarep ngajeng next',
  nanti: 'nnti mengko mangke',
  hari: 'hr hri dina dino dinten',
  minggu: 'mgg mggu week',
  bulan: 'bln wulan sasi month',
  tanggal: 'tgl tgal tggl tanggale tanggalnya',
  senin: 'senen snin monday',
  selasa: 'seloso slasa tuesday',
  rabu: 'rebo rabo wednesday',
  kamis: 'kemis thursday',
  jumat: 'jemuah jemuwah jumuah friday',
  sabtu: 'setu sbtu saturday',
  ahad: 'akad sunday',
};
const USUAL = wordTable(
  Object.fromEntries(
    Object.entries(SPELLINGS).flatMap(([usual, others]) => others.split(' ').map((other) => [other, usual])),
  ),
);
/** Several words for one. The earlier go first. */
const PHRASES: readonly (readonly [RegExp, string])[] = [
  [/\b(?:mau|wau) (?=m?bengi|dalu|esuk|isuk|enjing|awan|sore|sonten)/gu, 'tadi '],
  [/\b(?:baru|lagi|tas|nembe) (?:saja|aja|aj|ae|wae|mawon)\b|\bjust now\b/gu, 'barusan'],
  [/\b(?:the )?day before yesterday\b/gu, 'selumbari'],
  [/\b(?:kemarin|kemaren|kmrn|kmren) (?:lusa|dulu|dl|dlu)\b|\bwingenane\b/gu, 'selumbari'],
  [/\btonight\b/gu, 'malam ini'],
  [/\blast night\b/gu, 'tadi malam'],
  [/\bdini hari\b/gu, 'pagi'],
];
/** Said around a day, and no part of it. */
const AROUND = new Set(
  (
    'yg yang sing kang pas waktu wektu saat pada pd di ing sejak sjk mulai dari dr kira kira2 kiro sekitar sktr kurang lebih itu ' +
    'dek dhek kala kolo on the at around about kejadian kejadiannya kejadiane lahir lahirnya laire meninggal ' +
    'meninggalnya ninggal wafat wafatnya hilang hilangnya pindah pindahnya pak bu bapak ibu mas mbak kak ya yaa nggih ' +
    'nggeh iya aja saja wae mawon ae'
  ).split(' '),
);
const WEEKDAYS = ['senin', 'selasa', 'rabu', 'kamis', 'jumat', 'sabtu', 'ahad'];
const PART = '(?:pagi|siang|sore|malam)';
const ANY_PART = new RegExp(` ?\\b${PART}\\b`, 'gu');
const ANY_WEEKDAY = new RegExp(`\\b(?:hari )?(?:${WEEKDAYS.join('|')})\\b`, 'gu');
const MONTH_SIDE = 'kemarin|lalu|besok|depan|bulan (?:ini|lalu|kemarin|depan)';
const DATE = new RegExp(
  `^(?:(?<before>${MONTH_SIDE}) )?tanggal (?<date>\\d{1,2})(?: (?<after>${MONTH_SIDE}))?$`,
  'u',
);
const WEEK_SIDE = '(?:minggu )?(?:ini|lalu|kemarin|besok|depan)';
const WEEKDAY = new RegExp(
  `^(?:(?<before>${WEEK_SIDE}) )?(?:hari )?(?<name>${WEEKDAYS.join('|')})(?: (?<after>${WEEK_SIDE}))?$`,
  'u',
);
const HOUR = String.raw`(?:setengah\s+)?(?:\d{1,2}(?:\s*[.:]\s*\d{2})?|satu|dua|tiga|empat|lima|enam|tujuh|delapan|sembilan|sepuluh|sebelas)`;
const TIME = new RegExp(
  String.raw`\b(?:(?:jam|jm|pukul|pkl|pk)\.?\s*${HOUR}(?:\s*an)?(?:\s*(?:wib|am|pm))?|\d{1,2}(?:[.:]\d{2})?\s*(?:wib|am|pm)|\d{1,2}:\d{2})\b`,
  'gu',
);

/** Days from today by what is said of them. A night that is over began the day before. */
const OFFSETS: readonly (readonly [RegExp, number])[] = [
  [/^(?:tadi malam|malam tadi|(?:tadi )?semalam|kemarin malam|malam kemarin)$/u, -1],
  [/^(?:(?:hari ini|sekarang) ?)?(?:tadi|barusan|sekarang|hari ini)?$/u, 0],
  [
    new RegExp(
      `^(?:(?:hari ini|sekarang|tadi|nanti) ${PART}|${PART} (?:ini|tadi|nanti|hari ini)|ini ${PART}|nanti ${PART} ini)$`,
      'u',
    ),
    0,
  ],
  [new RegExp(`^(?:hari )?kemarin(?: ${PART})?$|^${PART} kemarin$`, 'u'), -1],
  [new RegExp(`^selumbari(?: ${PART})?$`, 'u'), -2],
  [new RegExp(`^(?:hari )?besok(?: ${PART})?$|^${PART} besok$`, 'u'), 1],
  [new RegExp(`^(?:besok )?lusa(?: ${PART})?$|^sesok$`, 'u'), 2],
];

/** Which days a question takes: none before `from`, none after `to`. */
export interface Reach {
  today: string;
  from: string | null;
  to: string | null;
}

/** A text without the times of the day in it: "besok jam 16.30" is about tomorrow. */
export function withoutTime(text: string): string {
  return text.toLowerCase().replace(TIME, ' ');
}

/**
 * The day that is told from today: "tadi malam", "mau bengi", "senin kemarin", "tgl 20 kmrn". A weekday or a day of a
 * month by itself is the latest where the question asks for the past, the next where it does not. Null where it is none.
 */
export function relativeDay(text: string, reach: Reach): string | null {
  const words = usualWords(text);
  if (words === '') return null;
  for (const [said, offset] of OFFSETS) if (said.test(words)) return shift(reach.today, offset, 'd');
  // "malam senin" is the night before Monday: whose evening is meant is not told.
  if (words.startsWith('malam ')) return null;
  const bare = words.replace(ANY_PART, '').trim();
  return dateOfMonth(bare, reach) ?? weekday(bare, reach);
}

function usualWords(text: string): string {
  let said = plain(text).replace(/\b(tgl|tanggal)(\d)/gu, '$1 $2');
  for (const [phrase, usual] of PHRASES) said = said.replace(phrase, usual);
  const words = said
    .split(' ')
    .map((word) => USUAL[word] ?? word)
    .join(' ')
    .replace(/\bhari minggu\b/gu, 'ahad')
    .split(' ');
  return words.filter((word) => !AROUND.has(word)).join(' ');
}

/** "tanggal 20", "kemarin tanggal 20", "tanggal 20 bulan lalu". */
function dateOfMonth(words: string, { today, from, to }: Reach): string | null {
  const said = words.replace(ANY_WEEKDAY, '').replace(/ +/gu, ' ').trim();
  const found = DATE.exec(said)?.groups;
  if (!found || (found.before && found.after)) return null;
  const date = Number(found.date);
  const side = found.before ?? found.after ?? '';
  const inMonth = (months: number): string | null => {
    const month = shift(`${today.slice(0, 7)}-01`, months, 'm');
    return day(Number(month.slice(0, 4)), Number(month.slice(5, 7)), date);
  };
  if (side.startsWith('bulan')) return inMonth(side.endsWith('ini') ? 0 : side.endsWith('depan') ? 1 : -1);
  const isBack = side === 'kemarin' || side === 'lalu' || (side === '' && to !== null && to <= today);
  const latest = to !== null && to < today ? to : today;
  const soonest = from !== null && from > today ? from : today;
  // Of three months in a row one has a 31st; a bound may lie further on.
  for (let months = 0; months < 24; months++) {
    const on = inMonth(isBack ? -months : months);
    if (on !== null && (isBack ? on <= latest : on >= soonest)) return on;
  }
  return null;
}

/** "senin kemarin", "minggu lalu hari senin", "jumat depan" (of the week after this one), "senin". */
function weekday(words: string, { today, from, to }: Reach): string | null {
  const found = WEEKDAY.exec(words)?.groups;
  if (!found || (found.before && found.after)) return null;
  const place = WEEKDAYS.indexOf(found.name!);
  const monday = shift(today, -((new Date(`${today}T00:00:00Z`).getUTCDay() + 6) % 7), 'd');
  const inWeek = (weeks: number): string => shift(monday, weeks * 7 + place, 'd');
  const said = found.before ?? found.after ?? '';
  if (said === 'depan' || said === 'minggu depan') return inWeek(1);
  if (said.endsWith('ini')) return inWeek(0);
  if (said === 'minggu lalu' || said === 'minggu kemarin') return inWeek(-1);
  if (said === 'lalu' || said === 'kemarin') return inWeek(inWeek(0) < today ? 0 : -1);
  if (said === 'besok') return inWeek(inWeek(0) > today ? 0 : 1);
  if (said !== '') return null;
  if (to !== null && to <= today) return inWeek(inWeek(0) <= today ? 0 : -1);
  // Where both the past and the future may be meant, it does not tell.
  if (from === null || from < today) return null;
  const soonest = inWeek(inWeek(0) >= today ? 0 : 1);
  return soonest >= from ? soonest : shift(soonest, 7, 'd');
}
