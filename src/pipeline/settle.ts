import type { Channel } from '../channels/channel.js';
import type { SendError } from '../core/errors.js';
import { moveChat, setBlocked } from '../store/conversations.js';
import type { IncidentInsert } from '../store/incidents.js';
import { restLine, setLineState } from '../store/lines.js';
import { notificationFailed } from '../store/notifications.js';
import { closeOutbound, failWaiting, restChat, retryOutbound, type TakenRow } from '../store/outbound.js';
import { inTransaction, type Sql } from '../store/sql.js';
import type { LineDeps } from './send.js';

export type RaiseIncidents = (sql: Sql, incidents: IncidentInsert[]) => Promise<void>;

/** What rests because of a failure, in ms from now; 0: may go on at once. */
export interface Rest {
  lineMs?: number;
  chatMs?: number;
}

const DEFAULT_WAIT_SECONDS = 5;

/** Writes down what follows from a failed send. The error itself says what: never which channel it was. */
export async function settleFailure(
  row: TakenRow,
  error: SendError,
  channel: Channel,
  deps: LineDeps,
): Promise<Rest> {
  const { pool, log, counters, limits } = deps;
  const { lineId } = channel;
  const now = deps.now();
  const fields = { line: lineId, message: row.seq, failure: error.failure, attempts: row.attempts };
  const reason = `${error.failure}: ${error.message}`;
  const waitMs = (error.retryAfter ?? DEFAULT_WAIT_SECONDS) * 1_000;
  const later = (ms: number) => new Date(now.getTime() + ms);
  switch (error.failure) {
    case 'throttled':
      log.warn({ ...fields, waitMs }, 'the platform wants this line to be slower');
      counters.sendRetries += 1;
      await retryOutbound(pool, row, { notBefore: null, error: reason });
      await restLine(pool, lineId, later(waitMs));
      return { lineMs: waitMs };
    case 'delayed':
      counters.sendRetries += 1;
      await retryOutbound(pool, row, { notBefore: null, error: reason });
      await restChat(pool, row.conversationId, later(waitMs));
      return { chatMs: waitMs };
    case 'retry': {
      const retryMs = Math.max(limits.retryMs(row.attempts), (error.retryAfter ?? 0) * 1_000);
      if (now.getTime() - row.createdAt.getTime() > limits.giveUpMs) return await giveUp();
      log.warn({ ...fields, retryMs }, 'a message could not be sent; again later');
      counters.sendRetries += 1;
      await retryOutbound(pool, row, { notBefore: later(retryMs), error: reason });
      return { chatMs: retryMs };
    }
    case 'moved':
      if (error.movedTo === undefined) return await giveUp();
      await inTransaction(pool, async (sql) => {
        await moveChat(sql, row.conversationId, error.movedTo!);
        await retryOutbound(sql, row, { notBefore: null, error: reason });
      });
      return {};
    case 'blocked':
      log.info(fields, 'the person blocked us; what waits for them is given up');
      await inTransaction(pool, async (sql) => {
        await setBlocked(sql, [row.addressId], now);
        counters.sendFailures += await failWaiting(sql, row.conversationId, reason);
        await deps.raiseIncidents(sql, await notificationFailed(sql, row.conversationId, now));
      });
      return {};
    case 'line_down':
      log.error({ ...fields, err: error }, 'the platform refuses this line');
      await inTransaction(pool, async (sql) => {
        await retryOutbound(sql, row, { notBefore: null, error: reason });
        await setLineState(sql, lineId, 'down', error.message, now);
        await deps.raiseIncidents(sql, [
          { kind: 'line_down', lineId, detail: { line: lineId, reason: error.message } },
        ]);
      });
      return { lineMs: limits.lineDownMs };
    case 'unknown':
      if (channel.limits.unknownOutcome === 'resend_flagged' && !row.isRepeat) {
        log.warn(fields, 'nobody knows whether a message went out; it is sent once more, flagged');
        await retryOutbound(pool, row, {
          notBefore: later(limits.retryMs(1)),
          error: reason,
          isRepeat: true,
        });
        return { chatMs: limits.retryMs(1) };
      }
      log.error(fields, 'nobody knows whether a message went out; it is left');
      counters.sendUnknown += 1;
      await inTransaction(pool, async (sql) => {
        await closeOutbound(sql, row, 'unknown', reason);
        await deps.raiseIncidents(sql, [
          {
            kind: 'outcome_unknown',
            lineId,
            conversationId: row.conversationId,
            detail: { message: row.seq },
          },
        ]);
      });
      return {};
    case 'permanent':
    case 'needs_template':
      return await giveUp();
    default:
      return error.failure satisfies never;
  }

  async function giveUp(): Promise<Rest> {
    log.error({ ...fields, err: error }, 'a message is given up on');
    counters.sendFailures += 1;
    await inTransaction(pool, async (sql) => {
      await closeOutbound(sql, row, 'failed', reason);
      await deps.raiseIncidents(sql, await notificationFailed(sql, row.conversationId, now));
    });
    return {};
  }
}
