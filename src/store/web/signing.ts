import type { Asker } from '../../core/asker.js';
import { firstName } from '../../core/firstName.js';
import type { LookUpContext } from '../lookUps/answerer.js';
import { readCases } from '../lookUps/caseRows.js';
import { officerWaiting } from '../lookUps/officerWaiting.js';
import type { Sql } from '../sql.js';

/** A letter that waits for the officer's signature. */
export interface LetterToSign {
  code: string;
  /** Its service's title. */
  title: string;
  /** First name. */
  resident: string | null;
  dueAt: Date | null;
}

/** What waits for the signature of the officer who asks, oldest first (at most 100), and how their village signs. */
export async function lettersToSign(
  sql: Sql,
  asker: Asker,
  context: LookUpContext,
): Promise<{ letters: LetterToSign[]; way: 'wet' | 'electronic' | null }> {
  const [waiting] = await officerWaiting(sql, [{ asker, args: { step: 'sign' } }], context);
  const { codes, way } = waiting!;
  const rows = new Map((await readCases(sql, { codes })).map((row) => [row.code, row]));
  return {
    letters: codes.flatMap((code) => {
      const row = rows.get(code);
      return row
        ? [
            {
              code,
              title: context.services[row.service]?.title ?? row.service,
              resident: firstName(row.residentName),
              dueAt: row.dueAt,
            },
          ]
        : [];
    }),
    way,
  };
}
