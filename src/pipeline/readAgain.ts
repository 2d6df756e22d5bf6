import { loadConversations } from '../store/conversations.js';
import type { Sql } from '../store/sql.js';
import type { Surroundings, Talk } from './talk.js';

/** Reads again what is known of the people of these conversations: something in their turns has changed it. */
export async function readAgain(sql: Sql, talks: Talk[], around: Surroundings): Promise<void> {
  if (talks.length === 0) return;
  const fresh = await loadConversations(
    sql,
    talks.map((talk) => talk.row.id),
    around.now,
  );
  await around.villages.load(
    sql,
    fresh.flatMap((row) => row.village?.id ?? []),
    around.now,
  );
  const byId = new Map(fresh.map((row) => [row.id, row]));
  for (const talk of talks) talk.row = { ...byId.get(talk.row.id)!, metAt: talk.row.metAt };
}
