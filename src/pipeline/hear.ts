import type { ApplyContext } from '../effects/applier.js';
import { groupsLost } from '../effects/groupNotices.js';
import { setBlocked } from '../store/conversations.js';
import { tellAgain } from '../store/notifications.js';
import type { Sql } from '../store/sql.js';
import { markRepeat, repeatable, SILENCE_MS } from './automatic.js';
import type { Engine } from './engine.js';
import { contentOf, type Talk } from './talk.js';

/** Blocking and letting write again is written to the address. Whoever writes has not blocked us. */
export async function hearBlocks(sql: Sql, wave: Talk[], now: Date): Promise<void> {
  const blocked = wave.filter((t) => t.current!.kind === 'blocked').map((t) => t.row.addressId);
  const unblocked = wave
    .filter((t) => t.row.blockedAt !== null && !['blocked', 'internal'].includes(t.current!.kind))
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

/** Whether the engine gets to hear it: not what a robot repeats, not news of the platform. Group chatter it leaves alone. */
export function isHeard(talk: Talk, engine: Engine, now: Date): boolean {
  const row = talk.current!;
  if (row.kind === 'internal') return true;
  if (['blocked', 'unblocked', 'owner_wrote', 'moved'].includes(row.kind)) return false;
  const content = contentOf(row);
  const told = repeatable(content);
  if (told === null) {
    talk.silencedUntil = null;
    return true;
  }
  const { mark, isSame, isAutomatic } = markRepeat(talk.note.r, told, row.sentAt);
  talk.note.r = mark;
  const isSilenced = talk.silencedUntil !== null && talk.silencedUntil > now;
  if ((isAutomatic || (isSilenced && isSame)) && !engine.isEmergency(told)) {
    talk.silencedUntil = new Date(now.getTime() + SILENCE_MS);
    return false;
  }
  talk.silencedUntil = null;
  return true;
}
