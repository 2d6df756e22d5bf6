import { firstName } from '../core/firstName.js';
import { handlingOf } from '../core/handlers.js';
import type { Service } from '../core/service.js';
import { insertGroupNotices } from './officerGroups.js';
import type { Sql } from './sql.js';

/** What happens to a case, as the group's flow names it. */
export type GroupEvent =
  | 'opened'
  | 'taken'
  | 'released'
  | 'given'
  | 'asked'
  | 'answered'
  | 'verified'
  | 'initialled'
  | 'signed'
  | 'returned'
  | 'ready'
  | 'reopened'
  | 'undone'
  | 'finished'
  | 'refused'
  | 'forwarded'
  | 'merged'
  | 'cancelled';

/** What a village office's group is told of a case: never words of anybody. */
export interface GroupNews {
  case: {
    id: string;
    code: string;
    villageId: string;
    service: string;
    residentName: string | null;
    isUnproven: boolean;
    isConfidential: boolean;
  };
  /** The event of the case that it tells of. */
  number: number;
  event: GroupEvent;
  due?: Date | null;
  /** The officer's name. */
  by?: string | null;
}

/**
 * Tells the villages' groups, where they have one; answers how many notices are new. A confidential case never appears there,
 * nor who reported something: more people read along than may know.
 */
export async function insertGroupNews(
  sql: Sql,
  news: GroupNews[],
  { services, now }: { services: { [id: string]: Service }; now: Date },
): Promise<number> {
  const told = news.flatMap((one) => {
    const handling = handlingOf(services[one.case.service], one.case.isConfidential);
    if (handling.isConfidential) return [];
    const resident = handling.kind === 'complaint' ? null : firstName(one.case.residentName);
    return [{ one, resident }];
  });
  return await insertGroupNotices(
    sql,
    told.map(({ one, resident }) => ({
      villageId: one.case.villageId,
      caseId: one.case.id,
      number: one.number,
      vars: {
        case: one.case.id,
        code: one.case.code,
        service: one.case.service,
        resident,
        unproven: one.case.isUnproven,
        due: one.due?.toISOString() ?? null,
        event: one.event,
        by: one.by ?? null,
      },
    })),
    now,
  );
}
