import type { HealthDate } from '../../core/lookup.js';
import { searchHamlet } from '../../core/registerNames.js';
import type { LookUpAnswerer } from './answerer.js';

const MOST = 5;

interface Found extends HealthDate {
  villageId: string;
  searchHamlet: string | null;
}

/**
 * The dates of the posyandu that the kader entered, from today on (of the village's clock). A named hamlet finds its
 * own, in near spelling, and what is for the whole village; where it has none, nothing: a wrong place helps nobody.
 */
export const healthDates: LookUpAnswerer<'health_dates'> = async (sql, requests, { now }) => {
  const villages = [...new Set(requests.flatMap(({ asker }) => asker.villageId ?? []))];
  const { rows } = await sql.query<Found>(
    `SELECT s.village_id AS "villageId", s.search_hamlet AS "searchHamlet",
       to_char(s.starts_at AT TIME ZONE v.zone, 'YYYY-MM-DD') AS date,
       to_char(s.starts_at AT TIME ZONE v.zone, 'HH24:MI') AS time, s.place, s.hamlet
     FROM health_schedules s JOIN villages v ON v.id = s.village_id
     WHERE s.village_id = ANY ($1::text[]) AND s.kind = 'posyandu' AND s.cancelled_at IS NULL
       AND s.starts_at >= date_trunc('day', $2::timestamptz AT TIME ZONE v.zone) AT TIME ZONE v.zone
       AND s.starts_at < $2::timestamptz + interval '92 days'
     ORDER BY s.starts_at, s.hamlet`,
    [villages, now],
  );
  return requests.map(({ asker, args }) => {
    const ofVillage = rows.filter((row) => row.villageId === asker.villageId);
    const wanted = searchHamlet(args.hamlet ?? '');
    const items = ofVillage
      .filter((row) => wanted === '' || row.searchHamlet === null || isNear(row.searchHamlet, wanted))
      .slice(0, MOST)
      .map(({ date, time, place, hamlet }) => ({ date, time, place, hamlet }));
    const [next] = items;
    return {
      count: items.length,
      items,
      next_date: next?.date ?? null,
      next_time: next?.time ?? null,
      next_place: next?.place ?? null,
      next_hamlet: next?.hamlet ?? null,
      hamlets: [...new Set(ofVillage.flatMap(({ hamlet }) => hamlet ?? []))].join(', ') || null,
    };
  });
};

/** "Krajan" is in "krajan rt 2", and "krajan" in "krajan wetan": two hamlets of one name are both shown. */
function isNear(hamlet: string, wanted: string): boolean {
  return hamlet === wanted || wanted.startsWith(hamlet) || hamlet.startsWith(wanted);
}
