import type { CaseFact } from '../core/cases.js';
import type { NewId } from '../core/ports.js';
import { insertGroupNews } from '../store/groupNews.js';
import type { GroupEvent, GroupNews } from '../store/groupNews.js';
import { insertNotifications } from '../store/notifications.js';
import { endGroups } from '../store/officerGroups.js';
import type { Sql } from '../store/sql.js';
import { loadVillageOfficers } from '../store/villageOfficers.js';
import type { ApplyContext } from './applier.js';

const EVENTS: { [K in CaseFact['kind']]?: GroupEvent } = {
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
export function groupEventOf(fact: CaseFact): GroupEvent | null {
  return EVENTS[fact.kind] ?? null;
}

/** Tells the villages' groups (store/groupNews.ts), and wakes their conversations. */
export async function tellGroups(sql: Sql, news: GroupNews[], context: ApplyContext): Promise<void> {
  const inserted = await insertGroupNews(sql, news, context);
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
