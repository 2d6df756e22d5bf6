import type { Channel } from '../channels/channel.js';
import type { SendError } from '../core/errors.js';
import { setBlocked } from '../store/conversations.js';
import type { IncidentInsert } from '../store/incidents.js';
import { restLine, setLineState } from '../store/lines.js';
import { followSent } from '../store/movedChats.js';
import { notificationFailed } from '../store/notifications.js';
import { closeOutbound, failWaiting, restChat, retryOutbound, type TakenRow } from '../store/outbound.js';
import { inTransaction, type Sql } from '../store/sql.js';
import { holdForTemplate } from './hold.js';
import type { LineDeps } from './send.js';

export type RaiseIncidents = (sql: Sql, incidents: IncidentInsert[]) => Promise<void>;

/** What rests because of a failure, in ms from now; 0: may go on at once. */
export interface Rest {
  lineMs?: number;
  chatMs?: number;
  /** The platform refuses the account: the line counts as down until something works again. */
  isRefused?: true;
  /** The row stays in hand: whether it went out is looked up. */
  isLookedUp?: true;
}

const DEFAULT_WAIT_SECONDS = 5;
/** A line that sent something within so long works. */
const WORKING_MS = 3_600_000;
/** So many times as long a message is tried on a line on which nothing else goes out. */
const GIVE_UP_ANYWAY = 7;

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
  // Time in which the line could not work is not the message's fault.
  const triedMs = now.getTime() - Math.max(row.createdAt.getTime(), deps.upSince().getTime());
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
      if (triedMs > limits.giveUpMs) return await giveUp();
      counters.sendRetries += 1;
      await retryOutbound(pool, row, { notBefore: null, error: reason });
      await restChat(pool, row.conversationId, later(waitMs));
      return { chatMs: waitMs };
    case 'retry': {
      const retryMs = Math.max(limits.retryMs(row.attempts), (error.retryAfter ?? 0) * 1_000);
      if (triedMs > (isWorking() ? 1 : GIVE_UP_ANYWAY) * limits.giveUpMs) return await giveUp();
      log.warn({ ...fields, retryMs }, 'a message could not be sent; again later');
      counters.sendRetries += 1;
      await retryOutbound(pool, row, { notBefore: later(retryMs), error: reason });
      return { chatMs: retryMs };
    }
    case 'moved':
      if (error.movedTo === undefined) return await giveUp();
      await inTransaction(pool, async (sql) => {
        await followSent(sql, row.conversationId, error.movedTo!);
        await retryOutbound(sql, row, { notBefore: null, error: reason });
      });
      return {};
    case 'blocked':
      log.info(fields, 'the person blocked us; what waits for them is given up');
      await inTransaction(pool, async (sql) => {
        await setBlocked(sql, [row.addressId], now);
        // By itself: it goes along where its conversation was merged into another meanwhile.
        await closeOutbound(sql, row, 'failed', reason);
        counters.sendFailures += 1 + (await failWaiting(sql, row.conversationId, reason));
        await deps.raiseIncidents(sql, await notificationFailed(sql, row.conversationId, now));
        if (row.isGroup) await deps.groupLost?.(sql, row.conversationId);
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
      return { lineMs: limits.lineDownMs, isRefused: true };
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
      if (channel.limits.unknownOutcome === 'look' && channel.findSent) {
        log.warn(fields, 'nobody knows whether a message went out; the chat is looked into');
        return { isLookedUp: true };
      }
      await leaveUnknown(row, reason, lineId, deps);
      return {};
    case 'needs_template': {
      const passing = await holdForTemplate(row, reason, true, channel, deps);
      return passing ? await settleFailure(row, passing, channel, deps) : {};
    }
    case 'permanent':
      return await giveUp();
    default:
      return error.failure satisfies never;
  }

  /** Others go out, so that it is the message itself: where the network is away, nothing of a line does. */
  function isWorking(): boolean {
    const at = deps.workedAt();
    return at !== null && now.getTime() - at.getTime() < WORKING_MS;
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

/** Nobody knows whether it went out, nor can find out: it is left, and a person alerted. */
export async function leaveUnknown(
  row: TakenRow,
  reason: string,
  lineId: string,
  { pool, log, counters, raiseIncidents }: LineDeps,
): Promise<void> {
  log.error({ line: lineId, message: row.seq }, 'nobody knows whether a message went out; it is left');
  counters.sendUnknown += 1;
  const { conversationId } = row;
  await inTransaction(pool, async (sql) => {
    await closeOutbound(sql, row, 'unknown', reason);
    await raiseIncidents(sql, [
      { kind: 'outcome_unknown', lineId, conversationId, detail: { message: row.seq } },
    ]);
  });
}
