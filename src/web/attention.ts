import type { OfficerIdentity } from '../core/asker.js';
import { countAttention } from '../store/web/attention.js';
import { NOWHERE } from '../store/web/scope.js';
import type { WebDeps } from './deps.js';
import { scopeOf } from './policy.js';

/** What waits for this officer besides cases: told above the list, each with the page that answers it. */
export interface Attention {
  listings: number;
  invites: number;
  incidents: number;
}

export async function attentionOf(deps: Pick<WebDeps, 'pool'>, officer: OfficerIdentity): Promise<Attention> {
  return countAttention(deps.pool, {
    listings: scopeOf(officer, 'listings.decide') ?? NOWHERE,
    invites: scopeOf(officer, 'officers.manage') ?? NOWHERE,
    incidents: scopeOf(officer, 'lines.read') ?? NOWHERE,
  });
}
