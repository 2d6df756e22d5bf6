import { setTimeout as sleep } from 'node:timers/promises';
import type { Channel } from '../channels/channel.js';
import { SendError } from '../core/errors.js';
import {
  holdConversation,
  lockForHold,
  notReached,
  releaseConversation,
  setTemplateAt,
  type HoldView,
} from '../store/heldChats.js';
import { noteTemplate } from '../store/sentMessages.js';
import { retryOutbound, type TakenRow } from '../store/outbound.js';
import { inTransaction } from '../store/sql.js';
import { isConnectionFault } from './faults.js';
import type { LineDeps } from './send.js';

const HOUR_MS = 3_600_000;
/** A database that is started anew is back within some minutes. */
const WRITE_TRIES = 300;
const WRITE_AGAIN_MS = 1_000;

/** Whether it is known beforehand that the platform takes only a template: the person wrote too long ago. */
export function isWindowClosed(
  lastInboundAt: Date | null,
  { limits }: Pick<Channel, 'limits'>,
  now: Date,
): boolean {
  if (limits.windowHours === undefined || lastInboundAt === null) return false;
  return now.getTime() - lastInboundAt.getTime() > limits.windowHours * HOUR_MS;
}

/**
 * Only an approved template may go to this person now. The conversation is held until they write; the template that
 * tells of news goes once, where they agreed to it. `isSure`: the platform itself said so. Answers null once all is
 * written down, or the passing failure of the template that is to be settled like one of the message.
 *
 * That the template is sent is written down before the call, like every send: after a crash it counts as sent.
 */
export async function holdForTemplate(
  row: TakenRow,
  reason: string,
  isSure: boolean,
  channel: Channel,
  deps: LineDeps,
): Promise<SendError | null> {
  const { lineId } = channel;
  const fields = { line: lineId, message: row.seq };
  const plan = await inTransaction(deps.pool, async (sql) => {
    const chat = await lockForHold(sql, row.conversationId);
    if (!chat) return null;
    const again = () => retryOutbound(sql, row, { notBefore: null, error: reason });
    if (chat.heldSince !== null || hasWritten(row, chat, isSure, channel, deps.now())) {
      await again();
      return null;
    }
    await holdConversation(sql, row.conversationId, deps.now());
    if (chat.mayBeTold) {
      await setTemplateAt(sql, row.seq, deps.now());
      return chat;
    }
    deps.log.warn(fields, 'news wait for a person who did not agree to be written to');
    await again();
    await deps.raiseIncidents(sql, [
      notReached({ ...chat, conversationId: row.conversationId, lineId }, 'no_consent'),
    ]);
    return null;
  });
  return plan && (await sendTemplate(row, reason, plan, channel, deps));
}

async function sendTemplate(
  row: TakenRow,
  reason: string,
  chat: HoldView,
  channel: Channel,
  deps: LineDeps,
): Promise<SendError | null> {
  const { pool, log } = deps;
  const { lineId } = channel;
  const fields = { line: lineId, message: row.seq };
  const wait = { notBefore: null, error: reason };
  let externalIds: string[];
  try {
    const how = { asTemplate: { language: chat.language } };
    ({ externalIds } = await channel.send(row.chatId, row.message, deps.media, how));
  } catch (cause) {
    const error =
      cause instanceof SendError ? cause : new SendError('unknown', (cause as Error).message, { cause });
    if (error.failure === 'unknown') {
      // It may have gone out: nobody gets it twice.
      log.warn({ ...fields, err: error }, 'nobody knows whether a template went out');
      await untilWritten(() => retryOutbound(pool, row, wait));
      return null;
    }
    const isPassing = error.failure !== 'permanent' && error.failure !== 'needs_template';
    await untilWritten(() =>
      inTransaction(pool, async (sql) => {
        await setTemplateAt(sql, row.seq, null);
        if (isPassing) return await releaseConversation(sql, row.conversationId);
        await retryOutbound(sql, row, wait);
        await deps.raiseIncidents(sql, [
          notReached({ ...chat, conversationId: row.conversationId, lineId }, 'no_template'),
        ]);
      }),
    );
    if (isPassing) return error;
    log.error({ ...fields, err: error }, 'the template that tells of news is refused; what waits is held');
    return null;
  }
  log.info(fields, 'a person was told by a template that news wait');
  await untilWritten(() =>
    inTransaction(pool, async (sql) => {
      if (channel.limits.reports) await noteTemplate(sql, { lineId, seq: row.seq, externalIds }, deps.now());
      await retryOutbound(sql, row, wait);
    }),
  );
  return null;
}

/** What became of a template is known here alone: tried again from its beginning, it would be taken to have gone out. */
async function untilWritten(write: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await write();
      return;
    } catch (cause) {
      if (!isConnectionFault(cause) || tries >= WRITE_TRIES) throw cause;
      await sleep(WRITE_AGAIN_MS, undefined, { ref: false });
    }
  }
}

/** The platform refused the template after it had taken it. */
export async function settleLateTemplate(
  row: TakenRow,
  error: SendError,
  lineId: string,
  deps: LineDeps,
): Promise<void> {
  deps.log.error({ line: lineId, message: row.seq, err: error }, 'a template did not reach its person');
  await inTransaction(deps.pool, async (sql) => {
    const chat = await lockForHold(sql, row.conversationId);
    if (chat === null || chat.heldSince === null) return;
    await setTemplateAt(sql, row.seq, null);
    await deps.raiseIncidents(sql, [
      notReached({ ...chat, conversationId: row.conversationId, lineId }, 'no_template'),
    ]);
  });
}

/** The person wrote while we tried: the platform takes anything again. */
function hasWritten(
  row: TakenRow,
  { lastInboundAt }: HoldView,
  isSure: boolean,
  channel: Channel,
  now: Date,
): boolean {
  if (lastInboundAt === null) return false;
  return isSure ? lastInboundAt > row.begunAt : !isWindowClosed(lastInboundAt, channel, now);
}
