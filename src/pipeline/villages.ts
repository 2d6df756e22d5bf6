import { describeHours, describeToday, isOpen, opensNext, type WorkingHours } from '../core/workingTime.js';
import type { Village } from '../core/village.js';
import type { VillageContext } from '../flow/types.js';
import { loadOfficeHours } from '../store/officeHours.js';
import type { Sql } from '../store/sql.js';
import { loadVillageServices } from '../store/villageServices.js';

/** Opening hours change rarely: read again after this long. */
const HOURS_KEPT_MS = 30_000;

/** Villages as the engine sees them, worked out once a minute for each and language: clocks and calendars are slow. */
export interface Villages {
  /** Reads the hours of those that are not known yet. */
  load(sql: Sql, villageIds: string[], now: Date): Promise<void>;
  context(village: Village, language: string, now: Date): VillageContext;
}

export function createVillages(): Villages {
  const hoursOf = new Map<
    string,
    { hours: WorkingHours; services: VillageContext['services']; until: number }
  >();
  const contexts = new Map<
    string,
    { minute: number; row: Village; hours: WorkingHours; context: VillageContext }
  >();
  return {
    async load(sql, villageIds, now) {
      const missing = [...new Set(villageIds)].filter(
        (id) => (hoursOf.get(id)?.until ?? -Infinity) <= now.getTime(),
      );
      if (missing.length === 0) return;
      const until = now.getTime() + HOURS_KEPT_MS;
      const services = await loadVillageServices(sql, missing);
      for (const [id, hours] of await loadOfficeHours(sql, missing))
        hoursOf.set(id, { hours, services: services.get(id), until });
    },
    context(row, language, now) {
      const hours = hoursOf.get(row.id)?.hours ?? { zone: row.zone, spans: [], holidays: new Set<string>() };
      const minute = Math.floor(now.getTime() / 60_000);
      const key = `${row.id} ${language}`;
      const kept = contexts.get(key);
      if (kept && kept.minute === minute && kept.hours === hours && isSameVillage(kept.row, row))
        return kept.context;
      const context: VillageContext = {
        id: row.id,
        name: row.name,
        district: row.district,
        type: row.type,
        state: row.state,
        zone: row.zone,
        officeAddress: row.officeAddress,
        officePhone: row.officePhone,
        officeHours: describeHours(hours, language, now),
        officeToday: describeToday(hours, now, language),
        isOpenNow: isOpen(hours, now),
        opensNext: opensNext(hours, now)?.toISOString() ?? null,
        midwifePhone: row.midwifePhone,
        services: hoursOf.get(row.id)?.services ?? {},
      };
      contexts.set(key, { minute, row, hours, context });
      return context;
    },
  };
}

function isSameVillage(a: Village, b: Village): boolean {
  return (Object.keys(a) as (keyof Village)[]).every((key) => a[key] === b[key]);
}
