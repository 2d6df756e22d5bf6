import { readCode } from '../../core/code.js';
import { mayBeSeen } from '../../core/history.js';
import { letterFileName } from '../../core/letter.js';
import type { LetterSeen } from '../../core/lookup.js';
import type { LookUpAnswerer } from './answerer.js';

const NONE: LetterSeen = {
  found: false,
  hidden: false,
  document: null,
  file_name: null,
  number: null,
  service: null,
};

/** The letter that stands for a case of the asker's own. One on paper is fetched at the office: the chat has none of it. */
export const myLetter: LookUpAnswerer<'my_letter'> = async (sql, requests) => {
  const codes = requests.map(({ args }) => {
    const read = readCode(args.code);
    return read.kind === 'case' ? read.code : null;
  });
  const { rows } = await sql.query<{
    code: string;
    service: string;
    residentId: string;
    conversationId: string | null;
    isUnproven: boolean;
    openedAt: Date;
    title: string;
    number: string;
    document: string;
  }>(
    `SELECT c.code, c.service, c.resident_id AS "residentId", c.conversation_id AS "conversationId",
       c.is_unproven AS "isUnproven", c.opened_at AS "openedAt", l.title, l.number, l.attachment_id AS document
     FROM cases c JOIN letters l ON l.case_id = c.id AND l.state = 'issued' AND l.way = 'electronic' AND l.made_at IS NOT NULL
     WHERE c.code = ANY ($1::text[])`,
    [codes.flatMap((code) => code ?? [])],
  );
  return requests.map(({ asker }, n): LetterSeen => {
    const row = rows.find(({ code }) => code === codes[n]);
    if (!row || row.residentId !== asker.residentId) return NONE;
    if (!mayBeSeen(asker, { ...row, at: row.openedAt })) return { ...NONE, hidden: true };
    const { document, number, service } = row;
    return { found: true, hidden: false, document, file_name: letterFileName(row), number, service };
  });
};
