import type { OfficerRole } from './asker.js';
import { HEADS, isAskedOnly, isOverseer } from './handlers.js';

/**
 * Accounts of the console, and whom they prove. A password that was chosen by a link which somebody else made proves nobody
 * yet: until its owner says in their own chat that it was them, or another head does, such an account holds none of the
 * roles that reach sealed complaints, sign, or manage officers.
 */
const GUARDED: readonly string[] = [...HEADS, 'admin'];

export function isGuarded(role: string): boolean {
  return GUARDED.includes(role);
}

/**
 * Whose role, or place in the office, is a keeper's alone to give or to take: whoever signs in a village. A secretary who could
 * switch the head off would sign in their place, and switch them on again; or make a second head, who signs.
 */
export function isKeepersAlone(roles: readonly Pick<OfficerRole, 'role'>[]): boolean {
  return roles.some(({ role }) => role === 'kepala_desa');
}

/** Whether a role may be given at all by a keeper of all villages (`isOverAll`), or by whoever keeps some of them. */
export function isGivable(role: string, isOverAll: boolean): boolean {
  return !isAskedOnly(role) && (isOverAll || !(isOverseer(role) || isKeepersAlone([{ role }])));
}

/** What an account may stand for: all its officer's roles, or, unconfirmed, those that need no proof. */
export function provenRoles(roles: readonly OfficerRole[], isUnconfirmed: boolean): OfficerRole[] {
  return roles.filter(({ role }) => !isUnconfirmed || !isGuarded(role));
}

/** Roles that sign, initial, manage officers, or open what is sealed: they sign in with a second factor. */
const TWO_FACTORS: readonly string[] = [
  ...GUARDED,
  'kasi_pelayanan',
  'kasi_kesejahteraan',
  'kasi_pemerintahan',
  'bidan',
];

export function needsSecondFactor(roles: readonly OfficerRole[]): boolean {
  return roles.some(({ role }) => TWO_FACTORS.includes(role));
}

/** For so long the console can be used before the second factor is set up; and once it was taken away for a lost phone. */
export const SECOND_FACTOR_DAYS = 7;
export const SECOND_FACTOR_ANEW_DAYS = 1;

/** So young a role counts for nothing where it would vouch for whoever gave it: as keeper, or as second head. */
export const VOUCHING_DAYS = 7;
