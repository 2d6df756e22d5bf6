import { fold } from '../core/cases.js';
import type { CaseFact, CaseFactKind } from '../core/cases.js';
import { nextStep, pathOf } from '../core/path.js';
import { followersOf, lockCases } from '../store/cases.js';
import type { Follower } from '../store/cases.js';
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
 * said there.
 */
export async function tellFollowers(sql: Sql, acted: Acted[], context: ApplyContext): Promise<void> {
  const led = acted.flatMap((one) => {
    const n = one.facts.findLastIndex(({ fact }) => newsOf(fact) !== null);
    return n < 0 ? [] : [{ one, number: one.row.eventCount + 1 + n, event: newsOf(one.facts[n]!.fact)! }];
  });
  if (led.length === 0) return;
  const followers = await followersOf(
    sql,
    led.map(({ one }) => one.row.id),
  );
  const told = led.flatMap(({ one, number, event }) =>
    followers
      .filter(({ leaderId }) => leaderId === one.row.id)
      .flatMap((follower) => notice(follower, `${one.row.id}:${number}`, event, one.state.status)),
  );
  await insertInternal(sql, told, context.now);
  context.nudges.converse ||= told.length > 0;
}

/**
 * Where the leading one is withdrawn by its own resident the others still want theirs: those that follow it directly are
 * opened again, at the beginning of their path. They are locked, their residents told, and what happened to them is
 * answered, to be written as any other act is: with its clock, on whom it lies, and what officers hear.
 */
export async function leftBehind(sql: Sql, acted: Acted[], context: ApplyContext): Promise<Acted[]> {
  const withdrawn = acted.flatMap(({ row, facts }) => {
    const cancelling = facts.find(({ fact }) => fact.kind === 'case_cancelled');
    return cancelling ? [{ id: row.id, asker: cancelling.request.asker }] : [];
  });
  if (withdrawn.length === 0) return [];
  const followers = (
    await followersOf(
      sql,
      withdrawn.map(({ id }) => id),
    )
  ).filter(({ isDirect }) => isDirect);
  const rows = await lockCases(
    sql,
    followers.map(({ code }) => code),
  );
  const opened = rows
    .filter(({ state }) => state.isMerged)
    .map((row) => ({ row, follower: followers.find(({ id }) => id === row.id)! }));
  const told = opened.flatMap(({ follower }) =>
    notice(follower, `left:${follower.leaderId}`, 'reopened', 'open'),
  );
  await insertInternal(sql, told, context.now);
  context.nudges.converse ||= told.length > 0;
  return opened.map(({ row, follower }) => {
    const step = nextStep(pathOf(context.services[row.service]), null);
    const fact: CaseFact = {
      kind: 'case_reopened',
      officer: null,
      data: { step, because: 'leader_withdrawn' },
    };
    const { asker } = withdrawn.find(({ id }) => id === follower.leaderId)!;
    const effect = { kind: 'act_on_case', code: row.code, act: 'reopen' } as const;
    return {
      row,
      state: fold(row.state, fact),
      facts: [{ fact, request: { asker, effect } }],
      mergedInto: null,
    };
  });
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
