import type { OfficerRole } from './asker.js';
import type { Service } from './service.js';

/**
 * Which roles handle which kind of request, and which of them are told of a new one. The installation's keeper
 * (admin) may act where a village is stuck but is not told of every letter.
 */
const LETTER_DESK = [
  'operator',
  'kaur_tu',
  'kasi_pelayanan',
  'kasi_pemerintahan',
  'kasi_kesejahteraan',
  'sekretaris',
  'kepala_desa',
];
const HEADS = ['sekretaris', 'kepala_desa'];
const TOLD: { [K in Service['kind']]: readonly string[] } = {
  letter: LETTER_DESK,
  referral: LETTER_DESK,
  appointment: LETTER_DESK,
  complaint: HEADS,
};

const CONFIDENTIAL: { [K in Service['kind']]: readonly string[] } = {
  letter: HEADS,
  referral: ['kasi_kesejahteraan', ...HEADS],
  appointment: HEADS,
  complaint: HEADS,
};

/** A village whose officers hold none of the roles that handle a request lets all its officers handle it, but for confidential ones. */
export interface Handling {
  kind: Service['kind'];
  isConfidential: boolean;
}

/** The roles that are told of such a request. */
export function toldRoles(handling: Handling): readonly string[] {
  return (handling.isConfidential ? CONFIDENTIAL : TOLD)[handling.kind];
}

/**
 * Whether an officer with these roles may handle such a request in this village. `present` are the roles that active
 * officers of the village hold.
 */
export function mayHandle(
  roles: OfficerRole[],
  village: string,
  handling: Handling,
  present: readonly string[],
): boolean {
  const mine = roles
    .filter((role) => role.village === null || role.village === village)
    .map((role) => role.role);
  if (mine.length === 0) return false;
  const handlers = toldRoles(handling);
  if (mine.some((role) => role === 'admin' || handlers.includes(role))) return true;
  return !handling.isConfidential && !present.some((role) => handlers.includes(role));
}

/** How a request of a service is handled; one whose service is no longer in the catalogue goes the way of letters. */
export function handlingOf(service: Service | undefined, isConfidential = false): Handling {
  return {
    kind: service?.kind ?? 'letter',
    isConfidential: isConfidential || service?.confidential === true,
  };
}
