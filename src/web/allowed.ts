import type { OfficerIdentity } from '../core/asker.js';
import { handlingOf, toldRoles } from '../core/handlers.js';
import type { Service } from '../core/service.js';
import { postsOf, sealedToOf } from '../store/cases.js';
import { NOWHERE } from '../store/web/scope.js';
import type { Scope } from '../store/web/scope.js';
import type { CaseDetail, CaseScope } from '../store/web/cases.js';
import type { WebDeps } from './deps.js';
import type { WebContext } from './env.js';
import { PageError } from './pageError.js';
import { confidentialScope, covers, type Permission, scopeOf } from './policy.js';

/** The officer who is signed in, and where they may do this; 403 where nowhere. */
export function allowed(c: WebContext, permission: Permission): { officer: OfficerIdentity; scope: Scope } {
  const officer = officerOf(c);
  const scope = scopeOf(officer, permission);
  if (!scope) throw new PageError(403);
  return { officer, scope };
}

/**
 * The same for cases: the village's of whoever has a role there, the confidential ones of those alone who may act on them.
 * Roles that an officer holds today for somebody who is away count as their own here.
 */
export function allowedCases(
  c: WebContext,
  permission: 'cases.read' | 'cases.act',
  services: WebDeps['services'],
): { officer: OfficerIdentity; scope: CaseScope } {
  const { officer } = allowed(c, permission);
  return { officer, scope: caseScopeOf(officer, services) };
}

/** Where this officer sees requests, by what they hold today. */
export function caseScopeOf(
  officer: OfficerIdentity,
  services: { readonly [id: string]: Service },
): CaseScope {
  return {
    usual: scopeOf(officer, 'cases.office') ?? NOWHERE,
    confidential: confidentialScope(officer, services),
    receiver: { officer: officer.id, posts: postsOf(officer.roles) },
    own: {
      services: Object.keys(services).filter((id) => services[id]!.kind === 'health'),
      scope: scopeOf(officer, 'cases.health') ?? NOWHERE,
    },
  };
}

/**
 * Whether an officer may open what is sealed in a case that lies within their scope: whoever reads identity documents, and
 * for relief, health and what a desk has for its own the role whose work it is (not an installation's keeper).
 */
export function mayOpenSealed(
  officer: OfficerIdentity,
  found: CaseDetail,
  service: Service | undefined,
): boolean {
  if (covers(scopeOf(officer, 'files.restricted'), found.villageId)) return true;
  if (!service || !(service.desk || ['referral', 'aid', 'health'].includes(service.kind))) return false;
  const handlers = toldRoles(handlingOf(service, found.isConfidential, sealedToOf(found)));
  return officer.roles.some(({ role, village }) => village === found.villageId && handlers.includes(role));
}

export function officerOf(c: WebContext): OfficerIdentity {
  const { officer } = c.get('view');
  if (!officer) throw new PageError(401);
  return officer;
}
