import type { OfficerIdentity } from '../core/asker.js';
import type { EffectResults } from '../core/effect.js';
import type { WebDeps } from './deps.js';

/** Acts that may be done to several cases at once: each of them is plain without a look at one of them alone. */
export const BULK_ACTS = ['take', 'verify', 'initial', 'give'] as const;
export type BulkAct = (typeof BULK_ACTS)[number];
export const BULK_MOST = 60;

/** What became of each, gathered as it is told: "3 diambil, 1 sudah diambil oleh Bu Rini". */
export interface BulkResult {
  act: BulkAct;
  done: string[];
  /** By whom each was done before. */
  lost: { by: string; codes: string[] }[];
  /** By the reason (core/decide.ts `Refusal`); `not_found` for what is not there. */
  refused: { reason: string; codes: string[] }[];
}

/** Does one act to each of these cases, each in a transaction of its own: one that cannot be done holds back no other. */
export async function actOnMany(
  deps: Pick<WebDeps, 'perform'>,
  officer: OfficerIdentity,
  act: BulkAct,
  codes: readonly string[],
  to: string | undefined,
): Promise<BulkResult> {
  const result: BulkResult = { act, done: [], lost: [], refused: [] };
  for (const code of codes) {
    const [told] = await deps.perform(officer, [
      { kind: 'act_on_case', code, act, ...(to === undefined ? {} : { to }) },
    ]);
    note(result, code, told);
  }
  return result;
}

function note(result: BulkResult, code: string, told: EffectResults['act_on_case']): void {
  if (told.outcome === 'done') result.done.push(code);
  else if (told.outcome === 'lost') {
    const by = told.by ?? '';
    const group = result.lost.find((one) => one.by === by);
    if (group) group.codes.push(code);
    else result.lost.push({ by, codes: [code] });
  } else {
    const reason = told.outcome === 'not_found' ? 'not_found' : (told.reason ?? 'status');
    const group = result.refused.find((one) => one.reason === reason);
    if (group) group.codes.push(code);
    else result.refused.push({ reason, codes: [code] });
  }
}
