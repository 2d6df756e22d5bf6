import { ERASURE_SERVICE, NOTICE_OF } from '../core/cases.js';
import type { CaseFact } from '../core/cases.js';
import { firstName } from '../core/firstName.js';
import { insertInternal } from '../store/inbound.js';
import type { InternalRow } from '../store/inbound.js';
import { insertNotifications } from '../store/notifications.js';
import type { NotificationInsert } from '../store/notifications.js';
import type { Sql } from '../store/sql.js';
import type { VillageOfficer } from '../core/handlers.js';
import type { ApplyContext } from './applier.js';
import type { Acted } from './caseWriting.js';
import { groupEventOf, tellGroups } from './groupNotices.js';
import type { GroupNews } from './groupNotices.js';

/**
 * Tells the others of what was done: the resident of an officer's acts, in the conversation that the request came from;
 * the officer who has the case of the resident's. Each event is told once (`case:<id>:<number>:<conversation>`).
 * "Taken" is not told where the same act goes on to ask, finish or refuse.
 */
export async function tellOfActs(
  sql: Sql,
  acted: Acted[],
  officers: Map<string, VillageOfficer[]>,
  context: ApplyContext,
): Promise<void> {
  const told = acted.flatMap((one) =>
    one.facts.flatMap(({ fact, request }, n) => {
      const event = NOTICE_OF[fact.kind];
      const isPrelude = fact.kind === 'case_taken' && one.facts[n + 1]?.request === request;
      return event === null || isPrelude ? [] : [{ one, fact, event, number: one.row.eventCount + 1 + n }];
    }),
  );
  const toResidents = told.flatMap(({ one: { row }, fact, event, number }): InternalRow[] =>
    // Whose data were erased is told so by itself: nobody is left to whom this notice would speak.
    fact.officer &&
    row.conversationId !== null &&
    !(row.service === ERASURE_SERVICE && fact.kind === 'case_finished')
      ? [
          {
            conversationId: row.conversationId,
            externalId: `case:${row.id}:${number}:${row.conversationId}`,
            flow: 'case-notice',
            vars: {
              code: row.code,
              service: row.service,
              // What "finished" means to the resident differs: a letter is fetched, a referral went on.
              kind: context.services[row.service]?.kind ?? 'letter',
              event,
              by: fact.officer.name,
              text: wordsOf(fact),
              // Several people may share the chat: it tells more only to this one.
              whose: row.residentId,
              ...(row.forWhom === null ? {} : { helped: firstName(row.forWhom) }),
            },
          },
        ]
      : [],
  );
  const toOfficers = told.flatMap(({ one: { row, state }, fact, event, number }): NotificationInsert[] =>
    fact.officer === null && state.holder
      ? [
          {
            officerId: state.holder.id,
            kind: 'officer-case-notice',
            subjectId: row.id,
            number,
            vars: {
              code: row.code,
              service: row.service,
              event,
              // Of a complaint neither the words nor who wrote them: the receiver reads them in the console.
              text: row.sealedTo ? null : wordsOf(fact),
              resident: row.sealedTo ? null : firstName(row.residentName),
              village: row.villageName,
            },
          },
        ]
      : [],
  );
  await insertInternal(sql, toResidents, context.now);
  await insertNotifications(sql, toOfficers, context.newId, context.now);
  await tellGroups(sql, acted.flatMap(groupNewsOf), context);
  context.nudges.converse ||= toResidents.length > 0;
  context.nudges.notify ||= toOfficers.length > 0;
}

function wordsOf(fact: CaseFact): string | null {
  return typeof fact.data['text'] === 'string' ? fact.data['text'] : null;
}

/** "Taken" is passed over where the same act ends the case: that tells by whom as well. */
function groupNewsOf({ row, facts }: Acted): GroupNews[] {
  return facts.flatMap(({ fact, request }, n) => {
    const event = groupEventOf(fact);
    const next = facts[n + 1];
    const ends = next?.request === request && groupEventOf(next.fact) !== null;
    if (event === null || (event === 'taken' && ends)) return [];
    const by = fact.officer?.name ?? null;
    return [{ case: row, number: row.eventCount + 1 + n, event, by }];
  });
}
