import gettextParser from 'gettext-parser';
import type { SheetRow } from './apply.js';
import type { TextRow } from './rows.js';
import { SheetError } from './xlsx.js';
import type { ReadTexts } from './xlsx.js';

const STAMP = /^stamp: (\S+)$/mu;

/**
 * The rows as a gettext PO file: `msgctxt` is the place, `msgid` the Indonesian words; what a translator should know
 * stands in extracted comments. Words whose Indonesian changed since are `fuzzy`, as gettext's own tools mark them.
 */
export function writePo(rows: readonly TextRow[], language: string): Buffer {
  const translations: Parameters<typeof gettextParser.po.compile>[0]['translations'] = {};
  for (const row of rows)
    translations[row.place] = {
      [row.source]: {
        msgctxt: row.place,
        msgid: row.source,
        msgstr: [row.words],
        comments: {
          extracted: [
            row.context,
            ...(row.english && language !== 'en' ? [`English: ${row.english.replace(/\s+/gu, ' ')}`] : []),
            `stamp: ${row.stamp}`,
          ].join('\n'),
          ...(row.state === 'changed' ? { flag: 'fuzzy' } : {}),
        },
      },
    };
  return gettextParser.po.compile({
    charset: 'utf-8',
    headers: {
      'Project-Id-Version': 'Kentongan',
      'Content-Type': 'text/plain; charset=utf-8',
      'Content-Transfer-Encoding': '8bit',
      Language: language,
    },
    translations,
  });
}

/**
 * Reads a PO file back. Lines are counted in entries, the header being the first, since tools fold texts as they like.
 * A `fuzzy` entry is a guess by gettext's rules, so it is left out. Throws `SheetError`.
 */
export function readPo(bytes: Uint8Array): ReadTexts {
  let file;
  try {
    file = gettextParser.po.parse(Buffer.from(bytes), { validation: true });
  } catch (cause) {
    throw new SheetError(`this is no PO file: ${(cause as Error).message}`, { cause });
  }
  const entries = Object.values(file.translations).flatMap((context) => Object.values(context));
  const rows = entries.flatMap(({ msgctxt, msgid, msgstr, comments }, i): SheetRow[] => {
    if (msgid === '' || comments?.flag?.includes('fuzzy')) return [];
    const stamp = STAMP.exec(comments?.extracted ?? '')?.[1] ?? null;
    return [
      { row: i + 1, place: msgctxt ?? '', words: msgstr[0] ?? '', stamp, source: msgid, isConfirmed: true },
    ];
  });
  return { language: file.headers.Language || null, rows };
}
