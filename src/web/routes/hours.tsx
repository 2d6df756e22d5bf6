import { DateTime } from 'luxon';
import { Hono } from 'hono';
import { z } from 'zod';
import type { OfficerIdentity } from '../../core/asker.js';
import { insertAudit } from '../../store/audit.js';
import type { JsonObject } from '../../core/json.js';
import { listHolidays, listSpans, removeHoliday, setHoliday, setSpans } from '../../store/officeHours.js';
import { addOutage, endOutage, listOutages, removeOutage } from '../../store/outages.js';
import { inTransaction } from '../../store/sql.js';
import type { Sql } from '../../store/sql.js';
import { allowed } from '../allowed.js';
import type { WebDeps } from '../deps.js';
import type { WebContext, WebEnv } from '../env.js';
import { readForm } from '../form.js';
import type { Given } from '../form.js';
import { PageError } from '../pageError.js';
import { readWeek } from '../week.js';
import { isKeeper } from '../policy.js';
import { HoursPage, OUTAGE_KINDS } from '../views/hours.js';
import type { HoursOf } from '../views/hours.js';
import { HOME_ZONE } from '../views/view.js';
import type { Key } from '../words.js';
import { officeOf } from './villages.js';

const Day = z.string().regex(/^20\d{2}-\d{2}-\d{2}$/u);
const AnyForm = z.record(z.string(), z.union([z.string(), z.array(z.string())]));
const DaysForm = z.object({ from: Day, to: Day, name: z.string().trim().max(60) });
const HolidayForm = z.object({ day: Day, name: z.string().trim().min(2).max(80) });
const Moment = z.string().regex(/^20\d{2}-\d{2}-\d{2}T\d{2}:\d{2}$/u);
const OutageForm = z.object({
  kind: z.enum(OUTAGE_KINDS),
  from: Moment,
  to: z.union([z.literal(''), Moment]),
  note: z.string().trim().max(200),
});
/** What is true of all villages is confirmed: one slip would move the promises of a whole regency. */
const ForAllForm = z.object({ sure: z.literal('ya'), note: z.string().trim().min(3) });
const VILLAGE = '/jam/:village{[\\d.]+}';
const ALL = '/jam/semua';

/** Whose hours an address is about; 403 or 404 for whoever may not change them. */
type Place = (deps: WebDeps, c: WebContext) => Promise<HoursOf>;

const ofVillage: Place = async (deps, c) => {
  const { scope } = allowed(c, 'village.settings');
  const office = await officeOf(deps, c, scope);
  return { id: office.id, path: `/console/jam/${office.id}`, zone: office.zone, office };
};

/** Of all villages at once: the installation's keepers alone. */
const ofAll: Place = (_deps, c) => {
  const { officer } = allowed(c, 'village.settings');
  if (!isKeeper(officer, 'village.settings')) throw new PageError(403);
  return Promise.resolve({ id: null, path: '/console/jam/semua', zone: HOME_ZONE, office: null });
};

/**
 * When an office is open: the week with its breaks, weeks that differ (Ramadan), days off, and when nobody could work. Of one
 * village, or of all in one act.
 */
export function hourRoutes(deps: WebDeps): Hono<WebEnv> {
  return new Hono<WebEnv>()
    .route('/', hoursAt(deps, ALL, ofAll))
    .route('/', hoursAt(deps, VILLAGE, ofVillage));
}

