import { Hono } from 'hono';
import { z } from 'zod';
import { insertAudit } from '../../store/audit.js';
import { inTransaction } from '../../store/sql.js';
import { changeOffice, officeInScope, officesInScope } from '../../store/web/office.js';
import type { Office } from '../../store/web/office.js';
import { INTRODUCTIONS, setIntroduction } from '../../store/web/villages.js';
import type { Scope } from '../../store/web/scope.js';
import { allowed } from '../allowed.js';
import type { WebDeps } from '../deps.js';
import type { WebContext, WebEnv } from '../env.js';
import { readForm } from '../form.js';
import { PageError } from '../pageError.js';
import { VillagePage, VillagesPage } from '../views/villages.js';

const IntroductionForm = z.object({ cara: z.enum(INTRODUCTIONS) });
const optional = (most: number) =>
  z
    .string()
    .trim()
    .max(most)
    .transform((text) => (text === '' ? null : text));
/** A number as people dial it, of the office itself: a landline too. */
const phone = optional(30).refine((text) => text === null || /^[\d +()./-]{3,30}$/u.test(text));
const OfficeForm = z.object({
  officeCode: optional(30).refine((text) => text === null || /^[\w./-]{2,30}$/u.test(text)),
  officeAddress: optional(200),
  officePhone: phone,
  midwifePhone: phone,
  signerTitle: optional(60),
  letterWay: z.enum(['wet', 'electronic']),
  escalates: z.enum(['ya', 'tidak']).transform((answer) => answer === 'ya'),
  introduction: z.enum(INTRODUCTIONS),
});

/** A village's office: where it is, who signs there and how, and what goes on to the kecamatan. */
export function villageRoutes(deps: WebDeps): Hono<WebEnv> {
  return new Hono<WebEnv>()
    .get('/desa', async (c) => {
      const { scope } = allowed(c, 'village.settings');
      const offices = await officesInScope(deps.pool, scope);
      return c.html(<VillagesPage view={c.get('view')} offices={offices} notice={c.req.query('kabar')} />);
    })
    .get('/desa/:village{[\\d.]+}', async (c) => {
      const { scope } = allowed(c, 'village.settings');
      const office = await officeOf(deps, c, scope);
      return c.html(<VillagePage view={c.get('view')} office={office} notice={c.req.query('kabar')} />);
    })
    .post('/desa/:village{[\\d.]+}', async (c) => {
      const { officer, scope } = allowed(c, 'village.settings');
      const office = await officeOf(deps, c, scope);
      const form = await readForm(c, OfficeForm);
      if (!form.data)
        return c.html(
          <VillagePage
            view={c.get('view')}
            office={office}
            given={form.given}
            faultKey={FAULTS[form.field] ?? 'villages.fault'}
          />,
          400,
        );
      const to = form.data;
      await inTransaction(deps.pool, (sql) =>
        changeOffice(sql, office, to, officer.id, deps.newId, deps.now()),
      );
      return c.redirect(`/console/desa/${office.id}?kabar=village_saved`, 303);
    })
    .post('/desa/:village/pengantar', async (c) => {
      const { officer, scope } = allowed(c, 'village.settings');
      const form = await readForm(c, IntroductionForm);
      if (!form.data) throw new PageError(400);
      const village = c.req.param('village');
      const { cara } = form.data;
      const isDone = await inTransaction(deps.pool, async (sql) => {
        if (!(await setIntroduction(sql, scope, village, cara))) return false;
        await insertAudit(
          sql,
          [
            {
              officerId: officer.id,
              action: 'village.introduction',
              subjectKind: 'village',
              subjectId: village,
              data: { to: cara },
            },
          ],
          deps.newId,
          deps.now(),
        );
        return true;
      });
      if (!isDone) throw new PageError(404);
      return c.redirect('/console/desa?kabar=village_saved', 303);
    });
}

const FAULTS = {
  officeCode: 'villages.fault_code',
  officePhone: 'villages.fault_phone',
  midwifePhone: 'villages.fault_phone',
} as { [field: string]: 'villages.fault_code' | 'villages.fault_phone' };

/** The office of the address; 404 for any that is not of the scope. */
export async function officeOf(deps: WebDeps, c: WebContext, scope: Scope): Promise<Office> {
  const office = await officeInScope(deps.pool, scope, c.req.param('village') ?? '');
  if (!office) throw new PageError(404);
  return office;
}
