import type { EffectResults } from '../core/effect.js';
import { findLinkCodes } from '../core/linkCode.js';
import { ATTEMPTS, noteAttempts } from '../store/codeAttempts.js';
import { insertInternal } from '../store/inbound.js';
import { insertLink, lockAddresses, lockLinkCodes, readLinkCodes, useLinkCodes } from '../store/links.js';
import type { LinkedAddress, LockedCode } from '../store/links.js';
import type { Applier, EffectRequest } from './applier.js';

type Request = EffectRequest<'use_link_code'>;
type Result = EffectResults['use_link_code'];

/** Codes for links have a limit of their own over all: nobody else is locked out by them. */
const LIMITS = { ...ATTEMPTS, overall: Number.POSITIVE_INFINITY };

/**
 * Somebody brings a code to the address that is to join: the first address is asked (`link-confirm`). Every code that
 * could be one counts as an attempt. Nothing is told of whose it is but the platform, and only where it is right.
 */
export const useLinkCode: Applier<'use_link_code'> = async (sql, requests, context) => {
  const { now, newId, sealer } = context;
  const read = requests.map(({ effect }) => findLinkCodes(effect.code));
  const digests = read.map((found) =>
    found.kind === 'link' ? found.codes.flatMap((code) => sealer.lookUpKeys(code)) : [],
  );
  const trying = requests.flatMap(({ asker }, n) =>
    digests[n]!.length === 0
      ? []
      : [{ n, code: `link:${digests[n]![0]!}`, source: asker.conversationId ?? 'nobody' }],
  );
  const within = await noteAttempts(sql, trying, newId, now, LIMITS);
  const limited = new Set(trying.filter((_, i) => !within[i]).map(({ n }) => n));
  // Addresses before codes, as where a code is made: two who do both wait for each other in one order.
  const known = await readLinkCodes(sql, 'address', digests.flat());
  const addresses = await lockAddresses(sql, [
    ...known.map(({ addressId }) => addressId),
    ...requests.flatMap(({ asker }) => asker.addressId ?? []),
  ]);
  const codes = await lockLinkCodes(sql, 'address', digests.flat());
  const results: Result[] = [];
  for (const [n, request] of requests.entries()) {
    const found = read[n]!;
    const code = codes.find(({ hash }) => digests[n]!.includes(hash));
    const outcome =
      found.kind !== 'link' ? found.kind : limited.has(n) ? 'limited' : judge(request, code, addresses, now);
    if (outcome !== 'asked') {
      results.push({ outcome, platform: null });
      continue;
    }
    const joining = addresses.get(request.asker.addressId!)!;
    const original = addresses.get(code!.addressId)!;
    const id = newId();
    code!.usedAt = now;
    await useLinkCodes(sql, [code!.id], now);
    await insertLink(sql, { id, codeId: code!.id, joining, original }, now);
    const conversationId = original.conversationId!;
    await insertInternal(
      sql,
      [
        {
          conversationId,
          externalId: `link:${id}:asked:${conversationId}`,
          flow: 'link-confirm',
          vars: { link: id, platform: joining.platform, name: joining.name },
        },
      ],
      now,
    );
    context.nudges.converse = true;
    results.push({ outcome, platform: original.platform });
  }
  return results;
};

function judge(
  { asker }: Request,
  code: LockedCode | undefined,
  addresses: Map<string, LinkedAddress>,
  now: Date,
): Result['outcome'] {
  const joining = addresses.get(asker.addressId ?? '');
  if (!joining || joining.isGroup) return 'group';
  if (joining.isOfficer) return 'officer';
  // What was made here before would go along, whoever has the number now.
  if (asker.hidden) return 'hidden';
  const original = code && addresses.get(code.addressId);
  if (!code || !original || original.isOfficer || original.conversationId === null) return 'wrong';
  if (original.id === joining.id) return 'own';
  if (original.residentId === joining.residentId) return 'already';
  if (code.usedAt) return 'used';
  if (code.expiresAt <= now) return 'expired';
  if (joining.isLinked) return 'linked';
  return 'asked';
}
