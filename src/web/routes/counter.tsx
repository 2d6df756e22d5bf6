import { Hono } from 'hono';
import { z } from 'zod';
import { maskIdentityNumbers } from '../../core/identityNumbers.js';
import { readPhone } from '../../flow/answers/phone.js';
import { insertAudit } from '../../store/audit.js';
import { searchRegister } from '../../store/register/search.js';
import type { RegisterPerson } from '../../store/register/search.js';
import { boardVillages } from '../../store/web/board.js';
import { caseByCode, caseEvents } from '../../store/web/cases.js';
import { readCode } from '../../core/code.js';
import { allowed, allowedCases } from '../allowed.js';
import { itemsOf, papersShown } from '../casePage.js';
import { counterFields, flowOfService, readCounterForm } from '../counterForm.js';
import type { CounterContext } from '../counterForm.js';
import type { WebDeps } from '../deps.js';
import type { WebContext, WebEnv } from '../env.js';
import { readForm } from '../form.js';
import type { Given } from '../form.js';
import { PageError } from '../pageError.js';
import { covers, scopeOf } from '../policy.js';
import { drawQr } from '../qr.js';
import { CounterPage, ReceiptPage } from '../views/counter.js';
import type { CounterProps } from '../views/counter.js';

const CounterForm = z
  .object({
    /** Of this page: sent twice it opens one case. */
    draf: z.uuid(),
    layanan: z.string().max(60),
    desa: z.string().max(20).default(''),
    nama: z.string().trim().max(80).default(''),
    hp: z.string().trim().max(24).default(''),
    orang: z.union([z.uuid(), z.literal('')]).default(''),
    berkas: z
      .union([z.string(), z.array(z.string())])
      .default([])
      .transform((items) => [items].flat())
      .pipe(z.array(z.string().max(60)).max(40)),
  })
  .catchall(z.unknown());
type Filled = z.infer<typeof CounterForm>;

/** Of more people nobody at a counter reads the list. */
const MOST_PEOPLE = 8;
/** What an office of the counter does not open: complaints are sealed, erasing asks for the person's own chat. */
const NOT_HERE: ReadonlySet<string> = new Set(['complaint', 'rights']);

