import type { OfficerRole } from './asker.js';
import { isReceiver } from './complaints.js';
import type { SealedTo } from './complaints.js';
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
export const HEADS: readonly string[] = ['sekretaris', 'kepala_desa'];
/** What an officer can be wanted for: the services' kinds, the market, and a person who wants a person. */
export type HandlingKind = Service['kind'] | 'market' | 'conversation';

const TOLD: { [K in HandlingKind]: readonly string[] } = {
  letter: LETTER_DESK,
  referral: LETTER_DESK,
  appointment: LETTER_DESK,
  complaint: HEADS,
  // The poverty task force of a village is led by its secretary.
  aid: ['kasi_kesejahteraan', 'sekretaris'],
  rights: HEADS,
  health: ['bidan', 'kader', 'sekretaris'],
  market: ['operator', 'kasi_kesejahteraan', 'kasi_pelayanan', 'sekretaris', 'kepala_desa'],
  conversation: ['operator', 'kaur_tu', 'kasi_pelayanan', 'sekretaris', 'kepala_desa'],
};

const CONFIDENTIAL: { [K in HandlingKind]: readonly string[] } = {
  letter: HEADS,
  referral: ['kasi_kesejahteraan', ...HEADS],
  appointment: HEADS,
  complaint: HEADS,
  aid: ['kasi_kesejahteraan', 'sekretaris'],
  rights: HEADS,
  // What a person suffers from is the midwife's; the heads stand in where a village has none.
  health: ['bidan', ...HEADS],
  market: HEADS,
  conversation: HEADS,
};

/** Parts of an office that have some services for their own, confidential or not. */
const DESKS: { [D in NonNullable<Service['desk']>]: readonly string[] } = {
  land: ['kasi_pemerintahan', ...HEADS],
};

/** A village whose officers hold none of the roles that handle a request lets all its officers handle it, but for confidential ones. */
export interface Handling {
  kind: HandlingKind;
  isConfidential: boolean;
  desk?: Service['desk'];
  /** A complaint: for these officers alone, while they hold the role. Not even the installation's keepers see it. */
  sealedTo?: SealedTo | null;
}

/** Heads of an RT belong to no office: they see what they are asked, and nothing else. */
export const ASKED_ONLY = ['ketua_rt'] as const;

export function isAskedOnly(role: string): boolean {
  return ASKED_ONLY.some((asked) => asked === role);
}

/**
 * Above the villages: the kecamatan (a role in each village of its district) and the regency (one, in no village). They
 * see figures, and the kecamatan what was handed up to it; they handle nothing, and are no keepers though they name no village.
 */
export const OVERSEERS = ['kecamatan', 'kabupaten'] as const;

/** Roles that make nobody an officer of a village, nor a keeper. */
export const OUTSIDERS: readonly string[] = [...ASKED_ONLY, ...OVERSEERS];

export function isOverseer(role: string): boolean {
  return OVERSEERS.some((overseer) => overseer === role);
}

function isOutsider(role: string): boolean {
  return OUTSIDERS.includes(role);
}

/** The roles that are told of such a request. */
export function toldRoles(handling: Handling): readonly string[] {
  if (handling.desk) return DESKS[handling.desk];
  return (handling.isConfidential ? CONFIDENTIAL : TOLD)[handling.kind];
}

/** An officer as a village sees them. `isKeeper`: serves every village, by no role in this one. */
export interface VillageOfficer {
  id: string;
  name: string;
  roles: string[];
  isKeeper: boolean;
  /** Roles that they hold today for somebody who is away (store/delegations.ts), where these were asked for. */
  deputyFor?: { role: string; of: { id: string; name: string } }[];
}

/**
 * Whom to tell of a request: the officers with the roles that handle it; where the village has none, all its
 * officers (but for confidential ones); where nobody is left, the installation's keepers.
 */
export function officersToTell(officers: VillageOfficer[], handling: Handling): VillageOfficer[] {
  const own = officers.filter((officer) => !officer.isKeeper);
  const { sealedTo } = handling;
  if (sealedTo)
    return own.filter(
      (officer) => sealedTo.officers.includes(officer.id) && officer.roles.includes(sealedTo.role),
    );
  const handlers = own.filter((officer) => officer.roles.some((role) => toldRoles(handling).includes(role)));
  if (handlers.length > 0) return handlers;
  return own.length > 0 && !handling.isConfidential ? own : officers.filter((officer) => officer.isKeeper);
}

/** Whether these roles reach into the village at all: not those that are only ever asked something, or look on. */
export function serves(roles: OfficerRole[], village: string): boolean {
  return roles.some(({ role, village: of }) => !isOutsider(role) && (of === null || of === village));
}

/** The villages into which these roles reach; null: all. */
export function servedBy(roles: OfficerRole[]): string[] | null {
  const villages = roles.filter(({ role }) => !isOutsider(role)).map(({ village }) => village);
  return villages.includes(null) ? null : [...new Set(villages.filter((village) => village !== null))];
}

/**
 * Whether an officer with these roles may handle such a request in this village. `officers` are all who
 * serve the village; `officerId`: who it is, for what is sealed to named officers.
 */
export function mayHandle(
  roles: OfficerRole[],
  village: string,
  handling: Handling,
  officers: VillageOfficer[],
  officerId: string | null = null,
): boolean {
  if (handling.sealedTo)
    return officerId !== null && isReceiver(handling.sealedTo, { id: officerId, roles }, village);
  const mine = roles
    .filter((role) => role.village === null || role.village === village)
    .map((role) => role.role)
    .filter((role) => !isOutsider(role));
  if (mine.length === 0) return false;
  const handlers = toldRoles(handling);
  if (mine.some((role) => role === 'admin' || handlers.includes(role))) return true;
  return (
    !handling.isConfidential &&
    !officers.some((officer) => !officer.isKeeper && officer.roles.some((role) => handlers.includes(role)))
  );
}

/** How a request of a service is handled; one whose service is no longer in the catalogue goes the way of letters. */
export function handlingOf(
  service: Service | undefined,
  isConfidential = false,
  sealedTo: SealedTo | null = null,
): Handling {
  return {
    kind: service?.kind ?? 'letter',
    isConfidential: isConfidential || service?.confidential === true || sealedTo !== null,
    ...(service?.desk ? { desk: service.desk } : {}),
    ...(sealedTo ? { sealedTo } : {}),
  };
}
