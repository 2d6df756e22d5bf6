import type { EffectResults } from '../core/effect.js';
import { applyActs } from './actOnCase.js';
import type { Applier } from './applier.js';
import { MOST_SIGNED, withWho } from './signCases.js';

/**
 * One act on several cases by one tap ("paraf semua", "semua sudah ditandatangani"): each is decided by itself, and what was
 * not theirs to do is left.
 */
export const actOnCases: Applier<'act_on_cases'> = async (sql, requests, context) => {
  const results: EffectResults['act_on_cases'][] = [];
  for (const { asker, effect } of requests) {
    const codes = [...new Set(effect.codes)].slice(0, MOST_SIGNED);
    const acts = await applyActs(
      sql,
      codes.map((code) => ({ asker, effect: { kind: 'act_on_case', code, act: effect.act } })),
      context,
    );
    const done = acts.filter(({ outcome }) => outcome === 'done').map(({ code }) => code);
    const left = acts
      .filter(({ outcome }) => outcome !== 'done')
      .map(({ code, outcome, by }) => withWho({ code, by: outcome === 'lost' ? by : null }));
    results.push({ outcome: done.length > 0 ? 'done' : 'none', done, left, count: done.length });
  }
  return results;
};
