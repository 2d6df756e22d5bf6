import type { Content } from '../core/content.js';
import type { Outgoing } from '../core/outgoing.js';
import type { SimulatedRecord } from '../core/simulator.js';
import type { Sql } from './sql.js';

interface Row {
  id: string;
  at: Date;
  content: Content | null;
  message: Outgoing | null;
}

/**
 * The latest `limit` messages of a chat, both sides, oldest first: what a phone of the simulator showed. `asItLeft`: a
 * message as its row holds it, as it was sent.
 */
export async function simulatorHistory(
  sql: Sql,
  lineId: string,
  chatId: string,
  limit: number,
  asItLeft: (message: Outgoing) => Outgoing = (message) => message,
): Promise<SimulatedRecord[]> {
  const { rows } = await sql.query<Row>(
    `SELECT * FROM (
       SELECT i.external_id AS id, i.received_at AS at, i.body AS content, NULL::jsonb AS message, i.seq, 0 AS side
       FROM inbound_messages i JOIN conversations c ON c.id = i.conversation_id
       WHERE c.line_id = $1 AND c.chat_id = $2 AND i.kind <> 'internal' AND i.sealed_body IS NULL
       UNION ALL
       SELECT o.external_ids[1], o.sent_at, NULL, o.body, o.seq, 1
       FROM outbound_messages o JOIN conversations c ON c.id = o.conversation_id
       WHERE c.line_id = $1 AND c.chat_id = $2 AND o.state = 'sent' AND o.sent_at IS NOT NULL
         AND array_length(o.external_ids, 1) > 0
       ORDER BY at DESC, side DESC, seq DESC LIMIT $3
     ) latest ORDER BY at, side, seq`,
    [lineId, chatId, limit],
  );
  return rows.flatMap(({ id, at, content, message }): SimulatedRecord[] => {
    if (message) return [{ from: 'office', id, at, message: asItLeft(message) }];
    return content ? [{ from: 'person', id, at, content }] : [];
  });
}
