import { itemName, papersOf } from '../core/caseSeen.js';
import { ERASURE_SERVICE, isOpenCase, NOTICE_OF } from '../core/cases.js';
import type { CaseFact, CaseFactKind } from '../core/cases.js';
import { firstName } from '../core/firstName.js';
import { handlingOf, officersToTell } from '../core/handlers.js';
import type { VillageOfficer } from '../core/handlers.js';
import type { Json, JsonObject } from '../core/json.js';
import { pathOf, isSigned } from '../core/path.js';
import { caseNotice } from '../store/caseNotice.js';
import type { GroupNews } from '../store/groupNews.js';
import { insertInternal } from '../store/inbound.js';
import type { InternalRow } from '../store/inbound.js';
import { insertNotifications } from '../store/notifications.js';
import type { NotificationInsert } from '../store/notifications.js';
import type { Sql } from '../store/sql.js';
import type { ApplyContext } from './applier.js';
import type { Acted } from './caseWriting.js';
import { groupEventOf, tellGroups } from './groupNotices.js';

interface Told {
  one: Acted;
  fact: CaseFact;
  event: string;
  number: number;
}

/**
 * Tells the others of what was done: the resident of an officer's acts, in the conversation that the request came from;
 * whoever has the case, or on whom it now lies, of the resident's and of colleagues' acts. Each event is told once
 * (`case:<id>:<number>:<conversation>`). Of several facts of one act the resident hears of the last. Where nobody can be
 * written to, nothing is said: the counter tells.
 */
export async function tellOfActs(
  sql: Sql,
  acted: Acted[],
  officers: Map<string, VillageOfficer[]>,
  assigned: Map<string, string | null>,
  context: ApplyContext,
): Promise<void> {
  const toResidents = acted
    .flatMap((one) => residentNews(one, context))
    .flatMap((told) => toResident(told, context));
  const toOfficers = acted.flatMap((one) =>
    officerNews(one, officers.get(one.row.villageId) ?? [], assigned.get(one.row.id), context),
  );
  await insertInternal(sql, toResidents, context.now);
  await insertNotifications(sql, toOfficers, context.newId, context.now);
  await tellGroups(sql, acted.flatMap(groupNewsOf), context);
  context.nudges.converse ||= toResidents.length > 0;
  context.nudges.notify ||= toOfficers.length > 0;
}

/** Of each act the last fact that the resident hears of; what they did themselves they know. */
function residentNews(one: Acted, context: ApplyContext): Told[] {
  const { row, facts } = one;
  return facts.flatMap(({ fact, request }, n): Told[] => {
    const event = eventOf(fact, one, context);
    const isPrelude = facts
      .slice(n + 1)
      .some((next) => next.request === request && eventOf(next.fact, one, context));
    if (event === null || isPrelude || !fact.officer || !isTold(fact, one)) return [];
    return [{ one, fact, event, number: row.eventCount + 1 + n }];
  });
}

function eventOf(fact: CaseFact, { row }: Acted, context: ApplyContext): string | null {
  // Another's request was found to be about the same thing: both are told, neither of whose it is.
  if (fact.kind === 'case_related' && fact.data['is_merged'] === true)
    return fact.data['is_own'] === true ? null : 'joined';
  // What is only looked into has no signature to wait for.
  if (fact.kind === 'case_verified' && !isSigned(pathOf(context.services[row.service]))) return null;
  return NOTICE_OF[fact.kind];
}

/** What is told by others: a letter by itself, as it is sent or replaced; an erasure to somebody unknown; and what nobody was told, nobody hears to be undone. */
function isTold(fact: CaseFact, { row }: Acted): boolean {
  if (fact.kind === 'case_finished')
    return row.service !== ERASURE_SERVICE && fact.data['way'] !== 'electronic';
  if (fact.kind === 'case_reopened') return fact.data['letter'] === undefined;
  if (fact.kind === 'case_undone') return !UNTOLD.has(String(fact.data['undone']));
  return true;
}

const UNTOLD: ReadonlySet<string> = new Set<CaseFactKind>([
  'case_released',
  'case_given',
  'case_returned',
  'case_initialled',
]);

function toResident(
  { one: { row, state }, fact, event, number }: Told,
  context: ApplyContext,
): InternalRow[] {
  if (row.conversationId === null) return [];
  const { conversationId } = row;
  const service = context.services[row.service];
  const vars: JsonObject = {
    code: row.code,
    service: row.service,
    // What "finished" means to the resident differs: a letter is fetched, a referral went on.
    kind: service?.kind ?? 'letter',
    event,
    by: fact.officer!.name,
    text: textOf(fact),
    // Several people may share the chat: it tells more only to this one.
    whose: row.residentId,
    ...(row.forWhom === null ? {} : { helped: firstName(row.forWhom) }),
    ...moreOf(event, fact, row.service, service, state.status),
  };
  return [
    { conversationId, externalId: `case:${row.id}:${number}:${conversationId}`, flow: 'case-notice', vars },
  ];
}

