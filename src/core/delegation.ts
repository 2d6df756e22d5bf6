import { HEADS } from './handlers.js';
import type { VillageOfficer } from './handlers.js';
import { STEP_ROLES } from './path.js';

/** The longest that a role may be somebody else's at once, in days: after that somebody new is to be appointed. */
export const LONGEST_DAYS = 90;

/** A delegation as it is asked for; days as '2026-08-10', of the village's calendar. */
export interface DelegationWish {
  officerId: string;
  deputyId: string;
  role: string;
  from: string;
  to: string;
}

/**
 * Who may stand in for a role: whoever is named here for it. The head's signature is the secretary's alone, a.n. (a letter
 * says so); what a midwife knows stays with those who handle health.
 */
const DEPUTIES: { [role: string]: readonly string[] } = {
  kepala_desa: ['sekretaris'],
  bidan: ['bidan', 'kader', 'sekretaris'],
  kader: ['bidan', 'kader', 'sekretaris'],
};

export type DelegationFault = 'not_allowed' | 'not_there' | 'past';

/**
 * Whether an officer may be replaced so; null where nothing stands against it. Everybody may delegate what is theirs; a
 * head may do it for those below, but nobody for the head of the village. Both must serve the village, by a role of it.
 */
export function faultOfDelegation(
  wish: DelegationWish,
  by: string,
  officers: readonly VillageOfficer[],
  today: string,
): DelegationFault | null {
  const own = (id: string) => officers.find((officer) => officer.id === id && !officer.isKeeper);
  const [away, deputy, asking] = [own(wish.officerId), own(wish.deputyId), own(by)];
  if (!(STEP_ROLES as readonly string[]).includes(wish.role)) return 'not_allowed';
  if (!away?.roles.includes(wish.role)) return 'not_there';
  const isHead = asking?.roles.some((role) => HEADS.includes(role)) ?? false;
  if (by !== wish.officerId && (!isHead || wish.role === 'kepala_desa')) return 'not_allowed';
  if (!deputy || deputy.id === away.id) return 'not_there';
  const allowed = DEPUTIES[wish.role];
  if (allowed && !deputy.roles.some((role) => allowed.includes(role))) return 'not_allowed';
  if (wish.to < wish.from || wish.to < today) return 'past';
  return daysBetween(wish.from, wish.to) >= LONGEST_DAYS ? 'past' : null;
}

function daysBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / (24 * 60 * 60 * 1000);
}
