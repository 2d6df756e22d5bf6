import { isGuarded } from './accounts.js';
import { mayHandle, serves } from './handlers.js';
import type { Handling, VillageOfficer } from './handlers.js';
import type { OfficerIdentity, OfficerRole } from './asker.js';
import type { Service } from './service.js';

/**
 * The path of a request through the office, pure: which step waits, who may do it in this village, and in whose place.
 * The steps are data (`paths:` in flows/services.yaml); a service takes the path that it names, else its kind's own.
 */
export const STEP_ACTS = ['verify', 'initial', 'sign'] as const;
export type StepAct = (typeof STEP_ACTS)[number];
/** The roles of an office that a step may name. */
export const STEP_ROLES = [
  'operator',
  'kaur_tu',
  'kasi_pelayanan',
  'kasi_pemerintahan',
  'kasi_kesejahteraan',
  'kepala_dusun',
  'bidan',
  'kader',
  'sekretaris',
  'kepala_desa',
] as const;

export interface Step {
  act: StepAct;
  /** Whoever holds one of these does it; the first are asked first. */
  roles: readonly string[];
  /** Who does it where nobody of the village holds any of `roles`. */
  otherwise?: readonly string[] | undefined;
}

/** The steps of a service, in order; none where nothing is checked or signed on the way. */
export function pathOf(service: Pick<Service, 'steps'> | undefined): readonly Step[] {
  return service?.steps ?? [];
}

/** The first step, or the one after `act`; null at the end. */
export function nextStep(path: readonly Step[], act: StepAct | null): StepAct | null {
  const at = act === null ? -1 : path.findIndex((step) => step.act === act);
  return path[at + 1]?.act ?? null;
}

/** The step before; null at the beginning. */
export function stepBefore(path: readonly Step[], act: StepAct): StepAct | null {
  return path[path.findIndex((step) => step.act === act) - 1]?.act ?? null;
}

/** Whether the path ends in a signature: what comes of it is a letter. */
export function isSigned(path: readonly Step[]): boolean {
  return path.some((step) => step.act === 'sign');
}

/** An officer who may do a step, and the one in whose place, where it is a delegation. */
export interface StepHolder {
  officer: VillageOfficer;
  /** Their place among the roles that do it: 0 is asked first. */
  rank: number;
  inPlaceOf: { id: string; name: string } | null;
}

/**
 * Who of a village's officers may do a step of such a request, whoever is asked first at the head. Somebody who is away
 * is replaced by their deputy for the role. Where nobody holds its roles it falls to `otherwise`, then to whoever handles
 * such requests at all: but for the signature, which nobody gives who was not named for it. Only who may handle the
 * request does a step of it.
 */
export function holdersOf(
  step: Step,
  officers: readonly VillageOfficer[],
  village: string,
  handling: Handling,
): StepHolder[] {
  const { own, roles } = fallTo(step, officers, village, handling);
  if (roles)
    return own
      .flatMap((officer) => holding(officer, roles, officers, handling))
      .toSorted((a, b) => a.rank - b.rank);
  return step.act === 'sign' ? [] : own.map((officer, rank) => ({ officer, rank, inPlaceOf: null }));
}

/**
 * How this officer may do the step; null: not. To whom it falls is the village's matter, by all that its officers hold; whoever
 * acts does it by what they have proven alone (`provenRow`).
 */
export function mayStep(
  step: Step,
  officer: Acting,
  officers: readonly VillageOfficer[],
  village: string,
  handling: Handling,
): StepHolder | null {
  const { own, roles } = fallTo(step, officers, village, handling);
  const row = own.find(({ id }) => id === officer.id);
  if (!row) return null;
  const proven = provenRow(row, officer, village);
  if (roles) return holding(proven, roles, officers, handling)[0] ?? null;
  if (step.act === 'sign' || !handles(officer, village, handling, officers)) return null;
  return { officer: proven, rank: own.indexOf(row), inPlaceOf: null };
}

/** Who acts, with the roles that they have proven. */
type Acting = Pick<OfficerIdentity, 'id' | 'roles' | 'isUnconfirmed'>;

