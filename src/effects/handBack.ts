import { letGo } from '../store/letGo.js';
import type { LetGo } from '../store/letGo.js';
import { deputiesOf } from '../store/delegations.js';
import type { Sql } from '../store/sql.js';
import type { Applier, ApplyContext, EffectRequest } from './applier.js';

/**
 * What an officer has in hand and may go on with no more (store/letGo.ts) is let go, in the name of whoever stopped them or took a
 * role away; so is what their deputies had by that role. What they may still do stays theirs, so it may be asked again at any time.
 */
export const handBack: Applier<'hand_back'> = async (sql, requests, context) => {
  const results: { codes: string[] }[] = [];
  for (const request of requests) results.push({ codes: await handBackOf(sql, request, context) });
  return results;
};

async function handBackOf(
  sql: Sql,
  { asker, effect }: EffectRequest<'hand_back'>,
  context: ApplyContext,
): Promise<string[]> {
  const by = asker.officer && { id: asker.officer.id, name: asker.officer.name, from: asker.platform };
  const whose = [{ deputyId: effect.officer, villageId: null }, ...(await deputiesOf(sql, effect.officer))];
  const codes: string[] = [];
  for (const { deputyId, villageId } of whose) {
    const gone = await letGo(sql, deputyId, villageId, by, context);
    codes.push(...gone.codes);
    wake(gone, context);
  }
  return codes;
}

/** Wakes whom to tell, after the commit. */
export function wake({ notified, converse }: LetGo, { nudges }: Pick<ApplyContext, 'nudges'>): void {
  nudges.notify ||= notified > 0;
  nudges.converse ||= converse;
}