function hoursAt(deps: WebDeps, base: string, placeOf: Place): Hono<WebEnv> {
  const page = async (c: WebContext, more: { faultKey?: Key; given?: Given } = {}) => {
    const place = await placeOf(deps, c);
    const today = DateTime.fromJSDate(deps.now(), { zone: place.zone }).toISODate()!;
    const [spans, usual, holidays, outages] = await Promise.all([
      listSpans(deps.pool, place.id),
      listSpans(deps.pool, null),
      listHolidays(deps.pool, place.id, today),
      listOutages(deps.pool, place.id, 20),
    ]);
    return c.html(
      <HoursPage
        view={c.get('view')}
        place={place}
        spans={spans}
        usual={usual}
        holidays={holidays}
        outages={outages}
        notice={c.req.query('kabar')}
        {...more}
      />,
      more.faultKey ? 400 : 200,
    );
  };
  /** Changes something, with a line in the audit log; then back to the page. */
  const change = async (
    c: WebContext,
    action: string,
    work: (sql: Sql, place: HoursOf, officer: OfficerIdentity) => Promise<JsonObject | null>,
  ) => {
    const { officer } = allowed(c, 'village.settings');
    const place = await placeOf(deps, c);
    const subject =
      place.id === null
        ? { subjectKind: 'installation', subjectId: 'villages' }
        : { subjectKind: 'village', subjectId: place.id };
    const isDone = await inTransaction(deps.pool, async (sql) => {
      const data = await work(sql, place, officer);
      if (!data) return false;
      await insertAudit(sql, [{ officerId: officer.id, action, ...subject, data }], deps.newId, deps.now());
      return true;
    });
    if (!isDone) throw new PageError(404);
    return c.redirect(`${place.path}?kabar=hours_saved`, 303);
  };
  return new Hono<WebEnv>()
    .get(base, (c) => page(c))
    .post(base, async (c) => {
      const place = await placeOf(deps, c);
      const form = await readForm(c, AnyForm);
      const week = readWeek(form.given);
      // A village without hours of its own has those of all; these have none behind them.
      if (week === null || (place.id === null && week.length === 0))
        return page(c, { faultKey: 'hours.fault_week', given: form.given });
      return change(c, 'village.hours', async (sql, { id }) => {
        await setSpans(sql, { villageId: id, days: null }, week, deps.newId, deps.now());
        return { spans: week.length };
      });
    })
    .post(`${base}/bawaan`, async (c) => {
      if ((await placeOf(deps, c)).id === null) throw new PageError(404);
      return change(c, 'village.hours', async (sql, { id }) => {
        await setSpans(sql, { villageId: id, days: null }, [], deps.newId, deps.now());
        return { spans: 0 };
      });
    })
    .post(`${base}/khusus`, async (c) => {
      await placeOf(deps, c);
      const form = await readForm(c, AnyForm);
      const week = readWeek(form.given);
      const days = DaysForm.safeParse(form.given);
      if (week === null || week.length === 0)
        return page(c, { faultKey: 'hours.fault_week', given: form.given });
      if (!days.success || days.data.from > days.data.to)
        return page(c, { faultKey: 'hours.fault_days', given: form.given });
      const { from, to, name } = days.data;
      return change(c, 'village.special_hours', async (sql, { id }) => {
        await setSpans(
          sql,
          { villageId: id, days: { from, to, name: name || null } },
          week,
          deps.newId,
          deps.now(),
        );
        return { from, to };
      });
    })
    .post(`${base}/khusus/hapus`, async (c) => {
      await placeOf(deps, c);
      const form = await readForm(c, z.object({ from: Day, to: Day }));
      if (!form.data) throw new PageError(400);
      const { from, to } = form.data;
      return change(c, 'village.special_hours', async (sql, { id }) => {
        await setSpans(sql, { villageId: id, days: { from, to, name: null } }, [], deps.newId, deps.now());
        return { from, to, removed: true };
      });
    })
    .post(`${base}/libur`, async (c) => {
      await placeOf(deps, c);
      const form = await readForm(c, HolidayForm);
      if (!form.data) return page(c, { faultKey: 'hours.fault_holiday', given: form.given });
      const { day, name } = form.data;
      return change(c, 'village.holiday', async (sql, { id }) => {
        await setHoliday(sql, { villageId: id, day, name }, deps.newId, deps.now());
        return { day, name };
      });
    })
    .post(`${base}/libur/:id{[0-9a-f-]{36}}/hapus`, (c) => {
      const holiday = c.req.param('id');
      return change(c, 'village.holiday', async (sql, { id }) =>
        (await removeHoliday(sql, holiday, id, deps.newId, deps.now())) ? { removed: holiday } : null,
      );
    })
    .post(`${base}/gangguan`, async (c) => {
      const place = await placeOf(deps, c);
      const form = await readForm(c, OutageForm);
      if (!form.data) return page(c, { faultKey: 'hours.fault_outage', given: form.given });
      if (place.id === null && !ForAllForm.safeParse(form.given).success)
        return page(c, { faultKey: 'hours.fault_for_all', given: form.given });
      const { kind, note } = form.data;
      const from = momentOf(form.data.from, place.zone);
      const to = form.data.to === '' ? null : momentOf(form.data.to, place.zone);
      if (from > deps.now() || (to !== null && to < from))
        return page(c, { faultKey: 'hours.fault_outage', given: form.given });
      return change(c, 'village.outage', async (sql, { id }, officer) => {
        const outage = { villageId: id, kind, from, to, note: note || null, officerId: officer.id };
        await addOutage(sql, outage, deps.newId, deps.now());
        return { kind, from: from.toISOString(), to: to?.toISOString() ?? null };
      });
    })
    .post(`${base}/gangguan/:id{[0-9a-f-]{36}}/selesai`, (c) => {
      const outage = c.req.param('id');
      return change(c, 'village.outage', async (sql, { id }) =>
        (await endOutage(sql, outage, id, deps.newId, deps.now())) ? { ended: outage } : null,
      );
    })
    .post(`${base}/gangguan/:id{[0-9a-f-]{36}}/hapus`, (c) => {
      const outage = c.req.param('id');
      return change(c, 'village.outage', async (sql, { id }) =>
        (await removeOutage(sql, outage, id, deps.newId, deps.now())) ? { removed: outage } : null,
      );
    });
}

/** '2026-11-24T09:30' as the village's clock shows it. */
function momentOf(text: string, zone: string): Date {
  return DateTime.fromISO(text, { zone }).toJSDate();
}