/** Requests of residents who come to the counter, with a phone or without: one page, and a receipt to take along. */
export function counterRoutes(deps: WebDeps): Hono<WebEnv> {
  const page = async (
    c: WebContext,
    more: Partial<CounterProps> & { service?: string | undefined; given?: Given },
    status: 200 | 400 = 200,
  ) => {
    const { officer, scope } = allowed(c, 'counter.open');
    const view = c.get('view');
    const villages = await boardVillages(deps.pool, scope.villages);
    const services = offered();
    const chosen = services.find(({ id }) => id === more.service) ?? null;
    const flow = chosen ? flowOfService(deps.flowDesk.flows(), chosen.id) : null;
    return c.html(
      <CounterPage
        view={view}
        services={services}
        chosen={chosen}
        fields={counterFields(flow, contextOf(deps, c))}
        villages={villages}
        given={{ draf: deps.newId(), ...more.given }}
        shown={more.shown ?? []}
        people={more.people ?? null}
        mayLookUp={scopeOf(officer, 'register.manage') !== null}
        faults={more.faults ?? new Map()}
        faultKey={more.faultKey}
      />,
      status,
    );
  };

  return (
    new Hono<WebEnv>()
      .get('/loket', (c) => page(c, { service: c.req.query('layanan') }))
      // A look into the register needs a reason: somebody stands at the counter. It is written down.
      .post('/loket/cari', async (c) => {
        const { officer } = allowed(c, 'counter.open');
        const register = scopeOf(officer, 'register.manage');
        const form = await readForm(c, CounterForm);
        if (!form.data) throw new PageError(400);
        if (!register || !covers(register, form.data.desa)) throw new PageError(403);
        const { nama, layanan, berkas, desa } = form.data;
        if (nama.length < 3)
          return page(
            c,
            { service: layanan, given: form.given, shown: berkas, faultKey: 'counter.fault_name' },
            400,
          );
        const people = await lookUp(deps, officer.id, desa, nama, deps.services[layanan]?.title ?? layanan);
        return page(c, { service: layanan, given: form.given, shown: berkas, people });
      })
      .post('/loket', async (c) => {
        const { officer, scope } = allowed(c, 'counter.open');
        const form = await readForm(c, CounterForm);
        if (!form.data) throw new PageError(400);
        const filled = form.data;
        const service = offered().find(({ id }) => id === filled.layanan);
        if (!service || !covers(scope, filled.desa)) throw new PageError(404);
        const again = (more: Partial<CounterProps>) =>
          page(c, { service: service.id, given: form.given, shown: filled.berkas, ...more }, 400);
        const name = maskIdentityNumbers(filled.nama).text.trim();
        if (name.length < 2) return again({ faultKey: 'counter.fault_name' });
        const phone = filled.hp === '' ? null : readPhone(filled.hp);
        if (filled.hp !== '' && phone === null) return again({ faultKey: 'counter.fault_phone' });
        const flows = deps.flowDesk.flows();
        const flow = flowOfService(flows, service.id);
        const read = readCounterForm(
          flows,
          flow,
          name,
          (field) => textOf(filled, `q-${field}`),
          contextOf(deps, c),
        );
        if (read.faults) return again({ faults: read.faults, faultKey: 'counter.fault_missing' });
        const [opened] = await deps.perform(officer, [
          {
            kind: 'open_walk_in',
            draft: filled.draf,
            village: filled.desa,
            service: service.id,
            flow: flow?.id ?? '',
            name,
            answers: read.answers,
            private: read.private,
            papers: filled.berkas.filter((id) => service.service.checklist.some((item) => item.id === id)),
            ...(phone === null ? {} : { phone }),
            ...(filled.orang === '' ? {} : { register: filled.orang }),
          },
        ]);
        if (opened.refused)
          return again({
            faultKey: opened.refused === 'not_active' ? 'counter.refused' : 'counter.not_yours',
          });
        return c.redirect(`/console/loket/${opened.code}`, 303);
      })
      .get('/loket/:code', async (c) => {
        allowed(c, 'counter.open');
        const { scope } = allowedCases(c, 'cases.read', deps.services);
        const read = readCode(c.req.param('code'));
        const found = read.kind === 'case' ? await caseByCode(deps.pool, scope, read.code) : null;
        if (!found) throw new PageError(404);
        const { publicUrl } = deps.settings;
        const shown = papersShown(await caseEvents(deps.pool, found.id));
        const items = itemsOf(deps.flowDesk.flows(), found, [], shown);
        return c.html(
          <ReceiptPage
            view={c.get('view')}
            code={found.code}
            title={deps.services[found.service]?.title ?? found.service}
            resident={found.resident}
            village={found.village}
            zone={found.zone}
            dueAt={found.dueAt}
            openedAt={found.openedAt}
            missing={items.filter((item) => !item.isShown && !item.isOptional).map(({ text }) => text)}
            address={publicUrl === null ? null : `${new URL(publicUrl).host}/lacak`}
            qr={publicUrl === null ? null : await drawQr(`${publicUrl}/lacak/${found.code}`)}
          />,
        );
      })
  );

  function offered() {
    return Object.entries(deps.services)
      .filter(([, service]) => !NOT_HERE.has(service.kind))
      .map(([id, service]) => ({ id, service }))
      .toSorted((a, b) => a.service.title.localeCompare(b.service.title));
  }
}

function contextOf(deps: WebDeps, c: WebContext): CounterContext {
  return { language: c.get('view').language, now: deps.now(), zone: 'Asia/Jakarta' };
}

async function lookUp(
  deps: WebDeps,
  officerId: string,
  village: string,
  name: string,
  service: string,
): Promise<RegisterPerson[]> {
  const found = await searchRegister(deps.pool, { villages: [village] }, name, deps.sealer);
  const people = found.filter(({ isGone }) => !isGone).slice(0, MOST_PEOPLE);
  await insertAudit(
    deps.pool,
    [
      {
        officerId,
        action: 'register.search',
        subjectKind: 'register',
        subjectId: officerId,
        data: { village, reason: `Warga di loket: ${service}`, found: people.map(({ id }) => id) },
      },
    ],
    deps.newId,
    deps.now(),
  );
  return people;
}

function textOf(filled: Filled, field: string): string {
  const value = filled[field];
  return typeof value === 'string' ? value.slice(0, 1000) : '';
}
