import { villagesLed } from '../officerChatEnds.js';
import { isManagedIn } from '../officerScope.js';
import type { LookUpAnswerer } from './answerer.js';

/** The officers with a chat whom the officer who asks may part from it. */
export const officerChats: LookUpAnswerer<'officer_chats'> = async (sql, requests) => {
  const results = [];
  for (const { asker } of requests) {
    const led = villagesLed(asker.officer);
    if (!asker.officer || (led !== null && led.length === 0)) {
      results.push({ count: 0, more: 0, items: [] });
      continue;
    }
    const { rows } = await sql.query<{ officer: string; name: string; platforms: string; village: string }>(
      `SELECT o.id AS officer, o.name, string_agg(DISTINCT initcap(a.platform), ', ') AS platforms,
         coalesce(min(v.name), '') AS village
       FROM officers o JOIN addresses a ON a.officer_id = o.id AND a.merged_into IS NULL
       LEFT JOIN officer_roles r ON r.officer_id = o.id LEFT JOIN villages v ON v.id = r.village_id
       WHERE o.id <> $1 AND ${isManagedIn('$2', 'o.id')}
       GROUP BY o.id ORDER BY o.name, o.id`,
      [asker.officer.id, led],
    );
    results.push({
      count: rows.length,
      more: Math.max(0, rows.length - MOST),
      items: rows.slice(0, MOST),
    });
  }
  return results;
};

/** What a list shows. */
const MOST = 7;
