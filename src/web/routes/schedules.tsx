import { Hono } from 'hono';
import { z } from 'zod';
import { everyMonth } from '../../core/monthly.js';
import { insertAudit } from '../../store/audit.js';
import { inTransaction } from '../../store/sql.js';
import { villagesInScope } from '../../store/web/officers.js';
import { addSchedules, cancelSchedule, schedulesInScope } from '../../store/web/schedules.js';
import { allowed } from '../allowed.js';
import type { WebDeps } from '../deps.js';
import type { WebContext, WebEnv } from '../env.js';
import { readForm } from '../form.js';
import { PageError } from '../pageError.js';
import { SchedulesPage } from '../views/schedules.js';
import type { SchedulesProps } from '../views/schedules.js';

const ScheduleForm = z.object({
  village: z.string().max(20),
  hamlet: z.string().trim().max(60).default(''),
  place: z.string().trim().min(3).max(120),
  date: z.iso.date(),
  time: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/u),
  repeat: z.enum(['none', 'day', 'weekday']),
  months: z.coerce.number().int().min(1).max(12),
});

/** The dates of the posyandu, as the kader or the bidan enters them: what residents are told comes from here alone. */
export function scheduleRoutes(deps: WebDeps): Hono<WebEnv> {
  const page = async (c: WebContext, more: Partial<SchedulesProps> = {}, status: 200 | 400 = 200) => {
    const { scope } = allowed(c, 'schedules.manage');
    const [schedules, villages] = await Promise.all([
      schedulesInScope(deps.pool, scope, deps.now()),
      villagesInScope(deps.pool, scope),
    ]);
    return c.html(
      <SchedulesPage
        view={c.get('view')}
        schedules={schedules}
        villages={villages}
        notice={c.req.query('kabar')}
        {...more}
      />,
      status,
    );
  };
  return new Hono<WebEnv>()
    .get('/posyandu', (c) => page(c))
    .post('/posyandu', async (c) => {
      const { officer, scope } = allowed(c, 'schedules.manage');
      const form = await readForm(c, ScheduleForm);
      if (!form.data) return page(c, { given: form.given, faultKey: 'schedules.fault' }, 400);
      const { village, hamlet, place, date, time, repeat, months } = form.data;
      if (!(await villagesInScope(deps.pool, scope)).some(({ id }) => id === village))
        throw new PageError(404);
      // A day too far ahead is a slip of the year.
      if (Date.parse(date) > deps.now().getTime() + 400 * 86_400_000)
        return page(c, { given: form.given, faultKey: 'schedules.fault' }, 400);
      const days = repeat === 'none' ? [date] : everyMonth(date, repeat, months);
      await inTransaction(deps.pool, async (sql) => {
        await addSchedules(
          sql,
          {
            villageId: village,
            hamlet: hamlet === '' ? null : hamlet,
            days,
            time,
            place,
            officerId: officer.id,
          },
          { newId: deps.newId, now: deps.now() },
        );
        await insertAudit(
          sql,
          [
            {
              officerId: officer.id,
              action: 'schedule.add',
              subjectKind: 'village',
              subjectId: village,
              data: { days, time },
            },
          ],
          deps.newId,
          deps.now(),
        );
      });
      return c.redirect('/console/posyandu?kabar=schedule_added', 303);
    })
    .post('/posyandu/:id/batal', async (c) => {
      const { officer, scope } = allowed(c, 'schedules.manage');
      const id = z.uuid().safeParse(c.req.param('id'));
      if (!id.success) throw new PageError(404);
      const isDone = await inTransaction(deps.pool, async (sql) => {
        if (!(await cancelSchedule(sql, scope, id.data, deps.now()))) return false;
        await insertAudit(
          sql,
          [
            {
              officerId: officer.id,
              action: 'schedule.cancel',
              subjectKind: 'schedule',
              subjectId: id.data,
            },
          ],
          deps.newId,
          deps.now(),
        );
        return true;
      });
      if (!isDone) throw new PageError(404);
      return c.redirect('/console/posyandu?kabar=schedule_cancelled', 303);
    });
}
