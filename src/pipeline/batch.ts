import type { ApplyContext } from '../effects/applier.js';
import {
  loadConversations,
  saveConversations,
  sendOnWaiting,
  type ConversationRow,
} from '../store/conversations.js';
import { loadWaiting, type WaitingRow } from '../store/inbound.js';
import { insertOutbound, type OutboundInsert } from '../store/outbound.js';
import { endSilentOfficerChats } from '../store/linkedOfficers.js';
import type { Sql } from '../store/sql.js';
import { closeAttachments, openAttachments } from './attachments.js';
import { hearBlocks, hearLostGroups, hearOwner, isHeard, isOfPerson, releaseHeld } from './hear.js';
import { readAgain } from './readAgain.js';
import { closeTalk, contentOf, openTalk, type HeardRow, type Surroundings, type Talk } from './talk.js';
import { applyWave, runWave, type WaveDeps } from './wave.js';

export interface BatchDeps extends WaveDeps {
  surroundings: Omit<Surroundings, 'now'>;
}

export interface BatchResult {
  /** Messages handled. */
  turns: number;
  /** Messages that are still waiting after this batch: with `onlyFirst`. */
  left: number;
}

export interface BatchOptions {
  /** One message of each conversation. */
  onlyFirst?: boolean;
  /** This message alone, though others wait before it. */
  only?: number;
  /** The sessions as they stand are at fault: they are neither read nor changed. */
  isBlank?: boolean;
  commit?: () => Promise<unknown>;
}

/**
 * Works off the waiting messages of locked conversations: folds them through the engine in waves (the first message of
 * each, then the second …), answers what the engine asks, applies what it wants, stores where everybody stands. All
 * within the caller's transaction. `trace` tells, after a throw, which messages were in hand.
 */
export async function workBatch(
  sql: Sql,
  ids: string[],
  given: BatchDeps,
  context: ApplyContext,
  trace: { seqs: number[] },
  options: BatchOptions = {},
): Promise<BatchResult> {
  const { sealer, now } = context;
  const deps = { ...given, engine: given.engine.pin?.() ?? given.engine };
  const around: Surroundings = { ...deps.surroundings, now };
  const [loaded, messages] = await Promise.all([loadConversations(sql, ids, now), loadWaiting(sql, ids)]);
  const rows = loaded.filter(({ mergedInto }) => mergedInto === null);
  const gone = loaded.filter(({ mergedInto }) => mergedInto !== null);
  if (gone.length > 0) {
    // Stored by somebody who did not know yet that another conversation goes on in its place.
    await sendOnWaiting(
      sql,
      gone.map(({ id }) => id),
    );
    context.nudges.converse = true;
  }
  const waiting = groupByConversation(foldEdits(messages));
  await around.villages.load(
    sql,
    rows.flatMap((row) => row.village?.id ?? []),
    now,
  );
  let left = 0;
  const talks: Talk[] = [];
  for (const row of rows) {
    const all = waiting.get(row.id) ?? [];
    const taken = pick(all, options);
    left += all.length - taken.length;
    trace.seqs = taken.slice(0, 1).map((message) => message.seq);
    if (taken.length === 0) continue;
    talks.push(openTalk(options.isBlank ? { ...row, session: {}, private: null } : row, taken, sealer));
  }
  // Before their turns: whoever writes there now is served as a resident, and told nothing of an officer.
  const silent = talks.flatMap(({ row }) => (row.hasSilentOfficer ? [row.addressId] : []));
  if (silent.length > 0) await endSilentOfficerChats(sql, silent, context);
  await openAttachments(sql, talks, context.newId, now);
  const said: OutboundInsert[] = [];
  for (let wave = nextWave(talks, options); wave.length > 0; wave = nextWave(talks, options)) {
    trace.seqs = wave.map((talk) => talk.current!.seq);
    await hearBlocks(sql, wave, now);
    await hearLostGroups(sql, wave, context);
    await hearOwner(sql, wave, now);
    const heard = wave.filter((talk) => isHeard(talk, deps.engine, now));
    await runWave(sql, heard, deps, around, context);
    said.push(...(await applyWave(sql, heard, deps, context)));
    await refresh(sql, heard, around);
  }
  await closeAttachments(sql, talks, context.nudges.send);
  await releaseHeld(sql, talks, context);
  const batch = {
    conversations: talks.map((talk) => ({
      ...closeTalk(talk, sealer),
      ...(options.isBlank ? kept(rows.find((row) => row.id === talk.row.id)!) : {}),
    })),
    handled: talks.flatMap((talk) => talk.handled),
    sealed: talks.flatMap((talk) => talk.sealed),
  };
  await Promise.all([
    say(sql, said, context),
    saveConversations(sql, batch, now),
    // Right behind them on the wire: nothing may be awaited in between.
    options.commit?.(),
  ]);
  return { turns: talks.reduce((sum, talk) => sum + talk.handled.length, 0), left };
}

function pick(all: HeardRow[], { onlyFirst, only }: BatchOptions): HeardRow[] {
  if (only !== undefined)
    return all.filter(({ seq, also }) => seq === only || also?.some((edit) => edit.seq === only));
  return onlyFirst ? all.slice(0, 1) : all;
}

/** The session as it was. */
function kept(row: ConversationRow): { session: string; private: string | null } {
  return { session: JSON.stringify(row.session), private: row.private };
}

async function say(sql: Sql, said: OutboundInsert[], context: ApplyContext): Promise<void> {
  for (const { lineId } of said) context.nudges.send.add(lineId);
  if (said.length > 0) await insertOutbound(sql, said, context.now);
}

function groupByConversation(rows: HeardRow[]): Map<string, HeardRow[]> {
  const groups = new Map<string, HeardRow[]>();
  for (const row of rows) {
    const group = groups.get(row.conversationId);
    if (group) group.push(row);
    else groups.set(row.conversationId, [row]);
  }
  return groups;
}

/** A message edited before it was heard is heard as edited. What is left of an edit is nothing: handled with it. */
function foldEdits(rows: WaitingRow[]): HeardRow[] {
  const heard: HeardRow[] = [];
  for (const row of rows) {
    const edit = row.kind === 'edit' ? contentOf(row) : null;
    const original =
      edit?.kind === 'edit'
        ? heard.find(
            (r) =>
              r.conversationId === row.conversationId &&
              r.externalId === edit.externalId &&
              r.kind === 'text',
          )
        : undefined;
    if (!original || edit?.kind !== 'edit') {
      heard.push(row);
      continue;
    }
    original.first ??= original.body;
    original.body = { kind: 'text', text: edit.text };
    original.also = [...(original.also ?? []), row];
  }
  return heard;
}

/** Moves each conversation on to its next message; answers those that have one. */
function nextWave(talks: Talk[], { only }: BatchOptions): Talk[] {
  return talks.filter((talk) => {
    const current = talk.waiting.shift();
    talk.current = current ?? null;
    if (!current) return false;
    talk.handled.push(current.seq, ...(current.also ?? []).map(({ seq }) => seq));
    if (isOfPerson(current.kind)) talk.lastInboundAt = current.receivedAt;
    if (only !== undefined) return true;
    delete talk.note.p;
    delete talk.note.w;
    return true;
  });
}

/** Where more messages follow, what is known of the person is read again: the turn may have changed it. */
async function refresh(sql: Sql, wave: Talk[], around: Surroundings): Promise<void> {
  for (const talk of wave) talk.effects = [];
  await readAgain(
    sql,
    wave.filter((talk) => talk.waiting.length > 0),
    around,
  );
}
