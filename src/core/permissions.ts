import { newState } from './cases.js';
import type { CaseState, CaseStatus, Holder } from './cases.js';
import { actorOn, decide } from './decide.js';
import type { Actor, Given, LastAct, Situation } from './decide.js';
import { CASE_ACTS } from './effect.js';
import type { CaseAct } from './effect.js';
import type { OfficerIdentity } from './asker.js';
import { handlingOf, OVERSEERS } from './handlers.js';
import type { VillageOfficer } from './handlers.js';
import { isSigned, pathOf } from './path.js';
import type { Step, StepAct } from './path.js';
import type { Service } from './service.js';

/**
 * Who may do what to a case, by role: worked out from the very functions that decide it (core/decide.ts, core/path.ts,
 * core/handlers.ts), for a village whose every role is held by one officer. docs/permissions.md is made from it, and
 * tests/effects/permissions.test.ts holds it against the applier, cell by cell.
 */
export const MATRIX_ROLES = [
  'operator',
  'kaur_tu',
  'kasi_pelayanan',
  'kasi_pemerintahan',
  'kasi_kesejahteraan',
  'bidan',
  'kader',
  'kepala_dusun',
  'sekretaris',
  'kepala_desa',
  'ketua_rt',
  'admin',
  'kecamatan',
  'kabupaten',
  'resident',
] as const;
export type MatrixRole = (typeof MATRIX_ROLES)[number];

/** `may`: it is done · `no`: not by this role · `unseen`: to them there is no such case. */
export type Cell = 'may' | 'no' | 'unseen';

/** Services that are handled alike: of one kind, as confidential, on the same path. */
export interface CaseGroup {
  kind: Service['kind'];
  desk: Service['desk'];
  isConfidential: boolean;
  isSealed: boolean;
  path: readonly Step[];
  services: string[];
}

/** The groups of a catalogue, in its order. */
export function caseGroups(services: { [id: string]: Service }): CaseGroup[] {
  const groups = new Map<string, CaseGroup>();
  for (const [id, service] of Object.entries(services)) {
    const { kind, desk } = service;
    const isSealed = service.sealed === true;
    const isConfidential = service.confidential || isSealed;
    const path = pathOf(service);
    const key = JSON.stringify([kind, desk ?? null, isConfidential, isSealed, path]);
    const known = groups.get(key);
    if (known) known.services.push(id);
    else groups.set(key, { kind, desk, isConfidential, isSealed, path, services: [id] });
  }
  return [...groups.values()];
}

/** How a case stands when an act is its next one. */
export interface Setting {
  status: CaseStatus;
  step: StepAct | null;
  /** In the hands of whoever acts, as far as they could have it. */
  isMine: boolean;
}

/** The setting in which each act is asked about: the one that it is made for. */
export function settingOf(act: CaseAct, path: readonly Step[]): Setting {
  const isLetter = isSigned(path);
  const first = path[0]?.act ?? null;
  const open: Setting = { status: 'open', step: first, isMine: false };
  switch (act) {
    case 'release':
    case 'give':
    case 'undo':
      return { status: 'in_hand', step: first, isMine: true };
    case 'answer':
      return { status: 'asked', step: first, isMine: false };
    case 'initial':
    case 'return':
      return isLetter ? { status: 'signing', step: 'initial', isMine: false } : open;
    case 'sign':
      return isLetter ? { status: 'signing', step: 'sign', isMine: false } : open;
    case 'ready':
      return isLetter ? { status: 'signing', step: 'sign', isMine: false } : open;
    case 'finish':
      return isLetter ? { status: 'ready', step: null, isMine: false } : open;
    case 'reopen':
      return { status: 'finished', step: null, isMine: false };
    default:
      return open;
  }
}

/**
 * The acts that there are for a group: without a signature there are no initials, nothing to sign, no step back; and only
 * complaints have a class.
 */
export function actsOf({ path, kind }: Pick<CaseGroup, 'path' | 'kind'>): CaseAct[] {
  const without = [
    ...(isSigned(path) ? [] : ['initial', 'sign', 'return']),
    ...(kind === 'complaint' ? [] : ['classify']),
  ];
  return CASE_ACTS.filter((act) => !without.includes(act) && !(act === 'verify' && path.length === 0));
}

