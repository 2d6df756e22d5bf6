import type { ApplyContext } from '../effects/applier.js';
import { groupsLost } from '../effects/groupNotices.js';
import { setBlocked } from '../store/conversations.js';
import { endNotReached } from '../store/heldChats.js';
import { setOwnerWords } from '../store/ownerWords.js';
import { tellAgain } from '../store/notifications.js';
import type { Sql } from '../store/sql.js';
import { markRepeat, repeatable, SILENCE_MS } from './automatic.js';
import type { Engine } from './engine.js';
import { contentOf, type Talk } from './talk.js';

/** Blocking and letting write again is written to the address. Whoever writes has not blocked us. */
export async function hearBlocks(sql: Sql, wave: Talk[], now: Date): Promise<void> {
  const blocked = wave.filter((t) => t.current!.kind === 'blocked').map((t) => t.row.addressId);
  const unblocked = wave
    .filter(
      (t) => t.row.blockedAt !== null && (isOfPerson(t.current!.kind) || t.current!.kind === 'unblocked'),
    )
    .map((t) => t.row.addressId);
  if (blocked.length > 0) await setBlocked(sql, blocked, now);
  if (unblocked.length > 0) {
    await setBlocked(sql, unblocked, null);
    await tellAgain(sql, unblocked, now);
  }
  // The next message of the same batch goes by it.
  for (const talk of wave)
    if (blocked.includes(talk.row.addressId)) talk.row.blockedAt = now;
    else if (unblocked.includes(talk.row.addressId)) talk.row.blockedAt = null;
}

/** An office's group that put us out gets no more notices, and its officers hear of it. */
export async function hearLostGroups(sql: Sql, wave: Talk[], context: ApplyContext): Promise<void> {
  const lost = wave.filter((talk) => talk.row.isGroup && talk.current!.kind === 'blocked');
  if (lost.length === 0) return;
  const ids = lost.map((talk) => talk.row.id);
  context.nudges.notify ||= (await groupsLost(sql, ids, context.newId, context.now)) > 0;
}

/** For so long nothing is answered where the phone's owner wrote by hand: a working day; the next morning we are back. */
export const OWNER_PAUSE_MS = 12 * 60 * 60 * 1000;

/** Who has the word in the chats of a phone is its owner's to say, and which of them are none of ours. */
export async function hearOwner(sql: Sql, wave: Talk[], now: Date): Promise<void> {
  const heard: Talk[] = [];
  for (const talk of wave) {
    const row = talk.current!;
    const content = row.kind === 'owner_wrote' ? contentOf(row) : null;
    if (content?.kind !== 'owner_wrote') continue;
    // What was written during an outage is heard late, and the pause began when it was written.
    const since = Math.min(row.sentAt.getTime(), now.getTime());
    talk.row.ownerUntil = content.says === 'pause' ? new Date(since + OWNER_PAUSE_MS) : null;
    if (content.says !== 'pause') talk.row.isPrivate = content.says === 'private';
    heard.push(talk);
  }
  if (heard.length === 0) return;
  await setOwnerWords(
    sql,
    heard.map(({ row }) => ({
      conversationId: row.id,
      ownerUntil: row.ownerUntil,
      isPrivate: row.isPrivate,
    })),
  );
}

/** Who writes may be written to again: what was held for them goes, before what they are answered. */
export async function releaseHeld(sql: Sql, talks: Talk[], context: ApplyContext): Promise<void> {
  const released = talks.filter((talk) => talk.row.heldSince !== null && talk.lastInboundAt !== null);
  if (released.length === 0) return;
  for (const { row } of released) context.nudges.send.add(row.lineId);
  await endNotReached(
    sql,
    released.map(({ row }) => row.id),
    context.now,
  );
}

/** Whether a person sent it: not news of the platform, of the phone's owner, or of our own. */
export function isOfPerson(kind: string): boolean {
  return kind !== 'internal' && !NEWS.has(kind);
}

const NEWS: ReadonlySet<string> = new Set(['blocked', 'unblocked', 'owner_wrote', 'moved']);

/** Whether the engine gets to hear it: not what a robot repeats, not news of the platform. Group chatter it leaves alone. */
export function isHeard(talk: Talk, engine: Engine, now: Date): boolean {
  const row = talk.current!;
  if (NEWS.has(row.kind) || talk.row.isPrivate) return false;
  // Notices are news, and go out whoever has the word.
  if (row.kind === 'internal') return true;
  const content = contentOf(row);
  const told = repeatable(content);
  const isOwners = talk.row.ownerUntil !== null && talk.row.ownerUntil > now;
  if (told === null) {
    talk.silencedUntil = null;
    return !isOwners;
  }
  const { mark, isSame, isAutomatic } = markRepeat(talk.note.r, told, row.sentAt);
  talk.note.r = mark;
  const isSilenced = talk.silencedUntil !== null && talk.silencedUntil > now;
  if ((isAutomatic || (isSilenced && isSame)) && !engine.isEmergency(told)) {
    talk.silencedUntil = new Date(now.getTime() + SILENCE_MS);
    return false;
  }
  talk.silencedUntil = null;
  return !isOwners || engine.isEmergency(told);
}
