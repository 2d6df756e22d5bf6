import { Hono } from 'hono';
import { z } from 'zod';
import { inTransaction } from '../../store/sql.js';
import { ownServices, setOwnService } from '../../store/web/office.js';
import { allowed } from '../allowed.js';
import type { WebDeps } from '../deps.js';
import type { WebContext, WebEnv } from '../env.js';
import { readForm } from '../form.js';
import type { Given } from '../form.js';
import { PageError } from '../pageError.js';
import { ServicesPage } from '../views/services.js';
import type { Key } from '../words.js';
import { officeOf } from './villages.js';

const optional = (most: number) =>
  z
    .string()
    .trim()
    .max(most)
    .transform((text) => (text === '' ? null : text));
const ServiceForm = z
  .object({
    offered: z.enum(['ya', 'tidak']),
    reason: optional(200),
    hours: z.union([z.literal('').transform(() => null), z.coerce.number().int().min(1).max(400)]),
    classification: optional(30).refine((text) => text === null || /^[\d.]+$/u.test(text)),
    counter: optional(120),
  })
  // Residents read why: a service is not switched off without a word.
  .refine(({ offered, reason }) => offered === 'ya' || (reason ?? '').length >= 5, { path: ['reason'] });

/** The services as a village has them: offered or not, its promise, its classification code, and what else to bring. */
export function serviceRoutes(deps: WebDeps): Hono<WebEnv> {
  const page = async (c: WebContext, more: { faultKey?: Key; given?: Given; open?: string } = {}) => {
    const { scope } = allowed(c, 'village.settings');
    const office = await officeOf(deps, c, scope);
    return c.html(
      <ServicesPage
        view={c.get('view')}
        office={office}
        services={deps.services}
        own={await ownServices(deps.pool, office.id)}
        notice={c.req.query('kabar')}
        {...more}
      />,
      more.faultKey ? 400 : 200,
    );
  };
  return new Hono<WebEnv>()
    .get('/layanan/:village{[\\d.]+}', (c) => page(c))
    .post('/layanan/:village{[\\d.]+}/:service', async (c) => {
      const { officer, scope } = allowed(c, 'village.settings');
      const office = await officeOf(deps, c, scope);
      const service = c.req.param('service');
      if (!Object.hasOwn(deps.services, service)) throw new PageError(404);
      const form = await readForm(c, ServiceForm);
      if (!form.data)
        return page(c, {
          faultKey: FAULTS[form.field] ?? 'services.fault',
          given: form.given,
          open: service,
        });
      const { offered, reason, hours, classification, counter } = form.data;
      // A right that the law gives, and a complaint, are not a village's to switch off.
      const { kind } = deps.services[service]!;
      if (offered === 'tidak' && ['rights', 'complaint'].includes(kind))
        return page(c, { faultKey: 'services.fault_right', given: form.given, open: service });
      await inTransaction(deps.pool, (sql) =>
        setOwnService(
          sql,
          office.id,
          {
            service,
            isOffered: offered === 'ya',
            offReason: offered === 'ya' ? null : reason,
            promiseHours: hours,
            classification,
            counter,
          },
          officer.id,
          deps.newId,
          deps.now(),
        ),
      );
      return c.redirect(`/console/layanan/${office.id}?kabar=service_saved`, 303);
    });
}

const FAULTS = {
  reason: 'services.fault_reason',
  hours: 'services.fault_hours',
  classification: 'services.fault_classification',
} as { [field: string]: Key };
