import { dueAt, isOpen, opensNext, describeHours, describeToday } from '../../core/workingTime.js';
import type { WorkingHours } from '../../core/workingTime.js';
import type { VillageFound } from '../../core/lookup.js';
import type { VillageContext } from '../../flow/types.js';

/**
 * Villages of the world in memory: real names, of which Kemiren takes requests; and Gombolirang, which differs from the
 * catalogue in some services.
 */
const VILLAGES = [
  { id: '35.10.15.2004', name: 'Kemiren', district: 'Glagah', isActive: true },
  { id: '35.10.17.2001', name: 'Sumbersari', district: 'Srono', isActive: false },
  { id: '35.10.11.2003', name: 'Genteng Wetan', district: 'Genteng', isActive: false },
  { id: '35.10.11.2001', name: 'Genteng Kulon', district: 'Genteng', isActive: false },
  { id: '35.10.12.2003', name: 'Karangrejo', district: 'Wongsorejo', isActive: false },
  { id: '35.10.25.2001', name: 'Karangrejo', district: 'Blimbingsari', isActive: false },
  { id: '35.10.22.2002', name: 'Tamansari', district: 'Licin', isActive: false },
  { id: '35.10.14.2006', name: 'Gombolirang', district: 'Kabat', isActive: true },
] as const;

/** What Gombolirang has otherwise than the catalogue. */
const OWN_SERVICES = {
  keramaian: { offReason: 'Petugasnya cuti sampai 1 Desember.', promiseHours: null, counter: null },
  usaha: { offReason: null, promiseHours: 24, counter: 'foto tempat usaha' },
};

export const HOURS: WorkingHours = {
  zone: 'Asia/Jakarta',
  spans: [
    ...[1, 2, 3, 4].map((weekday) => ({ weekday, opens: '07:30', closes: '15:30' })),
    { weekday: 5, opens: '07:00', closes: '14:30' },
  ],
  holidays: new Set(),
};

export function villageNamed(name: string): (typeof VILLAGES)[number] | undefined {
  return VILLAGES.find((village) => village.name.toLowerCase() === name.toLowerCase());
}

/** A village as the engine sees it at a moment. */
export function villageContext(id: string, now: Date, language: string): VillageContext | null {
  const village = VILLAGES.find((known) => known.id === id);
  if (!village) return null;
  return {
    id: village.id,
    name: village.name,
    district: village.district,
    type: 'desa',
    state: village.isActive ? 'active' : 'listed',
    zone: HOURS.zone,
    officeAddress: `Kantor Desa ${village.name}, Kec. ${village.district}`,
    officePhone: village.isActive ? '0333 000 001' : null,
    officeHours: describeHours(HOURS, language, now),
    officeToday: describeToday(HOURS, now, language),
    isOpenNow: isOpen(HOURS, now),
    opensNext: opensNext(HOURS, now)?.toISOString() ?? null,
    midwifePhone: village.isActive ? '0812-0000-0001' : null,
    services: village.name === 'Gombolirang' ? OWN_SERVICES : {},
  };
}

export function due(now: Date, hours: number | null): string | null {
  return hours === null ? null : (dueAt(HOURS, now, hours)?.toISOString() ?? null);
}

/** Finds villages by their letters: exact names, else those that begin alike. */
export function findVillages(
  text: string,
  district: string | undefined,
): { exact: boolean; items: VillageFound[] } {
  const letters = (name: string): string => name.toLowerCase().replace(/[^a-z]/gu, '');
  const wanted = letters(text);
  const inDistrict = VILLAGES.filter(
    (village) => !district || letters(village.district).startsWith(letters(district)),
  );
  const same = inDistrict.filter((village) => letters(village.name) === wanted);
  const near = inDistrict.filter(
    (village) => wanted.length >= 4 && letters(village.name).startsWith(wanted.slice(0, 5)),
  );
  const found = same.length > 0 ? same : near;
  return {
    exact: same.length > 0,
    items: found.map(({ id, name, district: of, isActive }) => ({
      id,
      name,
      district: of,
      is_active: isActive,
    })),
  };
}
