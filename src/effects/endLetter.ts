import { maskIdentityNumbers, storable } from '../core/identityNumbers.js';
import { insertAudit } from '../store/audit.js';
import { closeLetter } from '../store/letters/state.js';
import type { Sql } from '../store/sql.js';
import type { ApplyContext } from './applier.js';
import { tellLetterEnded } from './tellLetterEnded.js';

/** Who ends a letter, from where (`console`, `telegram`), and why. */
export interface LetterEnd {
  state: 'withdrawn' | 'replaced';
  officerId: string;
  from: string;
  reason: string;
  /** Another comes in its place, now or once it is signed: its resident reads so. */
  isReplaced: boolean;
}

/**
 * A letter holds no more; its resident hears so, and the log says by whom: its page says so from now on, its number is never given again. In a
 * transaction that holds the lock of its case. The letter that comes in its place is written after it, since a case has one
 * that holds.
 */
export async function endLetter(
  sql: Sql,
  letter: { id: string; code: string; number: string },
  { state, officerId, from, reason: said, isReplaced }: LetterEnd,
  context: Pick<ApplyContext, 'newId' | 'now' | 'nudges'>,
): Promise<void> {
  const reason = maskIdentityNumbers(storable(said)).text.trim().slice(0, 300);
  await closeLetter(sql, { id: letter.id, state, officerId, reason, replacedBy: null }, context.now);
  await tellLetterEnded(sql, letter.id, isReplaced ? 'replaced' : 'withdrawn', context);
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