/** What some events tell beside the words. */
function moreOf(
  event: string,
  fact: CaseFact,
  id: string,
  service: ApplyContext['services'][string] | undefined,
  status: string,
): JsonObject {
  const { data } = fact;
  switch (event) {
    case 'asked': {
      const items = Array.isArray(data['items']) ? data['items'] : [];
      const named = (by: 'chat' | 'counter') => {
        const missing = (service?.checklist ?? []).filter(
          (item) => item.by === by && items.includes(item.id),
        );
        return missing.length > 0 ? missing.map((item) => itemName(id, item.id)) : null;
      };
      return items.length > 0 ? { send: named('chat'), bring: named('counter') } : {};
    }
    case 'ready':
      return { papers: papersOf(id, service), ...(isSigned(pathOf(service)) ? { letter: true } : {}) };
    case 'finished':
      return isSigned(pathOf(service)) ? { letter: true } : {};
    case 'forwarded':
      return { office: data['office'] ?? null };
    case 'merged':
      return { other: data['is_own'] === true ? (data['code'] ?? null) : null };
    case 'undone':
      return { status };
    default:
      return {};
  }
}

/**
 * What officers hear: whoever has it, of what the resident did and of what another did to it; on whom it lies from now
 * on, that it is their turn. Nobody hears of their own acts.
 */
function officerNews(
  one: Acted,
  officers: VillageOfficer[],
  assigned: string | null | undefined,
  context: ApplyContext,
): NotificationInsert[] {
  const { row, state, facts } = one;
  const told: NotificationInsert[] = [];
  const tell = (to: string, event: string, n: number, fact: CaseFact) => {
    if (
      to === fact.officer?.id ||
      told.some((known) => known.officerId === to && known.number === numberOf(n))
    )
      return;
    const more = {
      ...(fact.officer ? { by: fact.officer.name } : {}),
      ...(Array.isArray(fact.data['attachments']) ? { files: fact.data['attachments'].length } : {}),
      ...(state.step ? { step: state.step } : {}),
    };
    told.push(caseNotice(row, to, { number: numberOf(n), event, text: textOf(fact), more }));
  };
  const numberOf = (n: number) => row.eventCount + 1 + n;
  facts.forEach(({ fact }, n) => {
    if (fact.officer === null) {
      const event = NOTICE_OF[fact.kind];
      if (event !== null)
        for (const id of concerned(one, officers, assigned, context)) tell(id, event, n, fact);
      return;
    }
    // Whoever had it, or had just done it, hears what another made of it.
    const before = row.holder;
    if (before && TELLS_HOLDER.has(fact.kind))
      tell(before.id, NOTICE_OF[fact.kind] ?? shortOf(fact.kind), n, fact);
    if (fact.kind === 'case_given' && state.holder) tell(state.holder.id, 'given', n, fact);
    if (fact.kind === 'case_returned' && state.holder) tell(state.holder.id, 'returned', n, fact);
  });
  const last = facts.at(-1)!;
  // Its turn came to somebody by this act.
  const isMoved = assigned !== undefined && assigned !== null && assigned !== row.assignedId;
  const isTurn = last.fact.officer !== null || last.fact.kind === 'case_answered';
  if (isMoved && isOpenCase(state.status) && isTurn && state.holder === null)
    tell(assigned, state.status === 'open' ? 'laid' : 'step', facts.length - 1, last.fact);
  return told;
}

/** Acts of heads and colleagues upon what somebody holds. */
const TELLS_HOLDER: ReadonlySet<CaseFactKind> = new Set([
  'case_given',
  'case_released',
  'case_merged',
  'case_reopened',
]);

function shortOf(kind: CaseFactKind): string {
  return kind.replace('case_', '');
}

/**
 * Who hears of what the resident did: whoever has it; else on whom it lies; else all who handle such requests. Of what is not done
 * after all, whoever ended it and whoever begins with it again.
 */
function concerned(
  { row, state, facts }: Acted,
  officers: VillageOfficer[],
  assigned: string | null | undefined,
  { services }: ApplyContext,
): string[] {
  const holder = state.holder ?? row.holder;
  const laidOn = assigned ?? row.assignedId;
  const isReopened = facts.some(({ fact }) => fact.kind === 'case_reopened');
  if (holder && row.holderIsActive)
    return isReopened && laidOn ? [...new Set([holder.id, laidOn])] : [holder.id];
  if (laidOn && officers.some(({ id }) => id === laidOn)) return [laidOn];
  // Nobody had it: that it was withdrawn or never taken is no news.
  if (!isOpenCase(state.status)) return [];
  return officersToTell(officers, handlingOf(services[row.service], row.isConfidential, row.sealedTo)).map(
    ({ id }) => id,
  );
}

function textOf(fact: CaseFact): Json {
  // What an undone act puts back are older words: no news.
  return typeof fact.data['text'] === 'string' && fact.kind !== 'case_undone' ? fact.data['text'] : null;
}

/** "Taken" is passed over where the same act ends the case: that tells by whom as well. */
function groupNewsOf({ row, facts }: Acted): GroupNews[] {
  return facts.flatMap(({ fact, request }, n) => {
    const event = groupEventOf(fact);
    const isPrelude = facts
      .slice(n + 1)
      .some((next) => next.request === request && groupEventOf(next.fact) !== null);
    if (event === null || isPrelude) return [];
    const by = fact.officer?.name ?? null;
    return [{ case: row, number: row.eventCount + 1 + n, event, by }];
  });
}
