import { officialCode } from '../../core/officialCode.js';
import { officialLines as linesOf } from '../web/lines.js';
import { villageNames } from '../places.js';
import type { LookUpAnswerer } from './answerer.js';

const PLATFORMS: { [platform: string]: string } = { whatsapp: 'WhatsApp', telegram: 'Telegram' };

/** The code of the day, and the lines that serve the asker's village by their names. */
export const officialLines: LookUpAnswerer<'official_lines'> = async (sql, requests, { sealer, now }) => {
  const lines = await linesOf(sql);
  const names = await villageNames(
    sql,
    requests.flatMap(({ asker }) => asker.villageId ?? []),
  );
  const code = officialCode(sealer, now);
  return requests.map(({ asker }) => {
    const village = names.get(asker.villageId ?? '');
    const theirs = lines.filter(
      (line) => line.village === null || !village || line.village.split(', ').includes(village),
    );
    const shown = [
      ...new Set(theirs.map(({ platform, name }) => `${PLATFORMS[platform] ?? platform} ${name}`)),
    ];
    return { code, lines: shown.slice(0, 7).join(', ') || null };
  });
};
