import { findCode } from '../core/code.js';
import type { EffectResults } from '../core/effect.js';
import { findLinkCodes } from '../core/linkCode.js';
import { ATTEMPTS, noteAttempts } from '../store/codeAttempts.js';
import { lockLinkCodes, useLinkCodes } from '../store/links.js';
import { provingCases, showHistory } from '../store/profiles.js';
import type { Applier } from './applier.js';

/**
 * Somebody shows that what is hidden is theirs: by the number of a request of this person that was opened while nothing
 * was hidden, or by the code that was sent to another address of theirs. Every try counts as an attempt.
 */
export const confirmHistory: Applier<'confirm_history'> = async (sql, requests, context) => {
  const { now, newId, sealer } = context;
  const read = requests.map(({ effect }) => {
    const found = findCode(effect.code);
    if (found.kind === 'case') return { kind: 'case' as const, code: found.code };
    const sent = findLinkCodes(effect.code);
    if (sent.kind === 'link')
      return { kind: 'sent' as const, digests: sent.codes.flatMap((code) => sealer.lookUpKeys(code)) };
    if (found.kind === 'typo' || sent.kind === 'typo') return { kind: 'typo' as const };
    return { kind: 'none' as const };
  });
  const trying = requests.flatMap(({ asker }, n) => {
    const one = read[n]!;
    const source = asker.conversationId ?? 'nobody';
    if (one.kind === 'case') return [{ n, code: `history:${one.code}`, source }];
    return one.kind === 'sent' ? [{ n, code: `history:${one.digests[0]!}`, source }] : [];
  });
  const within = await noteAttempts(sql, trying, newId, now, {
    ...ATTEMPTS,
    overall: Number.POSITIVE_INFINITY,
  });
  const limited = new Set(trying.filter((_, i) => !within[i]).map(({ n }) => n));
  const proving = await provingCases(
    sql,
    read.flatMap((one) => (one.kind === 'case' ? [one.code] : [])),
  );
  const sent = await lockLinkCodes(
    sql,
    'history',
    read.flatMap((one) => (one.kind === 'sent' ? one.digests : [])),
  );
  const shown: string[] = [];
  const used: string[] = [];
  const results = requests.map(({ asker }, n): EffectResults['confirm_history'] => {
    const one = read[n]!;
    if (limited.has(n)) return { outcome: 'limited' };
    if (one.kind === 'typo') return { outcome: 'typo' };
    if (one.kind === 'none' || asker.addressId === null) return { outcome: 'wrong' };
    if (one.kind === 'case') {
      if (asker.residentId === null || proving.get(one.code) !== asker.residentId)
        return { outcome: 'wrong' };
    } else {
      const code = sent.find(({ hash }) => one.digests.includes(hash));
      if (!code || code.addressId !== asker.addressId || code.usedAt || code.expiresAt <= now)
        return { outcome: 'wrong' };
      code.usedAt = now;
      used.push(code.id);
    }
    shown.push(asker.addressId);
    return { outcome: 'confirmed' };
  });
  await useLinkCodes(sql, used, now);
  if (shown.length > 0) await showHistory(sql, shown, now);
  return results;
};