/** The village of the matrix: one officer for every role of it, and the installation's keeper. */
export function fullVillage(village: string): {
  officers: VillageOfficer[];
  identityOf: (role: MatrixRole) => OfficerIdentity | null;
} {
  const outside = ['ketua_rt', ...OVERSEERS];
  const own = MATRIX_ROLES.filter((role) => role !== 'resident' && !outside.includes(role));
  return {
    officers: own.map((role) => ({ id: role, name: role, roles: [role], isKeeper: role === 'admin' })),
    identityOf: (role) =>
      role === 'resident'
        ? null
        : {
            id: role,
            name: role,
            roles: [{ role, village: role === 'admin' || role === 'kabupaten' ? null : village }],
          },
  };
}

/** The role to which a complaint of the matrix is sealed: about the staff, to the secretary. */
export const SEALED_ROLE = 'sekretaris';

/** Acts in rows, roles in columns. */
export function matrixOf(group: CaseGroup): { act: CaseAct; cells: { [R in MatrixRole]: Cell } }[] {
  return actsOf(group).map((act) => ({
    act,
    cells: Object.fromEntries(MATRIX_ROLES.map((role) => [role, cellOf(group, act, role)])) as {
      [R in MatrixRole]: Cell;
    },
  }));
}

const VILLAGE = 'here';
const NOW = new Date(0);
const OTHER: Holder = { id: 'another', name: '' };

function cellOf(group: CaseGroup, act: CaseAct, role: MatrixRole): Cell {
  const actor = actorIn(group, act, role);
  if (!actor) return 'unseen';
  const setting = settingOf(act, group.path);
  const me = actor.kind === 'officer' ? { id: actor.id, name: actor.name } : null;
  const before = stateIn(setting, null);
  const state = setting.isMine
    ? stateIn(setting, me)
    : setting.status === 'finished'
      ? stateIn(setting, OTHER)
      : before;
  const last: LastAct = {
    officerId: me?.id ?? null,
    officerName: me?.name ?? null,
    at: NOW,
    kinds: ['case_taken'],
    numbers: [2],
    stands: false,
    before: newState(setting.step),
  };
  const situation: Situation = {
    now: NOW,
    service: group.services[0]!,
    path: group.path,
    way: 'wet',
    holderIsActive: true,
    closedAt: NOW,
    isIssued: false,
    isMadeElsewhere: false,
    isOwnLetter: false,
    hasChat: true,
    hasPin: false,
    isSealed: group.isSealed,
    isConfidential: group.isConfidential,
    isComplaint: group.kind === 'complaint',
    residentId: 'resident',
    last: act === 'undo' ? last : null,
  };
  return decide(state, act, actor, givenIn(group, actor), situation).outcome === 'done' ? 'may' : 'no';
}

/** A resident acts on their own; an officer's acts are not theirs, and theirs are no officer's. */
function actorIn(group: CaseGroup, act: CaseAct, role: MatrixRole): Actor | null {
  const isResidents = act === 'answer' || act === 'cancel';
  if (role === 'resident') return isResidents || act === 'reopen' ? { kind: 'resident' } : null;
  return isResidents ? null : officerIn(group, role);
}

function officerIn(group: CaseGroup, role: MatrixRole) {
  const { officers, identityOf } = fullVillage(VILLAGE);
  const sealedTo = group.isSealed ? { role: SEALED_ROLE, officers: [SEALED_ROLE] } : null;
  const service = { kind: group.kind, desk: group.desk, confidential: group.isConfidential } as Service;
  return actorOn(
    identityOf(role)!,
    VILLAGE,
    handlingOf(service, group.isConfidential, sealedTo),
    officers,
    group.path,
  );
}

function stateIn({ status, step }: Setting, holder: Holder | null): CaseState {
  const doneBy =
    step === 'initial' ? { verify: OTHER } : step === 'sign' ? { verify: OTHER, initial: OTHER } : {};
  return { ...newState(step), status, holder, doneBy };
}

/** What comes with the acts: a colleague who may have it, an office, another case of the same service and person. */
function givenIn(group: CaseGroup, actor: Actor): Given {
  const colleague = MATRIX_ROLES.filter((role) => role !== 'resident')
    .map((role) => officerIn(group, role))
    .find((one) => one?.mayHandle && actor.kind === 'officer' && one.id !== actor.id);
  return {
    text: 'text',
    office: 'office',
    class: 'normative',
    colleague: colleague ? { id: colleague.id, name: colleague.name } : null,
    other: {
      code: 'other',
      service: group.services[0]!,
      isOpen: true,
      isSealed: group.isSealed,
      isConfidential: group.isConfidential,
      residentId: 'resident',
    },
  };
}
