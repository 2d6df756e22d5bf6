import type { SealedTo } from '../core/complaints.js';
import { SEALED_TO, sealedToOf, shownName } from './cases.js';
import type { SealedColumns } from './cases.js';
import type { Sql } from './sql.js';

/** A case as whoever writes to its resident finds it. */
export interface ChatOfCase {
  id: string;
  code: string;
  villageId: string;
  service: string;
  isConfidential: boolean;
  sealedTo: SealedTo | null;
  residentId: string;
  residentName: string | null;
  /** Who has the word there now; null without a chat. */
  presentId: string | null;
  /** null: asked for at the counter, without a chat. */
  conversationId: string | null;
}

/** The cases of these codes with the conversation that each came from. Nothing is locked: what is said changes no case. */
export async function chatsOfCases(sql: Sql, codes: string[]): Promise<Map<string, ChatOfCase>> {
  const { rows } = await sql.query<Omit<ChatOfCase, 'sealedTo'> & SealedColumns>(
    `SELECT c.id, c.code, c.village_id AS "villageId", c.service, c.is_confidential AS "isConfidential",
       c.resident_id AS "residentId", ${shownName('c', 'r')} AS "residentName", a.resident_id AS "presentId", c.conversation_id AS "conversationId", ${SEALED_TO}
     FROM cases c JOIN residents r ON r.id = c.resident_id
       LEFT JOIN conversations k ON k.id = c.conversation_id LEFT JOIN addresses a ON a.id = k.address_id
     WHERE c.code = ANY ($1::text[])`,
    [codes],
  );
  return new Map(
    rows.map(({ receiverRole, receiverIds, ...row }) => [
      row.code,
      { ...row, sealedTo: sealedToOf({ receiverRole, receiverIds }) },
    ]),
  );
}
