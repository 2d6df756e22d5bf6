import { Hono } from 'hono';
import { z } from 'zod';
import { LineSettings } from '../../core/line.js';
import { insertAudit } from '../../store/audit.js';
import {
  addLine,
  LineError,
  removeLine,
  restartLine,
  serveVillages,
  type LineAdmin,
} from '../../store/lineAdmin.js';
import { inTransaction, type Sql } from '../../store/sql.js';
import { closeIncident, linesInScope, linkingCodes, openIncidents } from '../../store/web/lines.js';
import { villagesInScope } from '../../store/web/officers.js';
import { NOWHERE } from '../../store/web/scope.js';
import { allowed } from '../allowed.js';
import type { WebDeps } from '../deps.js';
import type { WebContext, WebEnv } from '../env.js';
import { readForm } from '../form.js';
import { streamPart, type Watch } from '../live.js';
import { PageError } from '../pageError.js';
import { isKeeper, scopeOf } from '../policy.js';
import { drawQr } from '../qr.js';
import {
  ADDED_KINDS,
  AddLinePage,
  ChangeLinePage,
  type AddedKind,
  type LineChange,
} from '../views/lineForms.js';
import { LinesPage, LinesPart, type LinesProps } from '../views/lines.js';
import type { Key } from '../words.js';

const villageIds = z
  .union([z.string(), z.array(z.string())])
  .optional()
  .transform((given) => (given === undefined ? [] : [given].flat()))
  .pipe(z.array(z.string().max(20)).max(300));
const sure = z.literal('ya');
const AddForms = {
  telegram: z.object({
    token: z.string().trim(),
    webhook: z.string().optional(),
    villages: villageIds,
    sure,
  }),
  'whatsapp-web': z.object({ name: z.string().trim(), villages: villageIds, sure }),
  'whatsapp-cloud': z.object({
    phoneNumberId: z.string().trim(),
    token: z.string().trim(),
    appSecret: z.string().trim(),
    verifyToken: z.string().trim(),
    villages: villageIds,
    sure,
  }),
} satisfies { [K in AddedKind]: z.ZodType };
const ServeForm = z.object({ villages: villageIds });

