import { Hono } from 'hono';
import { z } from 'zod';
import { readPhone } from '../../core/invites.js';
import type { JsonObject } from '../../core/json.js';
import { readRt } from '../../core/registerNames.js';
import { insertAudit } from '../../store/audit.js';
import { createInvite } from '../../store/officers.js';
import { inTransaction } from '../../store/sql.js';
import { villagesInScope } from '../../store/web/officers.js';
import { addRtHead, endRtHead, rtHeadInScope, rtHeadsInScope } from '../../store/web/rtHeads.js';
import { allowed } from '../allowed.js';
import type { WebDeps } from '../deps.js';
import type { WebContext, WebEnv } from '../env.js';
import { readForm } from '../form.js';
import { PageError } from '../pageError.js';
import { RtPage } from '../views/rt.js';
import type { RtProps } from '../views/rt.js';
import type { Key } from '../words.js';

const RtNumber = z
  .string()
  .trim()
  .max(5)
  .transform(readRt)
  .refine((read) => read !== null);
const RtForm = z.object({
  name: z.string().trim().min(2).max(80),
  phone: z
    .string()
    .trim()
    .transform(readPhone)
    .refine((read) => read !== null),
  village: z.string().max(20),
  hamlet: z.string().trim().max(60).default(''),
  rt: RtNumber,
  rw: RtNumber,
});
const FAULTS: { [field: string]: Key } = {
  name: 'officers.fault_name',
  phone: 'officers.fault_phone',
  rt: 'rt.fault_area',
  rw: 'rt.fault_area',
};

/**
 * The heads of the RT: added and invited by the office. Their invite links at once the chat whose phone the platform
 * proved: they are asked about residents of theirs, and see nothing else.
 */
export function rtRoutes(deps: WebDeps): Hono<WebEnv> {
  const page = async (c: WebContext, more: Partial<RtProps> = {}, status: 200 | 400 = 200) => {
    const { scope } = allowed(c, 'rt.manage');
    const [heads, villages] = await Promise.all([
      rtHeadsInScope(deps.pool, scope),
      villagesInScope(deps.pool, scope),
    ]);
    return c.html(
      <RtPage
        view={c.get('view')}
        heads={heads}
        villages={villages}
        notice={c.req.query('kabar')}
        {...more}
      />,
      status,
    );
  };
  return new Hono<WebEnv>()
    .get('/rt', (c) => page(c))
    .post('/rt', async (c) => {
      const { officer, scope } = allowed(c, 'rt.manage');
      const form = await readForm(c, RtForm);
      if (!form.data)
        return page(c, { given: form.given, faultKey: FAULTS[form.field] ?? 'officers.fault_village' }, 400);
      const { name, phone, village, hamlet, rt, rw } = form.data;
      if (!(await villagesInScope(deps.pool, scope)).some(({ id }) => id === village))
        return page(c, { given: form.given, faultKey: 'officers.fault_village' }, 400);
      const head = {
        name,
        phone: phone!,
        villageId: village,
        hamlet: hamlet === '' ? null : hamlet,
        rt: rt!,
        rw: rw!,
      };
      const id = await inTransaction(deps.pool, async (sql) => {
        const added = await addRtHead(sql, scope, head, deps.newId);
        if (added === null) return null;
        await audit(officer.id, 'rt.add', added, { village, rt, rw }, sql);
        return added;
      });
      if (id === null) return page(c, { given: form.given, faultKey: 'officers.fault_phone_taken' }, 400);
      return c.redirect('/console/rt?kabar=rt_added', 303);
    })
    .post('/rt/:id/undang', async (c) => {
      const { officer } = allowed(c, 'rt.manage');
      const head = await find(c);
      if (!head.phone || !head.isActive) return page(c, { faultKey: 'officers.needs_phone' }, 400);
      // Whoever is an officer too is invited as one, by their keeper.
      const { rows } = await deps.pool.query(
        `SELECT FROM officer_roles WHERE officer_id = $1 AND role <> 'ketua_rt' LIMIT 1`,
        [head.id],
      );
      if (rows.length > 0) return page(c, { faultKey: 'rt.fault_officer' }, 400);
      const made = await inTransaction(deps.pool, (sql) =>
        createInvite(
          sql,
          { phone: head.phone!, invitedBy: officer.id, isConfirmed: true },
          { newId: deps.newId, random: deps.random, now: deps.now() },
        ),
      );
      const payload = `inv-${made.token}`;
      return page(c, {
        invite: { name: made.name, payload, links: deps.startLinks(payload), expiresAt: made.expiresAt },
      });
    })
    .post('/rt/:id/berhenti', async (c) => {
      const { officer, scope } = allowed(c, 'rt.manage');
      const head = await find(c);
      await inTransaction(deps.pool, async (sql) => {
        await endRtHead(sql, scope, head.id);
        await audit(officer.id, 'rt.end', head.id, { village: head.villageId }, sql);
      });
      return c.redirect('/console/rt?kabar=rt_ended', 303);
    });

  async function find(c: WebContext) {
    const { scope } = allowed(c, 'rt.manage');
    const id = z.uuid().safeParse(c.req.param('id'));
    const head = id.success ? await rtHeadInScope(deps.pool, scope, id.data) : null;
    if (!head) throw new PageError(404);
    return head;
  }

  async function audit(
    officerId: string,
    action: string,
    subjectId: string,
    data: JsonObject,
    sql: Parameters<typeof insertAudit>[0],
  ): Promise<void> {
    await insertAudit(
      sql,
      [{ officerId, action, subjectKind: 'officer', subjectId, data }],
      deps.newId,
      deps.now(),
    );
  }
}
