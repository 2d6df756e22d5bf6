import { maskIdentityNumbers, storable } from '../core/identityNumbers.js';
import { matchSaid } from '../core/registerMatch.js';
import type { Said } from '../core/registerMatch.js';
import { readArea, searchHamlet, searchName } from '../core/registerNames.js';
import { countMatches, findCandidates, insertMatch } from '../store/registerMatches.js';
import { introduceByArea } from './noteIntroduction.js';
import type { Applier, EffectRequest } from './applier.js';

/** Past so many comparisons of one chat within a day nothing is compared any more, and an officer looks. */
const MOST_A_DAY = 6;
const DAY = 24 * 60 * 60 * 1000;

/**
 * Holds what was said against the village's register and keeps what came of it for the officers, by the draft. The
 * flow is told nothing, and takes as long either way as anybody could tell: who is registered is nobody's business.
 */
export const matchRegister: Applier<'match_register'> = async (sql, requests, context) => {
  const { now, newId, sealer } = context;
  const conversations = requests.flatMap(({ asker }) => asker.conversationId ?? []);
  const counts = await countMatches(sql, conversations, new Date(now.getTime() - DAY));
  for (const request of requests) {
    const { asker, effect } = request;
    const { conversationId, residentId, villageId } = asker;
    if (!conversationId || !residentId || !villageId) continue;
    const count = counts.get(conversationId) ?? 0;
    counts.set(conversationId, count + 1);
    const said = saidIn(request);
    const matched =
      count >= MOST_A_DAY || said.searchName === ''
        ? { outcome: 'none' as const, candidates: [] }
        : matchSaid(said, await findCandidates(sql, villageId, said));
    const id = newId();
    await insertMatch(
      sql,
      {
        id,
        draftId: effect.draft,
        conversationId,
        residentId,
        villageId,
        said: sealer.seal('register', id, {
          name: clean(effect.name),
          birth_date: effect.birth_date ?? null,
          address: clean(effect.address ?? ''),
        }),
        ...matched,
        registerId: matched.outcome === 'certain' ? matched.candidates[0]! : null,
      },
      now,
    );
    await introduceByArea(sql, request, said, context);
  }
  return requests.map(() => null);
};

function saidIn({ effect }: EffectRequest<'match_register'>): Said {
  const area = readArea(effect.address ?? '');
  return {
    searchName: searchName(clean(effect.name)),
    birthDate: effect.birth_date ?? null,
    searchHamlet: area.hamlet === null ? null : searchHamlet(area.hamlet),
    rt: area.rt,
    rw: area.rw,
  };
}

function clean(text: string): string {
  return maskIdentityNumbers(storable(text)).text.trim().slice(0, 200);
}
