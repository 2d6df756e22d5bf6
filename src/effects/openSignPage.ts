import type { EffectResults } from '../core/effect.js';
import { SIGN_PAGE_MINUTES, signPath, signToken, signTokenHash } from '../core/signLink.js';
import { pinState } from '../store/officerPins.js';
import { insertSignPage } from '../store/signPages.js';
import type { Sql } from '../store/sql.js';
import type { Applier, ApplyContext, EffectRequest } from './applier.js';
import { MOST_SIGNED } from './signCases.js';

/**
 * A page on which the officer signs a batch, where their chat has no keypad: of one use, for a quarter of an hour. Only the
 * officer themselves, signed in, can use it; the link alone signs nothing. One a request: few are asked for.
 */
export const openSignPage: Applier<'open_sign_page'> = async (sql, requests, context) => {
  const results: EffectResults['open_sign_page'][] = [];
  for (const request of requests) results.push(await open(sql, request, context));
  return results;
};

async function open(
  sql: Sql,
  { asker, effect }: EffectRequest<'open_sign_page'>,
  { now, newId, sealer }: ApplyContext,
): Promise<EffectResults['open_sign_page']> {
  if (!asker.officer) return { outcome: 'no_pin', path: '', until: null };
  const pin = await pinState(sql, asker.officer.id, now);
  if (!pin.isSet) return { outcome: 'no_pin', path: '', until: null };
  if (pin.lockedUntil) return { outcome: 'locked', path: '', until: pin.lockedUntil.toISOString() };
  const id = newId();
  const expiresAt = new Date(now.getTime() + SIGN_PAGE_MINUTES * 60_000);
  await insertSignPage(
    sql,
    {
      id,
      tokenHash: signTokenHash(signToken(sealer, id)),
      officerId: asker.officer.id,
      conversationId: asker.conversationId,
      codes: effect.codes.slice(0, MOST_SIGNED),
      expiresAt,
    },
    now,
  );
  return { outcome: 'open', path: signPath(id), until: expiresAt.toISOString() };
}
