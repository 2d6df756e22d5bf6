import { firstName } from '../core/firstName.js';
import { FOR_WHOM } from '../store/cases.js';
import { insertInternal } from '../store/inbound.js';
import type { Sql } from '../store/sql.js';
import type { ApplyContext } from './applier.js';

/**
 * Tells the resident once, in the conversation that the request came from, that a letter holds no more: the paper or the file
 * in their hands looks as it did. One that they never heard of (not sent, nor ready to be fetched) is no news. Why, is the
 * office's own note: it stands in the register, not in the chat.
 */
export async function tellLetterEnded(
  sql: Sql,
  letterId: string,
  how: 'withdrawn' | 'replaced',
  context: Pick<ApplyContext, 'now' | 'nudges'>,
): Promise<void> {
  const { rows } = await sql.query<{
    code: string;
    service: string;
    number: string;
    conversationId: string;
    residentId: string;
    forWhom: string | null;
  }>(
    `SELECT c.code, c.service, l.number, c.conversation_id AS "conversationId", c.resident_id AS "residentId",
       ${FOR_WHOM} AS "forWhom"
     FROM letters l JOIN cases c ON c.id = l.case_id
     WHERE l.id = $1 AND c.conversation_id IS NOT NULL AND (l.told_at IS NOT NULL OR EXISTS (
       SELECT FROM case_events e WHERE e.case_id = c.id AND e.kind = 'case_ready' AND e.at >= l.issued_at))`,
    [letterId],
  );
  const told = rows.map(({ conversationId, residentId, forWhom, ...letter }) => ({
    conversationId,
    externalId: `letter-ended:${letterId}`,
    flow: 'letter-ended',
    vars: {
      ...letter,
      how,
      // Several people may share the chat: it is this one's.
      whose: residentId,
      ...(forWhom === null ? {} : { helped: firstName(forWhom) }),
    },
  }));
  await insertInternal(sql, told, context.now);
  context.nudges.converse ||= told.length > 0;
}
