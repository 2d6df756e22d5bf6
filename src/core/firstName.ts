const TITLES = new Set([
  'bapak',
  'pak',
  'bpk',
  'ibu',
  'bu',
  'mbak',
  'mas',
  'mbah',
  'haji',
  'hajah',
  'h',
  'hj',
  'ustadz',
  'ustaz',
  'kang',
  'cak',
  'ning',
  'gus',
]);

/** What a chat notification may carry of a name: its first word, with the title before it: "Bu Siti". */
export function firstName(name: string | null): string | null {
  const words = (name ?? '').split(/\s+/u).filter((word) => word !== '');
  const first = words.findIndex((word) => !TITLES.has(word.toLowerCase().replaceAll('.', '')));
  return first < 0
    ? (words[0] ?? null)
    : words
        .slice(0, first + 1)
        .slice(-2)
        .join(' ');
}