/**
 * An officer's row of a village, as far as whoever acts has proven to be them: an account that another's link opened holds
 * none of its officer's guarded roles, nor such a role of somebody who is away.
 */
function provenRow(row: VillageOfficer, { roles, isUnconfirmed }: Acting, village: string): VillageOfficer {
  const held = roles.filter(({ village: of }) => of === null || of === village).map(({ role }) => role);
  return {
    ...row,
    roles: row.roles.filter((role) => held.includes(role)),
    deputyFor: (row.deputyFor ?? []).filter(({ role }) => !isUnconfirmed || !isGuarded(role)),
  };
}

/** Of the officers who handle such a request: by which roles the step is done here; null: nobody holds any that it names. */
function fallTo(
  step: Step,
  officers: readonly VillageOfficer[],
  village: string,
  handling: Handling,
): { own: VillageOfficer[]; roles: readonly string[] | null } {
  const own = officers.filter(
    (officer) => !officer.isKeeper && isHandler(officer, officers, village, handling),
  );
  const roles = [step.roles, step.otherwise ?? []].find((named) =>
    own.some((officer) => holding(officer, named, officers, handling).length > 0),
  );
  return { own, roles: roles ?? null };
}

/** Whether one of a village's officers handles such a request by all that they hold there, whoever acts. */
export function isHandler(
  officer: VillageOfficer,
  officers: readonly VillageOfficer[],
  village: string,
  handling: Handling,
): boolean {
  return mayHandle(rolesOf(officer, village, handling), village, handling, [...officers], officer.id);
}

/**
 * The roles of an officer in a village, with those that they hold for somebody who is away; for what is sealed (`handling`)
 * their own alone.
 */
export function rolesOf(
  officer: VillageOfficer,
  village: string,
  handling?: Pick<Handling, 'sealedTo'>,
): { role: string; village: string }[] {
  const standing = handling?.sealedTo ? [] : (officer.deputyFor ?? []).map(({ role }) => role);
  return [...officer.roles, ...standing].map((role) => ({ role, village }));
}

/**
 * With which roles an officer handles such a request of a village whose officers these are: their own, wherever they hold
 * them, and there those that they hold today for somebody who is away; none of these for what is sealed.
 */
export function handlingRoles(
  officer: Acting,
  village: string,
  handling: Pick<Handling, 'sealedTo'>,
  officers: readonly VillageOfficer[],
): OfficerRole[] {
  const row = officers.find(({ id }) => id === officer.id);
  const here = row && provenRow(row, officer, village);
  return [...officer.roles, ...(here ? rolesOf({ ...here, roles: [] }, village, handling) : [])];
}

/**
 * Whether an officer may handle such a request of this village: what every act on it asks first, and what every list of
 * requests shows. `officers`: all who serve the village, with those in whose place they stand today.
 */
export function handles(
  officer: Acting,
  village: string,
  handling: Handling,
  officers: readonly VillageOfficer[],
): boolean {
  if (!serves(officer.roles, village)) return false;
  const roles = handlingRoles(officer, village, handling, officers);
  return mayHandle(roles, village, handling, [...officers], officer.id);
}

function holding(
  officer: VillageOfficer,
  roles: readonly string[],
  officers: readonly VillageOfficer[],
  handling: Handling,
): StepHolder[] {
  const isAway = (id: string, role: string): boolean =>
    !handling.sealedTo &&
    officers.some((one) => one.deputyFor?.some((held) => held.role === role && held.of.id === id));
  const ranks = officer.roles.flatMap((role) =>
    roles.includes(role) ? [{ rank: roles.indexOf(role), isAway: isAway(officer.id, role) }] : [],
  );
  // Who is away may still do it themselves, if they are here after all; others are asked first.
  const mine = ranks.toSorted((a, b) => a.rank - b.rank)[0];
  if (mine) return [{ officer, rank: mine.isAway ? roles.length + mine.rank : mine.rank, inPlaceOf: null }];
  // What is sealed to one role is never done by another in its place.
  if (handling.sealedTo) return [];
  const standing = (officer.deputyFor ?? []).find(({ role }) => roles.includes(role));
  return standing ? [{ officer, rank: roles.indexOf(standing.role), inPlaceOf: standing.of }] : [];
}