/** How the lines are, and what a person must hear of; for the installation's keepers also: adding and changing them. */
export function lineRoutes(deps: WebDeps, watch: Watch): Hono<WebEnv> {
  async function linesOf(c: WebContext): Promise<LinesProps> {
    const { officer, scope } = allowed(c, 'lines.read');
    const mayManage = isKeeper(officer, 'lines.manage');
    const [lines, incidents, codes] = await Promise.all([
      linesInScope(deps.pool, scope),
      openIncidents(deps.pool, scope, scopeOf(officer, 'incidents.close') ?? NOWHERE),
      mayManage ? linkingCodes(deps.pool, deps.now()) : new Map<string, string>(),
    ]);
    return {
      view: { ...c.get('view'), now: deps.now() },
      lines,
      incidents,
      isKeeper: mayManage,
      codes: await drawn(codes),
      isSimulated: deps.simulator !== null,
      environment: deps.environmentLines,
    };
  }

  function keeper(c: WebContext): LineAdmin {
    const { officer } = allowed(c, 'lines.manage');
    if (!isKeeper(officer, 'lines.manage')) throw new PageError(403);
    const { sealer, newId, environmentLines: environment } = deps;
    return { officerId: officer.id, sealer, newId, now: deps.now(), environment };
  }

  async function addPage(c: WebContext, faultKey?: Key, given?: { [field: string]: string }) {
    const asked = c.req.query('jenis');
    const kind = ADDED_KINDS.find((known) => known === asked) ?? null;
    const villages = kind ? await villagesInScope(deps.pool, { villages: null }) : [];
    return c.html(
      <AddLinePage
        view={c.get('view')}
        kind={kind}
        villages={villages}
        publicUrl={deps.settings.publicUrl}
        {...(given ? { given } : {})}
        {...(faultKey ? { faultKey } : {})}
      />,
      faultKey ? 400 : 200,
    );
  }

  async function changePage(c: WebContext, change: LineChange, faultKey?: Key) {
    const lines = await linesInScope(deps.pool, { villages: null });
    const line = lines.find((one) => one.id === c.req.param('id'));
    if (!line) throw new PageError(404);
    const villages = change === 'desa' ? await villagesInScope(deps.pool, { villages: null }) : [];
    return c.html(
      <ChangeLinePage
        view={c.get('view')}
        line={line}
        change={change}
        villages={villages}
        {...(faultKey ? { faultKey } : {})}
      />,
      faultKey ? 400 : 200,
    );
  }

  /** In one transaction; what stands in the way is told on the page. */
  async function change(work: (sql: Sql) => Promise<unknown>): Promise<Key | null> {
    try {
      await inTransaction(deps.pool, work);
      return null;
    } catch (cause) {
      if (!(cause instanceof LineError)) throw cause;
      if (cause.fault === 'unknown_line') throw new PageError(404);
      return cause.fault === 'exists' ? 'lines.fault_exists' : 'lines.fault_environment';
    }
  }

  return new Hono<WebEnv>()
    .get('/jalur', async (c) => c.html(<LinesPage {...await linesOf(c)} notice={c.req.query('kabar')} />))
    .get('/jalur/live', (c) => {
      const { scope } = allowed(c, 'lines.read');
      const subscribe = (listener: () => void) => watch.subscribe(scope.villages, listener);
      return streamPart(c, subscribe, async () => <LinesPart {...await linesOf(c)} />);
    })
    .get('/jalur/tambah', (c) => {
      keeper(c);
      return addPage(c);
    })
    .post('/jalur/tambah', async (c) => {
      const admin = keeper(c);
      const kind = ADDED_KINDS.find((known) => known === c.req.query('jenis'));
      if (!kind) throw new PageError(404);
      const form = await readForm<{ villages: string[] }>(c, AddForms[kind]);
      const again = (faultKey: Key) => addPage(c, faultKey, form.given);
      if (!form.data) return again(form.field === 'sure' ? 'lines.fault_sure' : 'lines.fault_fields');
      const { villages, ...fields } = form.data;
      const wantsWebhook = 'webhook' in fields && deps.settings.publicUrl !== null;
      const settings = LineSettings.safeParse({
        kind,
        ...fields,
        ...(wantsWebhook ? { webhookSecret: Buffer.from(deps.random(24)).toString('hex') } : {}),
      });
      if (!settings.success)
        return again(FAULTS[String(settings.error.issues[0]?.path[0])] ?? 'lines.fault_fields');
      if (!(await areVillages(villages))) return again('officers.fault_village');
      const fault = await change((sql) => addLine(sql, settings.data, villages, admin));
      return fault ? again(fault) : c.redirect('/console/jalur?kabar=line_added', 303);
    })
    .get('/jalur/:id/:change{mulai-ulang|desa|hapus}', (c) => {
      keeper(c);
      return changePage(c, c.req.param('change') as LineChange);
    })
    .post('/jalur/:id/mulai-ulang', async (c) => {
      const admin = keeper(c);
      await change((sql) => restartLine(sql, c.req.param('id'), admin));
      return c.redirect('/console/jalur?kabar=line_restarted', 303);
    })
    .post('/jalur/:id/desa', async (c) => {
      const admin = keeper(c);
      const form = await readForm(c, ServeForm);
      if (!form.data || !(await areVillages(form.data.villages)))
        return changePage(c, 'desa', 'officers.fault_village');
      const { villages } = form.data;
      await change((sql) => serveVillages(sql, c.req.param('id'), villages, admin));
      return c.redirect('/console/jalur?kabar=line_served', 303);
    })
    .post('/jalur/:id/hapus', async (c) => {
      const admin = keeper(c);
      const fault = await change((sql) => removeLine(sql, c.req.param('id'), admin));
      return fault ? changePage(c, 'hapus', fault) : c.redirect('/console/jalur?kabar=line_removed', 303);
    })
    .post('/insiden/:id/tutup', async (c) => {
      const { officer, scope } = allowed(c, 'incidents.close');
      const id = z.uuid().safeParse(c.req.param('id'));
      if (!id.success) throw new PageError(404);
      const now = deps.now();
      if (!(await closeIncident(deps.pool, scope, { id: id.data, officerId: officer.id, now })))
        return c.redirect('/console/jalur?kabar=incident_not_found', 303);
      await insertAudit(
        deps.pool,
        [{ officerId: officer.id, action: 'incident.close', subjectKind: 'incident', subjectId: id.data }],
        deps.newId,
        now,
      );
      return c.redirect('/console/jalur?kabar=incident_closed', 303);
    });

  async function areVillages(ids: string[]): Promise<boolean> {
    const known = new Set((await villagesInScope(deps.pool, { villages: null })).map(({ id }) => id));
    return ids.every((id) => known.has(id));
  }
}

const FAULTS: { [field: string]: Key } = {
  token: 'lines.fault_token',
  name: 'lines.name_hint',
  phoneNumberId: 'lines.number_id_hint',
  appSecret: 'lines.fault_app_secret',
  verifyToken: 'lines.verify_token_hint',
};

async function drawn(codes: ReadonlyMap<string, string>): Promise<Map<string, string>> {
  return new Map(
    await Promise.all(
      [...codes].map(async ([id, code]): Promise<[string, string]> => [id, await drawQr(code)]),
    ),
  );
}
