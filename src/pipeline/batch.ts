import type { ApplyContext } from '../effects/applier.js';
import { loadConversations, saveConversations } from '../store/conversations.js';
import { loadWaiting, type WaitingRow } from '../store/inbound.js';
import { insertOutbound, type OutboundInsert } from '../store/outbound.js';
import type { Sql } from '../store/sql.js';
import { closeAttachments, openAttachments } from './attachments.js';
import { hearBlocks, isHeard } from './hear.js';
import { readAgain } from './readAgain.js';
import { closeTalk, contentOf, openTalk, type Surroundings, type Talk } from './talk.js';
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

/**
 * Works off the waiting messages of locked conversations: folds them through the engine in waves (the first message of
 * each, then the second …), answers what the engine asks, applies what it wants, stores where everybody stands. All
 * within the caller's transaction. `trace` tells, after a throw, which messages were in hand.
 */
export async function workBatch(
  sql: Sql,
  ids: string[],
  deps: BatchDeps,
  context: ApplyContext,
  trace: { seqs: number[] },
  options: { onlyFirst?: boolean; commit?: () => Promise<unknown> } = {},
): Promise<BatchResult> {
  const { sealer, now } = context;
  const around: Surroundings = { ...deps.surroundings, now };
  const [rows, messages] = await Promise.all([loadConversations(sql, ids), loadWaiting(sql, ids)]);
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
    const given = options.onlyFirst ? all.slice(0, 1) : all;
    left += all.length - given.length;
    trace.seqs = given.slice(0, 1).map((message) => message.seq);
    if (given.length > 0) talks.push(openTalk(row, given, sealer));
  }
  await openAttachments(sql, talks, context.newId, now);
  const said: OutboundInsert[] = [];
  for (let wave = nextWave(talks); wave.length > 0; wave = nextWave(talks)) {
    trace.seqs = wave.map((talk) => talk.current!.seq);
    await hearBlocks(sql, wave, now);
    const heard = wave.filter((talk) => isHeard(talk, deps.engine, now));
    await runWave(sql, heard, deps, around, context);
    said.push(...(await applyWave(sql, heard, deps, context)));
    await refresh(sql, heard, around);
  }
  await closeAttachments(sql, talks, context.nudges.send);
  const batch = {
    conversations: talks.map((talk) => closeTalk(talk, sealer)),
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

async function say(sql: Sql, said: OutboundInsert[], context: ApplyContext): Promise<void> {
  for (const { lineId } of said) context.nudges.send.add(lineId);
  if (said.length > 0) await insertOutbound(sql, said, context.now);
}

function groupByConversation(rows: WaitingRow[]): Map<string, WaitingRow[]> {
  const groups = new Map<string, WaitingRow[]>();
  for (const row of rows) {
    const group = groups.get(row.conversationId);
    if (group) group.push(row);
    else groups.set(row.conversationId, [row]);
  }
  return groups;
}

/** A message edited before it was heard is heard as edited. What is left of an edit is nothing: handled with it. */
function foldEdits(rows: WaitingRow[]): (WaitingRow & { also?: number[] })[] {
  const heard: (WaitingRow & { also?: number[] })[] = [];
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
    original.body = { kind: 'text', text: edit.text };
    original.also = [...(original.also ?? []), row.seq];
  }
  return heard;
}

/** Moves each conversation on to its next message; answers those that have one. */
function nextWave(talks: Talk[]): Talk[] {
  return talks.filter((talk) => {
    const current = talk.waiting.shift() as (WaitingRow & { also?: number[] }) | undefined;
    talk.current = current ?? null;
    if (!current) return false;
    talk.handled.push(current.seq, ...(current.also ?? []));
    if (current.kind !== 'internal') talk.lastInboundAt = current.receivedAt;
    delete talk.note.p;
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
