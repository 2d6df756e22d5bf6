import { isOpenCase } from '../core/cases.js';
import type { CaseFactKind } from '../core/cases.js';
import { nextStep, pathOf } from '../core/path.js';
import { followersOf, lockCases, writeFacts } from '../store/cases.js';
import type { Follower } from '../store/cases.js';
import { fold } from '../core/cases.js';
import type { CaseFact } from '../core/cases.js';
import { insertInternal } from '../store/inbound.js';
import type { Sql } from '../store/sql.js';
import type { ApplyContext } from './applier.js';
import type { Acted } from './caseWriting.js';

/** What of the case that leads those merged into it hear. */
const FOLLOWED: ReadonlySet<CaseFactKind> = new Set([
  'case_ready',
  'case_finished',
  'case_refused',
  'case_forwarded',
  'case_reopened',
]);

/** How a case that follows is told of it, as `case-notice` names it; null: they hear nothing. What was not told is not taken back either. */
function newsOf({ kind, data }: CaseFact): 'followed' | 'undone' | null {
  if (kind === 'case_undone') return FOLLOWED.has(data['undone'] as CaseFactKind) ? 'undone' : null;
  return FOLLOWED.has(kind) ? 'followed' : null;
}

/**
 * Cases that are one with another follow it: their residents hear where it has come to, never whose it is nor what was
 * said there. Where the leading one is withdrawn by its own resident the others still want theirs: they are opened again.
 */
export async function tellFollowers(sql: Sql, acted: Acted[], context: ApplyContext): Promise<void> {
  const led = acted.flatMap((one) => {
    const n = one.facts.findLastIndex(({ fact }) => newsOf(fact) !== null);
    return n < 0 ? [] : [{ one, number: one.row.eventCount + 1 + n, event: newsOf(one.facts[n]!.fact)! }];
  });
  const withdrawn = acted.filter(({ facts }) => facts.some(({ fact }) => fact.kind === 'case_cancelled'));
  const leaders = [...led.map(({ one }) => one.row.id), ...withdrawn.map(({ row }) => row.id)];
  if (leaders.length === 0) return;
  const followers = await followersOf(sql, leaders);
  if (followers.length === 0) return;
  const told = led.flatMap(({ one, number, event }) =>
    followers
      .filter(({ leaderId }) => leaderId === one.row.id)
      .flatMap((follower) => notice(follower, `${one.row.id}:${number}`, event, one.state.status)),
  );
  const left = followers.filter(
    ({ leaderId, isDirect }) => isDirect && withdrawn.some(({ row }) => row.id === leaderId),
  );
  await openAgain(sql, left, context);
  const opened = left.flatMap((follower) =>
    notice(follower, `left:${follower.leaderId}`, 'reopened', 'open'),
  );
  await insertInternal(sql, [...told, ...opened], context.now);
  context.nudges.converse ||= told.length + opened.length > 0;
}

function notice(
  { id, conversationId, code, service, residentId }: Follower,
  of: string,
  event: string,
  status: string,
) {
  if (conversationId === null) return [];
  const externalId = `follow:${id}:${of}`;
  const vars = { code, service, event, status, by: null, text: null, whose: residentId };
  return [{ conversationId, externalId, flow: 'case-notice', vars }];
}

async function openAgain(sql: Sql, followers: Follower[], context: ApplyContext): Promise<void> {
  if (followers.length === 0) return;
  const rows = await lockCases(
    sql,
    followers.map(({ code }) => code),
  );
  const merged = rows.filter(({ state }) => state.isMerged && !isOpenCase(state.status));
  await writeFacts(
    sql,
    merged.map((row) => {
      const step = nextStep(pathOf(context.services[row.service]), null);
      const fact: CaseFact = {
        kind: 'case_reopened',
        officer: null,
        data: { step, because: 'leader_withdrawn' },
      };
      return { id: row.id, state: fold(row.state, fact), firstNumber: row.eventCount + 1, facts: [fact] };
    }),
    context.newId,
    context.now,
  );
}
