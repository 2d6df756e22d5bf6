import type { CaseFact } from '../core/cases.js';
import { firstName } from '../core/firstName.js';
import { handlingOf } from '../core/handlers.js';
import type { NewId } from '../core/ports.js';
import { insertNotifications } from '../store/notifications.js';
import { endGroups, insertGroupNotices } from '../store/officerGroups.js';
import type { Sql } from '../store/sql.js';
import { loadVillageOfficers } from '../store/villageOfficers.js';
import type { ApplyContext } from './applier.js';

/** What happens to a case, as the group's flow names it. */
type GroupEvent =
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

const EVENTS: { [K in CaseFact['kind']]?: GroupNews['event'] } = {
  case_taken: 'taken',
  case_released: 'released',
  case_given: 'given',
  case_asked: 'asked',
  case_answered: 'answered',
  case_verified: 'verified',
  case_initialled: 'initialled',
  case_signed: 'signed',
  case_returned: 'returned',
  case_ready: 'ready',
  case_reopened: 'reopened',
  case_undone: 'undone',
  case_finished: 'finished',
  case_refused: 'refused',
  case_forwarded: 'forwarded',
  case_merged: 'merged',
  case_cancelled: 'cancelled',
};

/** What of a fact the group hears; null: nothing. */
export function groupEventOf(fact: CaseFact): GroupNews['event'] | null {
  return EVENTS[fact.kind] ?? null;
}

/**
 * Tells the villages' groups, where they have one. A confidential case never appears there, nor who reported something:
 * more people read along than may know.
 */
export async function tellGroups(sql: Sql, news: GroupNews[], context: ApplyContext): Promise<void> {
  const told = news.flatMap((one) => {
    const handling = handlingOf(context.services[one.case.service], one.case.isConfidential);
    if (handling.isConfidential) return [];
    const resident = handling.kind === 'complaint' ? null : firstName(one.case.residentName);
    return [{ one, resident }];
  });
  const inserted = await insertGroupNotices(
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
    context.now,
  );
  context.nudges.converse ||= inserted > 0;
}

/**
 * These groups put us out: they get no more notices, and their villages' officers hear of it. Answers how many there
 * were; wake `notify` after the commit where it is not 0.
 */
export async function groupsLost(
  sql: Sql,
  conversationIds: string[],
  newId: NewId,
  now: Date,
): Promise<number> {
  const ended = await endGroups(sql, { conversationIds }, now);
  if (ended.length === 0) return 0;
  const officers = await loadVillageOfficers(
    sql,
    ended.map((group) => group.villageId),
  );
  await insertNotifications(
    sql,
    ended.flatMap((group) =>
      (officers.get(group.villageId) ?? [])
        .filter((officer) => !officer.isKeeper)
        .map((officer) => ({
          officerId: officer.id,
          kind: 'officer-group-lost',
          subjectId: group.conversationId,
          // A group may be lost, linked and lost again.
          number: Math.floor(now.getTime() / 1000),
          vars: { village: group.village },
        })),
    ),
    newId,
    now,
  );
  return ended.length;
}
