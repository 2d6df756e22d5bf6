import { firstName } from './firstName.js';
import { handlingOf, mayHandle, type VillageOfficer } from './handlers.js';
import type { SealedTo } from './complaints.js';
import { holdersOf, pathOf, rolesOf, type StepAct } from './path.js';
import type { Service } from './service.js';

/** The live board of one officer, pure: what is theirs to do next, of the open cases of a village. */

/** An open case as the board reads it. */
export interface BoardCase {
  id: string;
  code: string;
  villageId: string;
  service: string;
  status: string;
  step: StepAct | null;
  residentName: string | null;
  isConfidential: boolean;
  isUrgent: boolean;
  sealedTo: SealedTo | null;
  officerId: string | null;
  assignedId: string | null;
  openedAt: Date;
  dueAt: Date | null;
}

/** Why a case stands on somebody's board. */
export type Reason = 'waiting' | 'mine' | 'initial' | 'sign' | 'asked';

export interface Board {
  count: number;
  /** null: none, which a text then leaves out. */
  waiting: number | null;
  mine: number | null;
  initial: number | null;
  sign: number | null;
  asked: number | null;
  overdue: number | null;
  cases: { code: string; service: string; resident: string | null; status: string; late: boolean }[];
  /** How many are not named; null: none. */
  more: number | null;
  /** The code of the one that waits longest to be taken. */
  oldest: string | null;
}

/** Lines of a board: what fits on a small phone. */
const LINES = 8;

/** The board of an officer: urgent ones first, then what is late, then by time of request. Names are first names, none of what is sealed. */
export function boardOf(
  officer: VillageOfficer,
  cases: readonly BoardCase[],
  officers: ReadonlyMap<string, readonly VillageOfficer[]>,
  services: { readonly [id: string]: Service },
  now: Date,
): Board {
  const mine = cases
    .flatMap((one) => {
      const reason = reasonFor(officer, one, officers.get(one.villageId) ?? [], services);
      return reason === null ? [] : [{ one, reason, late: one.dueAt !== null && one.dueAt <= now }];
    })
    .toSorted(
      (a, b) =>
        Number(b.one.isUrgent) - Number(a.one.isUrgent) ||
        Number(b.late) - Number(a.late) ||
        a.one.openedAt.getTime() - b.one.openedAt.getTime(),
    );
  const count = (reason: Reason) => mine.filter((item) => item.reason === reason).length || null;
  return {
    count: mine.length,
    waiting: count('waiting'),
    mine: count('mine'),
    initial: count('initial'),
    sign: count('sign'),
    asked: count('asked'),
    overdue: mine.filter(({ late }) => late).length || null,
    cases: mine.slice(0, LINES).map(({ one, late }) => ({
      code: one.code,
      service: one.service,
      resident: one.sealedTo ? null : firstName(one.residentName),
      status: one.status,
      late,
    })),
    more: mine.length > LINES ? mine.length - LINES : null,
    oldest: mine.find(({ reason }) => reason === 'waiting')?.one.code ?? null,
  };
}

/** When time alone changes a board: the next promise of these that runs out; null: none. */
export function nextDue(cases: readonly BoardCase[], now: Date): Date | null {
  const times = cases.flatMap(({ dueAt }) => (dueAt !== null && dueAt > now ? [dueAt.getTime()] : []));
  return times.length === 0 ? null : new Date(Math.min(...times));
}

/** Why a case is this officer's to do something about; null: it is not, or not now. */
export function reasonFor(
  officer: VillageOfficer,
  one: BoardCase,
  officers: readonly VillageOfficer[],
  services: { readonly [id: string]: Service },
): Reason | null {
  const handling = handlingOf(services[one.service], one.isConfidential, one.sealedTo);
  const here = officers.find(({ id }) => id === officer.id);
  if (!here || here.isKeeper) return null;
  const posts = rolesOf(here, one.villageId, handling);
  if (!mayHandle(posts, one.villageId, handling, [...officers], officer.id)) return null;
  const step = pathOf(services[one.service]).find(({ act }) => act === one.step);
  const first = step && holdersOf(step, officers, one.villageId, handling);
  const isTheirs = first ? first.some((holder) => holder.officer.id === officer.id) : true;
  switch (one.status) {
    case 'open':
      if (one.assignedId !== null && officers.some(({ id }) => id === one.assignedId))
        return one.assignedId === officer.id ? 'waiting' : null;
      return isTheirs ? 'waiting' : null;
    case 'in_hand':
      // What somebody who is away has in hand, their deputy goes on with.
      if (first?.some((holder) => holder.officer.id === officer.id && holder.inPlaceOf?.id === one.officerId))
        return 'mine';
      return one.officerId === officer.id ? 'mine' : null;
    case 'asked':
      return one.officerId === officer.id ? 'asked' : null;
    case 'signing':
      return isTheirs && (one.step === 'initial' || one.step === 'sign') ? one.step : null;
    default:
      return null;
  }
}
