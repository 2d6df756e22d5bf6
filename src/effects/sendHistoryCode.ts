import type { EffectResults } from '../core/effect.js';
import { LINK_CODE_MINUTES, LINK_CODES_AN_HOUR, newLinkCode } from '../core/linkCode.js';
import { insertInternal } from '../store/inbound.js';
import { countLinkCodes, insertLinkCode, otherAddresses } from '../store/links.js';
import type { Applier } from './applier.js';

/** Sends a code to another address of the same person, to be typed here: for whom history is hidden. */
export const sendHistoryCode: Applier<'send_history_code'> = async (sql, requests, context) => {
  const { now, newId, random, sealer } = context;
  const made = await countLinkCodes(
    sql,
    requests.flatMap(({ asker }) => asker.addressId ?? []),
    now,
  );
  const results: EffectResults['send_history_code'][] = [];
  for (const { asker } of requests) {
    const { addressId, residentId, platform } = asker;
    const [other] =
      addressId === null || residentId === null ? [] : await otherAddresses(sql, residentId, addressId);
    if (!other || addressId === null) {
      results.push({ outcome: 'none', platform: null });
      continue;
    }
    if ((made.get(addressId) ?? 0) >= LINK_CODES_AN_HOUR) {
      results.push({ outcome: 'limited', platform: null });
      continue;
    }
    made.set(addressId, (made.get(addressId) ?? 0) + 1);
    const code = newLinkCode(random);
    const id = newId();
    const row = { id, purpose: 'history' as const, hash: sealer.lookUpKey(code), addressId };
    await insertLinkCode(sql, { ...row, minutes: LINK_CODE_MINUTES }, now);
    const { conversationId } = other;
    await insertInternal(
      sql,
      [
        {
          conversationId,
          externalId: `history:${id}:${conversationId}`,
          flow: 'history-code',
          vars: { code, platform },
        },
      ],
      now,
    );
    context.nudges.converse = true;
    results.push({ outcome: 'sent', platform: other.platform });
  }
  return results;
};
