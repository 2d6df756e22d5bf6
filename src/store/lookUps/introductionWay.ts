import { introductionWays } from '../introductions.js';
import type { LookUpAnswerer } from './answerer.js';

/** How the asker's village has the pengantar RT/RW; `noted` where the draft's RT head is known already. */
export const introductionWay: LookUpAnswerer<'introduction_way'> = async (sql, requests) => {
  const ways = await introductionWays(
    sql,
    requests.flatMap(({ asker }) => asker.villageId ?? []),
  );
  const { rows } = await sql.query<{ draft: string; conversation: string }>(
    `SELECT draft_id AS draft, conversation_id AS conversation FROM introductions WHERE draft_id = ANY ($1::uuid[])`,
    [requests.flatMap(({ args }) => args.draft ?? [])],
  );
  return requests.map(({ asker, args }) => ({
    way: ways.get(asker.villageId ?? '') ?? 'counter',
    noted: rows.some((row) => row.draft === args.draft && row.conversation === asker.conversationId),
  }));
};
