import { isOpenCase } from './cases.js';
import type { CaseStatus } from './cases.js';
import type { OutageKind } from './clocks.js';
import { mayReopen } from './decide.js';
import { firstName } from './firstName.js';
import type { CaseSeen } from './lookup.js';
import type { Service } from './service.js';

/** What of a case its resident's chat is told from. */
export interface SeenFacts {
  code: string;
  service: string;
  status: CaseStatus;
  step: string | null;
  missing: readonly string[];
  openedAt: Date;
  dueAt: Date | null;
  closedAt: Date | null;
  lastWords: string | null;
  forWhom: string | null;
  forwardedTo: string | null;
  isMerged: boolean;
  place: number | null;
  /** Absent: there is none of it. */
  extras?: CaseExtras | undefined;
}

/** What is found beside a case's row, for its resident alone. */
export interface CaseExtras {
  /** Its electronic letter can be sent once more. */
  hasLetter: boolean;
  /** Who in the office was reminded of a promise that is missed; null: nobody yet. */
  told: 'office' | 'sekretaris' | 'kepala_desa' | 'heads' | null;
  /** Who was told beyond the village, where it opted in. */
  beyond: 'kecamatan' | 'kabupaten' | 'both' | null;
  /** The outage for which its promise stands still; the one that has put it off. */
  halted: OutageKind | null;
  postponed: OutageKind | null;
}

export const NO_EXTRAS: CaseExtras = {
  hasLetter: false,
  told: null,
  beyond: null,
  halted: null,
  postponed: null,
};

/** Nothing of a case; `status` may tell why. */
export function nothingOf(code: string, status: string): CaseSeen {
  return {
    found: false,
    detail: false,
    hidden: false,
    code,
    service: '',
    status,
    position: null,
    opened: null,
    due: null,
    words: null,
    for_whom: null,
    step: null,
    send: [],
    bring: [],
    item: null,
    item_kind: null,
    papers: [],
    is_late: false,
    office: null,
    is_merged: false,
    may_reopen: false,
    has_letter: false,
    told: null,
    beyond: null,
    halted: null,
    postponed: null,
  };
}

/** The state alone, for somebody else. */
export function stateAlone({ code, status }: Pick<SeenFacts, 'code' | 'status'>): CaseSeen {
  return { ...nothingOf(code, status), found: true };
}

/** All of it, as flows see it. */
export function seenOf(row: SeenFacts, service: Service | undefined, now: Date): CaseSeen {
  const missing = (service?.checklist ?? []).filter(({ id }) => row.missing.includes(id));
  const sent = missing.filter(({ by }) => by === 'chat');
  const { hasLetter, ...extras } = row.extras ?? NO_EXTRAS;
  const named = (items: { id: string }[]) => items.map(({ id }) => itemName(row.service, id));
  return {
    ...stateAlone(row),
    detail: true,
    service: row.service,
    position: row.place,
    opened: row.openedAt.toISOString(),
    due: row.dueAt?.toISOString() ?? null,
    words: row.lastWords,
    for_whom: firstName(row.forWhom),
    step: row.step,
    send: named(sent),
    bring: named(missing.filter(({ by }) => by === 'counter')),
    item: named(sent)[0] ?? null,
    item_kind: sent[0] ? (sent[0].kind ?? 'document') : null,
    papers: papersOf(row.service, service),
    is_late: isLate(row, now),
    office: row.forwardedTo,
    is_merged: row.isMerged,
    may_reopen: mayReopen(row, now),
    has_letter: hasLetter,
    ...extras,
  };
}

/** An item of a service's checklist as flows name it: `usaha.ktp` reads as its words. */
export function itemName(service: string, item: string): string {
  return `${service}.${item}`;
}

/**
 * What is shown when a letter is fetched, `usaha.ktp`: what everybody must bring. What only some must, and the pengantar
 * that an RT head may have given by a tap, was told when it was asked for.
 */
export function papersOf(id: string, service: Service | undefined): string[] {
  return (service?.checklist ?? [])
    .filter(
      (item) => item.by === 'counter' && !item.optional && item.if === undefined && item.id !== 'pengantar',
    )
    .map((item) => itemName(id, item.id));
}

/** What waits for the resident, or to be fetched, keeps no promise waiting. */
export function isLate({ status, dueAt }: Pick<SeenFacts, 'status' | 'dueAt'>, now: Date): boolean {
  return dueAt !== null && dueAt < now && isOpenCase(status) && status !== 'asked' && status !== 'ready';
}
