import type { VillageOfficer } from './handlers.js';

/**
 * Who receives a complaint: always somebody above the person complained of, and never that person. An ordinary officer
 * is complained of to the secretary, the secretary to the head of the village; above the head nobody of the village
 * stands, and the complaint goes outside (SP4N-LAPOR!, the kecamatan).
 */
export type Receiver = 'sekretaris' | 'kepala_desa';

/** To whom a case is sealed: a role, and the officers who held it when the case was opened. */
export interface SealedTo {
  role: string;
  officers: readonly string[];
}

/** Who may be complained of, as the flow service-complaint names them, with the roles they may hold here. */
const OFFICE = [
  'operator',
  'kaur_tu',
  'kasi_pelayanan',
  'kasi_pemerintahan',
  'kasi_kesejahteraan',
  'bidan',
  'kader',
  'admin',
];
const COMPLAINED: { [who: string]: { roles: readonly string[]; above: readonly Receiver[] } } = {
  staff: { roles: OFFICE, above: ['sekretaris', 'kepala_desa'] },
  hamlet: { roles: ['kepala_dusun'], above: ['sekretaris', 'kepala_desa'] },
  secretary: { roles: ['sekretaris'], above: ['kepala_desa'] },
  /** Whoever it is may be anybody below the head. */
  unknown: { roles: [...OFFICE, 'kepala_dusun', 'sekretaris'], above: ['kepala_desa'] },
  head: { roles: ['kepala_desa'], above: [] },
};

/**
 * The receivers of a complaint in a village whose officers these are; null where it must go outside. A role is passed
 * over where one of its holders may be the person complained of: named in the words, or holding such a role as well.
 */
export function receiverOf(
  who: string,
  named: string | null,
  officers: readonly VillageOfficer[],
): SealedTo | null {
  const { roles, above } = COMPLAINED[who] ?? COMPLAINED['unknown']!;
  for (const role of above) {
    const holders = officers.filter((officer) => !officer.isKeeper && officer.roles.includes(role));
    if (holders.length === 0) continue;
    const isSafe = holders.every(
      (holder) => !isNamed(holder.name, named) && !holder.roles.some((held) => roles.includes(held)),
    );
    if (isSafe) return { role, officers: holders.map(({ id }) => id) };
  }
  return null;
}

/** Whether an officer may see what is sealed: one of those it was sealed to, who holds the role in that village still. */
export function isReceiver(
  sealedTo: SealedTo,
  officer: { id: string; roles: readonly { role: string; village: string | null }[] },
  village: string,
): boolean {
  return (
    sealedTo.officers.includes(officer.id) &&
    officer.roles.some((held) => held.role === sealedTo.role && held.village === village)
  );
}

const TITLES = new Set(['pak', 'bapak', 'bu', 'ibu', 'mas', 'mbak', 'haji', 'hajah', 'desa', 'kepala']);

/** Whether the words name this officer: a word of three letters or more that both have. Too careful does no harm. */
function isNamed(officer: string, named: string | null): boolean {
  const of = wordsOf(officer);
  return wordsOf(named ?? '').some((word) => of.includes(word));
}

function wordsOf(text: string): string[] {
  return (text.toLowerCase().match(/\p{L}{3,}/gu) ?? []).filter((word) => !TITLES.has(word));
}
