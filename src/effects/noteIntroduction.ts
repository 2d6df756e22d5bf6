import type { Said } from '../core/registerMatch.js';
import { readRt, searchHamlet } from '../core/registerNames.js';
import { findRtHeads, introductionWays, noteIntroductions } from '../store/introductions.js';
import type { RtHead } from '../store/introductions.js';
import type { Sql } from '../store/sql.js';
import type { EffectResults } from '../core/effect.js';
import type { Applier, ApplyContext, EffectRequest } from './applier.js';

type Result = EffectResults['note_introduction'];

/**
 * Notes how the pengantar of a draft is had. By the RT head's tap: who is to be asked once the case is open; where
 * nobody can be, that is said, and the flow asks for a photo or leaves it to the counter. An RT head who asks for a
 * resident of their own RT has introduced them by that; for themselves nobody introduces.
 */
export const noteIntroduction: Applier<'note_introduction'> = async (sql, requests, context) => {
  const results: Result[] = [];
  for (const request of requests) results.push(await note(sql, request, context));
  return results;
};

async function note(
  sql: Sql,
  { asker, effect }: EffectRequest<'note_introduction'>,
  context: ApplyContext,
): Promise<Result> {
  const { conversationId, villageId } = asker;
  if (!conversationId || !villageId) return { outcome: 'no_head' };
  const row = { id: context.newId(), draftId: effect.draft, conversationId, villageId };
  if (effect.way === 'photo') {
    const photos = effect.photos ?? [];
    await noteIntroductions(
      sql,
      [{ ...row, way: 'photo', rt: null, rw: null, officerId: null, photos, isAnswered: false }],
      context.now,
    );
    return { outcome: 'noted' };
  }
  const [rt, rw] = (effect.rt_rw ?? '').split('/').map(readRt);
  if (!rt || !rw) return { outcome: 'no_head' };
  const heads = await findRtHeads(sql, villageId, rt, rw);
  const wanted = searchHamlet(effect.hamlet ?? '');
  const those = wanted === '' ? heads : heads.filter((head) => isOf(head, wanted));
  if (those.length > 1) return { outcome: effect.hamlet === undefined ? 'many' : 'no_head' };
  const [head] = those;
  const isOwn = head?.officerId === asker.officer?.id;
  if (!head || (isOwn && !effect.helps)) return { outcome: 'no_head' };
  await noteIntroductions(
    sql,
    [{ ...row, way: 'rt_tap', rt, rw, officerId: head.officerId, photos: [], isAnswered: isOwn }],
    context.now,
  );
  return { outcome: 'noted' };
}

/** Who said where they live when they were looked up in the register is not asked for RT and RW again. */
export async function introduceByArea(
  sql: Sql,
  { asker, effect }: EffectRequest<'match_register'>,
  said: Said,
  context: ApplyContext,
): Promise<void> {
  const { conversationId, villageId } = asker;
  if (!conversationId || !villageId || !said.rt || !said.rw) return;
  if ((await introductionWays(sql, [villageId])).get(villageId) !== 'rt_tap') return;
  const heads = await findRtHeads(sql, villageId, said.rt, said.rw);
  const those =
    heads.length > 1 && said.searchHamlet ? heads.filter((head) => isOf(head, said.searchHamlet!)) : heads;
  if (those.length !== 1 || those[0]!.officerId === asker.officer?.id) return;
  const row = { id: context.newId(), draftId: effect.draft, conversationId, villageId };
  const { officerId } = those[0]!;
  await noteIntroductions(
    sql,
    [{ ...row, way: 'rt_tap', rt: said.rt, rw: said.rw, officerId, photos: [], isAnswered: false }],
    context.now,
  );
}

/** A head without a hamlet serves the RT of that number wherever it is. */
function isOf({ searchHamlet: hamlet }: RtHead, wanted: string): boolean {
  return hamlet === null || searchHamlet(hamlet) === wanted;
}
