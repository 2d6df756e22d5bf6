import { maskIdentityNumbers, storable } from '../core/identityNumbers.js';
import { insertAudit } from '../store/audit.js';
import { closeLetter } from '../store/letters/state.js';
import type { Sql } from '../store/sql.js';
import type { ApplyContext } from './applier.js';

/** Who ends a letter, from where (`console`, `telegram`), and why. */
export interface LetterEnd {
  state: 'withdrawn' | 'replaced';
  officerId: string;
  from: string;
  reason: string;
}

/**
 * A letter holds no more, and the log says by whom: its page says so from now on, its number is never given again. In a
 * transaction that holds the lock of its case. The letter that comes in its place is written after it, since a case has one
 * that holds.
 */
export async function endLetter(
  sql: Sql,
  letter: { id: string; code: string; number: string },
  { state, officerId, from, reason: said }: LetterEnd,
  context: Pick<ApplyContext, 'newId' | 'now'>,
): Promise<void> {
  const reason = maskIdentityNumbers(storable(said)).text.trim().slice(0, 300);
  await closeLetter(sql, { id: letter.id, state, officerId, reason, replacedBy: null }, context.now);
  await insertAudit(
    sql,
    [
      {
        officerId,
        action: `letter_${state}`,
        subjectKind: 'letter',
        subjectId: letter.id,
        data: { code: letter.code, number: letter.number, from },
      },
    ],
    context.newId,
    context.now,
  );
}
