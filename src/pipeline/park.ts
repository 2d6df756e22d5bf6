import type { Logger } from 'pino';
import type { ApplyContext, EffectRequest } from '../effects/applier.js';
import { loadConversations, saveConversations } from '../store/conversations.js';
import { parkInbound } from '../store/inbound.js';
import type { Sql } from '../store/sql.js';
import { applyEffects } from './answer.js';
import type { BatchDeps } from './batch.js';
import { askerOf, closeTalk, contextOf, openTalk, type RoadNote, type Talk } from './talk.js';

/**
 * Gives up on a message that failed again and again: it stays for a person to read, the writer gets an apology, the
 * officers are told and an incident is opened. Where the message before was given up on as well, the session itself is
 * the fault, and is begun anew. Runs in a transaction that holds the conversation.
 */
export async function parkMessage(
  sql: Sql,
  failed: { conversation: string; seq: number; error: string },
  deps: BatchDeps,
  context: ApplyContext,
  log: Logger,
): Promise<void> {
  await parkInbound(sql, failed.seq, failed.error, context.now);
  const [row] = await loadConversations(sql, [failed.conversation], context.now);
  if (!row) return;
  const around = { ...deps.surroundings, now: context.now };
  const village = row.village?.id;
  if (village) await around.villages.load(sql, [village], context.now);
  let talk: Talk;
  try {
    talk = openTalk(row, [], context.sealer);
    if (talk.note.p) talk.session = {};
  } catch {
    // Its private answers cannot be opened: nothing of the session can be trusted.
    talk = openTalk({ ...row, session: {}, private: null }, [], context.sealer);
  }
  talk.note.p = 1;
  await saveConversations(
    sql,
    { conversations: [closeTalk(talk, context.sealer)], handled: [], sealed: [] },
    context.now,
  );
  await sql.query('SAVEPOINT telling');
  try {
    const asker = askerOf(talk);
    const effects: EffectRequest[] = [
      { asker, effect: { kind: 'send_message', message: deps.engine.apology(contextOf(talk, around)) } },
      { asker, effect: { kind: 'hand_over', reason: 'error' } },
      {
        asker,
        effect: {
          kind: 'raise_incident',
          incident: 'conversation_parked',
          detail: { message: failed.seq, error: failed.error },
        },
      },
    ];
    await applyEffects(sql, effects, deps.appliers, context);
  } catch (cause) {
    await sql.query('ROLLBACK TO SAVEPOINT telling');
    log.error({ conversation: row.id, err: cause }, 'nobody could be told of a message that was given up on');
  }
}

/** Tells the person, once, that a message is kept and has to wait. Runs in a transaction that holds the conversation. */
export async function tellOfWait(
  sql: Sql,
  conversation: string,
  deps: BatchDeps,
  context: ApplyContext,
): Promise<void> {
  const [row] = await loadConversations(sql, [conversation], context.now);
  const note = (row?.session as { '~'?: RoadNote } | undefined)?.['~'];
  if (!row || note?.w) return;
  const talk = openTalk({ ...row, private: null }, [], context.sealer);
  talk.note.w = 1;
  await saveConversations(
    sql,
    {
      conversations: [{ ...closeTalk(talk, context.sealer), private: row.private }],
      handled: [],
      sealed: [],
    },
    context.now,
  );
  const around = { ...deps.surroundings, now: context.now };
  if (row.village) await around.villages.load(sql, [row.village.id], context.now);
  const message = deps.engine.patience(contextOf(talk, around));
  await applyEffects(
    sql,
    [{ asker: askerOf(talk), effect: { kind: 'send_message', message } }],
    deps.appliers,
    context,
  );
}
