/**
 * Affixes that people put on words: Indonesian, and those of Javanese (-e, -ne, -ipun, -aken, dak-, nasal ng-/ny-),
 * Osing and Madurese (-na, e-, ka-). A word is only taken apart where what is left is a known word, so the list may be
 * generous.
 */
const SUFFIXES = [
  '',
  'nya',
  'ku',
  'mu',
  'lah',
  'kah',
  'ne',
  'ipun',
  'nipun',
  'aken',
  'kan',
  'ake',
  'no',
  'na',
  'en',
  'an',
  'i',
  'e',
  'annya',
  'ane',
  'anku',
  'kannya',
  'kno',
  'ono',
  'a',
] as const;

/** A prefix, and the letter that it may have swallowed: "memakai" is "pakai". */
const PREFIXES = [
  ['', ''],
  ['di', ''],
  ['me', ''],
  ['mem', ''],
  ['mem', 'p'],
  ['men', ''],
  ['men', 't'],
  ['meng', ''],
  ['meng', 'k'],
  ['menge', ''],
  ['meny', 's'],
  ['ng', ''],
  ['ng', 'k'],
  ['nge', ''],
  ['ny', 's'],
  ['ny', 'c'],
  ['n', 't'],
  ['n', ''],
  ['m', 'p'],
  ['m', ''],
  ['ber', ''],
  ['be', ''],
  ['ter', ''],
  ['ke', ''],
  ['se', ''],
  ['pe', ''],
  ['per', ''],
  ['pem', ''],
  ['pem', 'p'],
  ['pen', ''],
  ['pen', 't'],
  ['peng', ''],
  ['peng', 'k'],
  ['peny', 's'],
  ['dak', ''],
  ['tak', ''],
  ['ka', ''],
  ['a', ''],
  ['e', ''],
  ['memper', ''],
  ['diper', ''],
  ['diber', ''],
] as const;

const SHORTEST = 3;

/** What a word may be a form of, the least changed first. The word itself is not among them. */
export function rootsOf(word: string): string[] {
  const prefixes = PREFIXES.filter(([prefix]) => word.startsWith(prefix));
  const found: { root: string; cost: number }[] = [];
  for (const suffix of SUFFIXES) {
    if (word.length - suffix.length < SHORTEST || !word.endsWith(suffix)) continue;
    for (const [prefix, swallowed] of prefixes) {
      const cost = prefix.length + suffix.length;
      // A single letter taken off a short word makes another word of it: "kali" is no "kal".
      const shortest = cost === 1 ? SHORTEST + 1 : SHORTEST;
      if (cost === 0 || word.length - cost + swallowed.length < shortest) continue;
      found.push({ root: swallowed + word.slice(prefix.length, word.length - suffix.length), cost });
    }
  }
  return found.sort((a, b) => a.cost - b.cost).map(({ root }) => root);
}
