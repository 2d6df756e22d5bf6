import type { OfficerIdentity } from '../core/asker.js';
import { NOWHERE } from '../store/web/scope.js';
import type { Scope } from '../store/web/scope.js';
import type { CaseScope } from '../store/web/cases.js';
import type { WebDeps } from './deps.js';
import type { WebContext } from './env.js';
import { PageError } from './pageError.js';
import { type Permission, scopeOf } from './policy.js';

/** The officer who is signed in, and where they may do this; 403 where nowhere. */
export function allowed(c: WebContext, permission: Permission): { officer: OfficerIdentity; scope: Scope } {
  const officer = officerOf(c);
  const scope = scopeOf(officer, permission);
  if (!scope) throw new PageError(403);
  return { officer, scope };
}

/** The same for cases, whose confidential ones have a narrower circle. */
export function allowedCases(
  c: WebContext,
  permission: 'cases.read' | 'cases.act',
  services: WebDeps['services'],
): { officer: OfficerIdentity; scope: CaseScope } {
  const { officer, scope } = allowed(c, permission);
  return {
    officer,
    scope: {
      usual: scope,
      confidential: scopeOf(officer, 'cases.confidential') ?? NOWHERE,
      also: {
        services: Object.keys(services).filter((id) => ['referral', 'aid'].includes(services[id]!.kind)),
        scope: scopeOf(officer, 'cases.confidential_referral') ?? NOWHERE,
      },
    },
  };
}

export function officerOf(c: WebContext): OfficerIdentity {
  const { officer } = c.get('view');
  if (!officer) throw new PageError(401);
  return officer;
}
