/** How names and places of the register are compared: pure, the same for what was imported and for what was said. */

/** What stands before or after a name and is no part of it, where it stands as a word of its own. */
const TITLES = new Set(
  (
    'h hj hjh haji hajjah drs dra dr drg ir prof kh ust ustad raden bapak bpk pak ibu bu mbah ' +
    'mas mbak sdr sdri almarhum almarhumah alm spd sag se sh st ss skom ssos sip skm mpd mm msi amd amdkeb'
  ).split(' '),
);

/** Old and new spellings of one name: Soekarno, Sukarno; Achmad, Ahmad. */
const SPELLINGS: [RegExp, string][] = [
  [/oe/gu, 'u'],
  [/dj/gu, 'j'],
  [/tj/gu, 'c'],
  [/ch/gu, 'h'],
  [/sy/gu, 's'],
  [/([a-z])\1+/gu, '$1'],
];
/** Written short on an old card: Moh., Muh., M. */
const MUHAMMAD = /^(?:m|moh|muh|mohd|muhd|mohamad|muhamad|mohammad|muhammad|mochamad|mochammad|moch)$/u;

/** A name as it is compared: small letters, no titles, one spelling. Empty where nothing of a name is left. */
export function searchName(name: string): string {
  const words = plain(name.split(',')[0]!).split(' ');
  const kept = words.filter((word) => !TITLES.has(word));
  return (kept.length > 0 ? kept : words)
    .map((word, n) => (n === 0 && MUHAMMAD.test(word) ? 'muhamad' : oneSpelling(word)))
    .join(' ')
    .trim();
}

/** A hamlet as it is compared: "Dusun Krajan", "dsn. krajan" and "KRAJAN" are one. */
export function searchHamlet(hamlet: string): string {
  return plain(hamlet)
    .replace(/\b(?:dusun|dsn|dukuh|dkh|lingkungan|lingk|link|kampung|kp)\b/gu, ' ')
    .replace(/\b(?:rt|rw)\s*\d+/gu, ' ')
    .replaceAll(' ', '');
}

/** '3', 'RT 03', '003' → '003'; null where there is none. */
export function readRt(text: string): string | null {
  const digits = /\d{1,3}/u.exec(text)?.[0];
  return digits === undefined || Number(digits) === 0 ? null : digits.padStart(3, '0').slice(-3);
}

function plain(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[.'`’]/gu, (sign) => (sign === '.' ? ' ' : ''))
    .replace(/[^a-z0-9]+/gu, ' ')
    .trim();
}

function oneSpelling(word: string): string {
  return SPELLINGS.reduce((text, [from, to]) => text.replace(from, to), word);
}

export interface Area {
  hamlet: string | null;
  rt: string | null;
  rw: string | null;
}

/** "Krajan RT 02 RW 01", "dsn krajan 2/1", "rt.003/rw.004 kedungliwung" → what of it can be told. */
export function readArea(text: string): Area {
  const both = /\brt\W{0,2}(\d{1,3})\D{0,8}?\brw\W{0,2}(\d{1,3})\b/iu.exec(text);
  const pair = both ?? /(?:\brt\W{0,2})?\b(\d{1,3})\s*\/\s*(?:rw\W{0,2})?(\d{1,3})\b/iu.exec(text);
  const one = pair ? null : /\brt\W{0,2}(\d{1,3})\b/iu.exec(text);
  const found = pair ?? one;
  const rest = (found ? text.replace(found[0], ' ') : text).replace(/[^\p{L}\p{N} '-]+/gu, ' ');
  const hamlet = rest.replace(/\s+/gu, ' ').trim();
  return {
    hamlet: searchHamlet(hamlet) === '' ? null : hamlet,
    rt: found ? readRt(found[1]!) : null,
    rw: pair ? readRt(pair[2]!) : null,
  };
}
