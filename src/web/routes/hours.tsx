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
import type { Office } from '../../store/web/office.js';
import type { Scope } from '../../store/web/scope.js';
import { allowed } from '../allowed.js';
import type { WebDeps } from '../deps.js';
import type { WebContext, WebEnv } from '../env.js';
import { readForm } from '../form.js';
import type { Given } from '../form.js';
import { PageError } from '../pageError.js';
import { readWeek } from '../week.js';
import { HoursPage, OUTAGE_KINDS } from '../views/hours.js';
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
const VILLAGE = '/jam/:village{[\\d.]+}';

/** When an office is open: the week with its breaks, weeks that differ (Ramadan), days off, and when nobody could work. */
export function hourRoutes(deps: WebDeps): Hono<WebEnv> {
  const page = async (c: WebContext, more: { faultKey?: Key; given?: Given } = {}) => {
    const { scope } = allowed(c, 'village.settings');
    const office = await officeOf(deps, c, scope);
    const today = DateTime.fromJSDate(deps.now(), { zone: office.zone }).toISODate()!;
    const [spans, usual, holidays, outages] = await Promise.all([
      listSpans(deps.pool, office.id),
      listSpans(deps.pool, null),
      listHolidays(deps.pool, office.id, today),
      listOutages(deps.pool, office.id, 20),
    ]);
    return c.html(
      <HoursPage
        view={c.get('view')}
        office={office}
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
  /** Changes something of a village, with a line in the audit log; then back to its page. */
  const change = async (
    c: WebContext,
    action: string,
    work: (sql: Sql, office: Office, officer: OfficerIdentity, scope: Scope) => Promise<JsonObject | null>,
  ) => {
    const { officer, scope } = allowed(c, 'village.settings');
    const office = await officeOf(deps, c, scope);
    const isDone = await inTransaction(deps.pool, async (sql) => {
      const data = await work(sql, office, officer, scope);
      if (!data) return false;
      await insertAudit(
        sql,
        [{ officerId: officer.id, action, subjectKind: 'village', subjectId: office.id, data }],
        deps.newId,
        deps.now(),
      );
      return true;
    });
    if (!isDone) throw new PageError(404);
    return c.redirect(`/console/jam/${office.id}?kabar=hours_saved`, 303);
  };
  return new Hono<WebEnv>()
    .get(VILLAGE, (c) => page(c))
    .post(VILLAGE, async (c) => {
      allowed(c, 'village.settings');
      const form = await readForm(c, AnyForm);
      const week = readWeek(form.given);
      if (week === null) return page(c, { faultKey: 'hours.fault_week', given: form.given });
      return change(c, 'village.hours', async (sql, office) => {
        await setSpans(sql, { villageId: office.id, days: null }, week, deps.newId, deps.now());
        return { spans: week.length };
      });
    })
    .post(`${VILLAGE}/bawaan`, (c) =>
      change(c, 'village.hours', async (sql, office) => {
        await setSpans(sql, { villageId: office.id, days: null }, [], deps.newId, deps.now());
        return { spans: 0 };
      }),
    )
    .post(`${VILLAGE}/khusus`, async (c) => {
      allowed(c, 'village.settings');
      const form = await readForm(c, AnyForm);
      const week = readWeek(form.given);
      const days = DaysForm.safeParse(form.given);
      if (week === null || week.length === 0)
        return page(c, { faultKey: 'hours.fault_week', given: form.given });
      if (!days.success || days.data.from > days.data.to)
        return page(c, { faultKey: 'hours.fault_days', given: form.given });
      const { from, to, name } = days.data;
      return change(c, 'village.special_hours', async (sql, office) => {
        await setSpans(
          sql,
          { villageId: office.id, days: { from, to, name: name || null } },
          week,
          deps.newId,
          deps.now(),
        );
        return { from, to };
      });
    })
    .post(`${VILLAGE}/khusus/hapus`, async (c) => {
      allowed(c, 'village.settings');
      const form = await readForm(c, z.object({ from: Day, to: Day }));
      if (!form.data) throw new PageError(400);
      const { from, to } = form.data;
      return change(c, 'village.special_hours', async (sql, office) => {
        await setSpans(
          sql,
          { villageId: office.id, days: { from, to, name: null } },
          [],
          deps.newId,
          deps.now(),
        );
        return { from, to, removed: true };
      });
    })
    .post(`${VILLAGE}/libur`, async (c) => {
      allowed(c, 'village.settings');
      const form = await readForm(c, HolidayForm);
      if (!form.data) return page(c, { faultKey: 'hours.fault_holiday', given: form.given });
      const { day, name } = form.data;
      return change(c, 'village.holiday', async (sql, office) => {
        await setHoliday(sql, { villageId: office.id, day, name }, deps.newId, deps.now());
        return { day, name };
      });
    })
    .post(`${VILLAGE}/libur/:id{[0-9a-f-]{36}}/hapus`, (c) =>
      change(c, 'village.holiday', async (sql, office) =>
        (await removeHoliday(sql, c.req.param('id'), office.id, deps.newId, deps.now()))
          ? { removed: c.req.param('id') }
          : null,
      ),
    )
    .post(`${VILLAGE}/gangguan`, async (c) => {
      const { scope } = allowed(c, 'village.settings');
      const office = await officeOf(deps, c, scope);
      const form = await readForm(c, OutageForm);
      if (!form.data) return page(c, { faultKey: 'hours.fault_outage', given: form.given });
      const { kind, note } = form.data;
      const from = momentOf(form.data.from, office.zone);
      const to = form.data.to === '' ? null : momentOf(form.data.to, office.zone);
      if (from > deps.now() || (to !== null && to < from))
        return page(c, { faultKey: 'hours.fault_outage', given: form.given });
      return change(c, 'village.outage', async (sql, { id }, officer) => {
        const outage = { villageId: id, kind, from, to, note: note || null, officerId: officer.id };
        await addOutage(sql, outage, deps.newId, deps.now());
        return { kind, from: from.toISOString(), to: to?.toISOString() ?? null };
      });
    })
    .post(`${VILLAGE}/gangguan/:id{[0-9a-f-]{36}}/selesai`, (c) =>
      change(c, 'village.outage', async (sql, office) =>
        (await endOutage(sql, c.req.param('id'), [office.id], deps.newId, deps.now()))
          ? { ended: c.req.param('id') }
          : null,
      ),
    )
    .post(`${VILLAGE}/gangguan/:id{[0-9a-f-]{36}}/hapus`, (c) =>
      change(c, 'village.outage', async (sql, office) =>
        (await removeOutage(sql, c.req.param('id'), [office.id], deps.newId, deps.now()))
          ? { removed: c.req.param('id') }
          : null,
      ),
    );
}

/** '2026-11-24T09:30' as the village's clock shows it. */
function momentOf(text: string, zone: string): Date {
  return DateTime.fromISO(text, { zone }).toJSDate();
}
