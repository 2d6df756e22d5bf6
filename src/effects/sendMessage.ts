import { insertOutbound } from '../store/outbound.js';
import type { Applier } from './applier.js';

/** Puts messages into the outbox, in the order they were said. One without a conversation has nowhere to go. */
export const sendMessage: Applier<'send_message'> = async (sql, requests, context) => {
  const rows = requests.flatMap(({ asker, effect }) =>
    asker.conversationId === null || asker.lineId === null
      ? []
      : [{ conversationId: asker.conversationId, lineId: asker.lineId, message: effect.message }],
  );
  if (rows.length > 0) await insertOutbound(sql, rows, context.now);
  for (const row of rows) context.nudges.send.add(row.lineId);
  return requests.map(() => null);
};
