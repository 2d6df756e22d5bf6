import type { OfficerIdentity } from '../core/asker.js';
import { countCalls } from '../store/web/calls.js';
import { countAttention } from '../store/web/attention.js';
import { NOWHERE } from '../store/web/scope.js';
import type { WebDeps } from './deps.js';
import { scopeOf } from './policy.js';

/** What waits for this officer besides cases: told above the list, each with the page that answers it. */
export interface Attention {
  /** Residents who wait for a person. */
  calls: number;
  listings: number;
  invites: number;
  incidents: number;
  /** Villages that cannot issue letters: their office has no code. */
  codeless: number;
  firstCodeless: string | null;
}

export async function attentionOf(
  deps: Pick<WebDeps, 'pool' | 'now'>,
  officer: OfficerIdentity,
): Promise<Attention> {
  const scopes = {
    listings: scopeOf(officer, 'listings.decide') ?? NOWHERE,
    invites: scopeOf(officer, 'officers.manage') ?? NOWHERE,
    incidents: scopeOf(officer, 'lines.read') ?? NOWHERE,
    offices: scopeOf(officer, 'village.settings') ?? NOWHERE,
  };
  const counts = await countAttention(deps.pool, scopes, officer.id, deps.now());
  const calls = scopeOf(officer, 'calls.answer');
  return { ...counts, calls: calls ? await countCalls(deps.pool, calls, officer.id, deps.now()) : 0 };
}
