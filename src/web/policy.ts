import type { OfficerIdentity, OfficerRole } from '../core/asker.js';
import { handlingOf, toldRoles } from '../core/handlers.js';
import type { HandlingKind } from '../core/handlers.js';
import { LINE_ROLES } from '../core/line.js';
import type { Service } from '../core/service.js';
import { ROLES } from '../store/officers.js';
import type { Role } from '../store/officers.js';
import type { CaseScope } from '../store/web/cases.js';
import type { Scope } from '../store/web/scope.js';

/**
 * Who may do what in the console, by role. A role is held in one village, or (village null) in all of them.
 * Every query of store/web takes the `Scope` that comes out here, so that no route can forget it.
 */
export type Permission =
  /** The list, a case and its files: of all requests ('cases.office'), or of health alone ('cases.health'). */
  | 'cases.read'
  /** Take, ask, finish, refuse, note. */
  | 'cases.act'
  /** Requests of residents who come to the counter. */
  | 'counter.open'
  /** Replies that officers use again and again: those of a village; shared ones are its keepers' (isKeeper). */
  | 'replies.manage'
  | 'cases.office'
  /** The midwife's: what is asked about health, confidential or not, and nothing else. */
  | 'cases.health'
  /** Identity documents that somebody sent anyway; each look is written to the audit log. */
  | 'files.restricted'
  /** Residents who asked for a person. */
  | 'calls.answer'
  /** Listings: approve, refuse, take down. */
  | 'listings.decide'
  /** The village's register of residents: importing it, looking somebody up. */
  | 'register.manage'
  /** What a village chose: how it has the pengantar RT/RW. */
  | 'village.settings'
  /** The heads of the RT. */
  | 'rt.manage'
  /** Dates of the posyandu. */
  | 'schedules.manage'
  /** Letters: previewing them with all their words, issuing those on paper, printing and copying; each look is written down. */
  | 'letters.write'
  /** Withdrawing a letter, and replacing it. */
  | 'letters.change'
  /** What a village's letters say: letterhead, bodies, numbers. */
  | 'templates.manage'
  /** Officers, their roles, invites and console accounts. */
  | 'officers.manage'
  /** The flows: their drawings, their words, what was published. */
  | 'flows.read'
  /** Proposing changed words and flows. */
  | 'flows.propose'
  /** Agreeing to what another proposed, and going back: for all villages at once, so its keepers' alone (isKeeper). */
  | 'flows.publish'
  /** The lines and what went wrong with them. */
  | 'lines.read'
  /** Adding, linking, restarting and removing lines: they are the installation's, so its keepers' alone (isKeeper). */
  | 'lines.manage'
  | 'incidents.close'
  /** The record of what officers did. */
  | 'audit.read'
  /** Counts of cases without names: of the own village, a kecamatan's villages, or the whole regency. */
  | 'figures.read'
  /** What was handed up to the kecamatan: which case, of which village, how late. */
  | 'escalated.read';

/** Told of such requests, and so allowed to handle them (core/handlers.ts); and the keeper, where a village is stuck. */
const handlers = (kind: HandlingKind) => [...toldRoles({ kind, isConfidential: false }), 'admin'];
const OFFICE = handlers('letter');

const MAY: { [P in Permission]: readonly string[] } = {
  'cases.read': [...OFFICE, 'bidan'],
  'cases.act': [...OFFICE, 'bidan'],
  'counter.open': OFFICE,
  'replies.manage': ['operator', 'kasi_pelayanan', 'sekretaris', 'kepala_desa', 'admin'],
  'cases.office': OFFICE,
  'cases.health': ['bidan'],
  'files.restricted': ['kepala_desa', 'sekretaris', 'kasi_pelayanan'],
  'calls.answer': handlers('conversation'),
  'listings.decide': handlers('market'),
  'register.manage': ['sekretaris', 'operator', 'kasi_pemerintahan'],
  'village.settings': ['kepala_desa', 'sekretaris', 'admin'],
  'rt.manage': ['kepala_desa', 'sekretaris', 'operator', 'kasi_pemerintahan', 'admin'],
  'schedules.manage': ['kader', 'bidan', 'operator', 'sekretaris'],
  'letters.write': ['operator', 'kaur_tu', 'kasi_pelayanan', 'sekretaris', 'kepala_desa'],
  'letters.change': ['sekretaris', 'kepala_desa', 'admin'],
  'templates.manage': ['sekretaris', 'kaur_tu', 'operator', 'admin'],
  'officers.manage': ['kepala_desa', 'sekretaris', 'admin'],
  'flows.read': [...OFFICE, 'kaur_tu'],
  'flows.propose': ['sekretaris', 'operator', 'kaur_tu', 'admin'],
  'flows.publish': ['admin'],
  'lines.read': LINE_ROLES,
  'lines.manage': ['admin'],
  'incidents.close': ['kepala_desa', 'sekretaris', 'admin'],
  'audit.read': ['sekretaris', 'admin'],
  'figures.read': ['kepala_desa', 'sekretaris', 'admin', 'kecamatan', 'kabupaten'],
  'escalated.read': ['kecamatan'],
};

/** The roles of each permission, for whoever prints them. */
export const PERMISSION_ROLES: { readonly [P in Permission]: readonly string[] } = MAY;

/** What a role brings to whoever holds it for somebody who is away: acting on requests, and none of its other rights. */
const FOR_DEPUTIES: ReadonlySet<Permission> = new Set([
  'cases.read',
  'cases.act',
  'cases.office',
  'cases.health',
]);

/** The villages in which the officer may do this; null where in none. */
export function scopeOf(officer: OfficerIdentity, permission: Permission): Scope | null {
  const held = FOR_DEPUTIES.has(permission) ? [...officer.roles, ...(officer.standing ?? [])] : officer.roles;
  return villagesOfRoles(held, MAY[permission]);
}

/** Where any of these roles is held, of what an officer holds; null where none is. */
function villagesOfRoles(held: readonly OfficerRole[], among: readonly string[]): Scope | null {
  const roles = held.filter(({ role }) => among.includes(role));
  if (roles.length === 0) return null;
  if (roles.some(({ village }) => village === null)) return { villages: null };
  return { villages: [...new Set(roles.map(({ village }) => village!))] };
}

/**
 * Where an officer sees confidential requests of each service, just as acts decide it (core/handlers.ts): '' stands for
 * services that are in the catalogue no more. By their own roles, and by those that they hold for somebody who is away.
 */
export function confidentialScope(
  { roles, standing = [] }: OfficerIdentity,
  services: { readonly [id: string]: Service },
): CaseScope['confidential'] {
  const held = [...roles, ...standing];
  const posts: string[] = [];
  for (const service of ['', ...Object.keys(services)]) {
    const among = [...toldRoles(handlingOf(services[service], true)), 'admin'];
    const scope = villagesOfRoles(held, among);
    // Only an installation's keeper holds a role everywhere, and handles all of it.
    if (scope && scope.villages === null) return { services: [], posts: null };
    posts.push(...(scope?.villages ?? []).map((village) => `${service}@${village}`));
  }
  return { services: Object.keys(services), posts };
}

/** Whether the officer may do this in every village: what belongs to no village is for such officers alone. */
export function isKeeper(officer: OfficerIdentity, permission: Permission): boolean {
  return scopeOf(officer, permission)?.villages === null;
}

/** Whether a village lies within a scope. */
export function covers(scope: Scope | null, village: string | null): boolean {
  if (!scope) return false;
  return scope.villages === null || (village !== null && scope.villages.includes(village));
}

export function isRole(text: string): text is Role {
  return ROLES.some((role) => role === text);
}
