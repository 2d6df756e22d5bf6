import { Hono } from 'hono';
import { z } from 'zod';
import { isGuarded, isKeepersAlone, SECOND_FACTOR_ANEW_DAYS } from '../../core/accounts.js';
import { isAskedOnly } from '../../core/handlers.js';
import type { OfficerIdentity } from '../../core/asker.js';
import { insertAudit } from '../../store/audit.js';
import {
  confirmAccount,
  mayConfirm,
  mayRemoveSecondFactor,
  peersOf,
  removeSecondFactor,
  tellOfAccount,
  tellOfGuarded,
} from '../../store/officerAccounts.js';
import { clearPin } from '../../store/officerPins.js';
import { listDistricts } from '../../store/rolePlaces.js';
import { inTransaction } from '../../store/sql.js';
import {
  addRoles,
  officerInScope,
  officersInScope,
  removeRole,
  villagesInScope,
} from '../../store/web/officers.js';
import type { OfficerRow } from '../../store/web/officers.js';
import { delegationsOf } from '../../store/web/delegations.js';
import type { Scope } from '../../store/web/scope.js';
import { allowed } from '../allowed.js';
import type { WebDeps } from '../deps.js';
import type { WebContext, WebEnv } from '../env.js';
import { readForm } from '../form.js';
import { PageError } from '../pageError.js';
import { covers, isRole } from '../policy.js';
import { rolePlaces } from '../rolePlaces.js';
import { OfficerPage } from '../views/officer.js';
import type { Key } from '../words.js';

const RoleForm = z.object({
  role: z.string().refine((role) => isRole(role) && !isAskedOnly(role)),
  /** A village, a district for the kecamatan, or '' for all. */
  village: z.string().max(20),
});
const DAY = /^20\d{2}-\d{2}-\d{2}$/u;
const DelegationForm = z.object({
  deputy: z.uuid(),
  /** `sekretaris@35.10.25.2004` */
  post: z.string().regex(/^[a-z_]+@[\d.]+$/u),
  from: z.string().regex(DAY),
  to: z.string().regex(DAY),
});

/** One officer: their roles, their account and chats, and who stands in for them while they are away. */
export function officerPageRoutes(deps: WebDeps): Hono<WebEnv> {
  const page = async (c: WebContext, faultKey?: Key) => {
    const { officer, scope } = allowed(c, 'officers.manage');
    const chosen = await find(c, scope);
    const now = deps.now();
    const [villages, districts, others, delegations, isConfirmer, isRemover] = await Promise.all([
      villagesInScope(deps.pool, scope),
      scope.villages === null ? listDistricts(deps.pool, null) : [],
      officersInScope(deps.pool, scope, now),
      delegationsOf(deps.pool, scope, chosen.id, now),
      mayConfirm(deps.pool, officer.id, chosen.id, now),
      mayRemoveSecondFactor(deps.pool, officer.id, chosen.id, now),
    ]);
    return c.html(
      <OfficerPage
        view={c.get('view')}
        chosen={chosen}
        villages={villages}
        districts={districts}
        others={others.filter(({ id, isActive }) => id !== chosen.id && isActive)}
        delegations={delegations}
        mayServeAll={scope.villages === null}
        mayConfirm={isConfirmer}
        mayRemoveCode={isRemover}
        notice={c.req.query('kabar')}
        faultKey={faultKey}
      />,
      faultKey ? 400 : 200,
    );
  };
  return new Hono<WebEnv>()
    .get('/petugas/:id{[0-9a-f-]{36}}', (c) => page(c))
    .post('/petugas/:id{[0-9a-f-]{36}}/jabatan', async (c) => {
      const { officer, scope } = allowed(c, 'officers.manage');
      const chosen = await find(c, scope);
      const form = await readForm(c, RoleForm);
      if (!form.data)
        return page(c, form.field === 'role' ? 'officers.fault_role' : 'officers.fault_village');
      if (isKeepersAlone([form.data]) && scope.villages !== null) return page(c, 'officers.keepers_alone');
      const places = await rolePlaces(deps.pool, scope, form.data.role, form.data.village);
      if (!places) return page(c, 'officers.fault_village');
      // A village's admin makes nobody a head of themselves.
      if (chosen.id === officer.id && isGuarded(form.data.role) && scope.villages !== null)
        return page(c, 'officers.not_self');
      const { role } = form.data;
      const now = deps.now();
      await inTransaction(deps.pool, async (sql) => {
        const roles = places.map((village) => ({ role, village }));
        await addRoles(sql, chosen.id, roles, { by: officer.id, at: now }, deps.newId);
        await note(sql, officer, 'officer.role_added', chosen.id, {
          role,
          village: form.data.village || null,
        });
        // Whoever holds as much hears of it: nobody becomes a head, or a keeper, unseen.
        if (isGuarded(role))
          for (const given of roles)
            await tellOfAccount(
              sql,
              await peersOf(sql, given, [officer.id, chosen.id]),
              { what: 'role', by: officer.name, name: chosen.name, role },
              deps.newId,
              now,
            );
      });
      return c.redirect(`/console/petugas/${chosen.id}?kabar=role_added`, 303);
    })
    .post('/petugas/:id{[0-9a-f-]{36}}/jabatan/lepas', async (c) => {
      const { officer, scope } = allowed(c, 'officers.manage');
      const chosen = await find(c, scope);
      const form = await readForm(c, RoleForm);
      if (!form.data) throw new PageError(400);
      const role = { role: form.data.role, village: form.data.village || null };
      // Nobody takes from themselves what lets them manage here.
      if (chosen.id === officer.id && isGuarded(role.role)) return page(c, 'officers.not_own_role');
      if (isGuarded(role.role) && isKeepersAlone(chosen.roles) && scope.villages !== null)
        return page(c, 'officers.keepers_alone');
      const isDone = await inTransaction(deps.pool, async (sql) => {
        if (!(await removeRole(sql, chosen.id, role, deps.now()))) return false;
        await note(sql, officer, 'officer.role_removed', chosen.id, {
          role: role.role,
          village: role.village,
        });
        await tellOfGuarded(sql, chosen, [role], 'role_removed', officer, {
          newId: deps.newId,
          now: deps.now(),
        });
        return true;
      });
      if (!isDone) return page(c, 'officers.last_role');
      await deps.perform(officer, [{ kind: 'hand_back', officer: chosen.id }]);
      return c.redirect(`/console/petugas/${chosen.id}?kabar=role_removed`, 303);
    })
    .post('/petugas/:id{[0-9a-f-]{36}}/konfirmasi', async (c) => {
      const { officer, scope } = allowed(c, 'officers.manage');
      const chosen = await find(c, scope);
      const isDone = await inTransaction(deps.pool, async (sql) => {
        if (!chosen.isUnconfirmed || !(await mayConfirm(sql, officer.id, chosen.id, deps.now())))
          return false;
        await confirmAccount(sql, chosen.id);
        await note(sql, officer, 'officer.account_confirmed', chosen.id, { by: 'another_head' });
        return true;
      });
      if (!isDone) return page(c, 'officers.not_voucher');
      return c.redirect(`/console/petugas/${chosen.id}?kabar=account_confirmed`, 303);
    })
    .post('/petugas/:id{[0-9a-f-]{36}}/kode-lepas', async (c) => {
      const { officer, scope } = allowed(c, 'officers.manage');
      const chosen = await find(c, scope);
      const now = deps.now();
      const isDone = await inTransaction(deps.pool, async (sql) => {
        const isHead = chosen.roles.some(({ role }) => isGuarded(role));
        if (
          chosen.id === officer.id ||
          (isHead && !(await mayRemoveSecondFactor(sql, officer.id, chosen.id, now)))
        )
          return false;
        const due = new Date(now.getTime() + SECOND_FACTOR_ANEW_DAYS * 86_400_000);
        if (!(await removeSecondFactor(sql, chosen.id, due))) return false;
        await note(sql, officer, 'officer.code_removed', chosen.id, {});
        await tellOfAccount(sql, [chosen.id], { what: 'code_removed', by: officer.name }, deps.newId, now);
        return true;
      });
      if (!isDone) return page(c, 'officers.not_voucher');
      return c.redirect(`/console/petugas/${chosen.id}?kabar=code_removed`, 303);
    })
    .post('/petugas/:id{[0-9a-f-]{36}}/pin', async (c) => {
      const { officer, scope } = allowed(c, 'officers.manage');
      const chosen = await find(c, scope);
      const { newId, sealer } = deps;
      const isDone = await inTransaction(deps.pool, (sql) =>
        clearPin(sql, chosen.id, officer.id, { now: deps.now(), newId, sealer }),
      );
      return c.redirect(
        `/console/petugas/${chosen.id}?kabar=${isDone ? 'pin_cleared' : 'pin_not_found'}`,
        303,
      );
    })
    .post('/petugas/:id{[0-9a-f-]{36}}/chat-lepas', async (c) => {
      const { officer, scope } = allowed(c, 'officers.manage');
      const chosen = await find(c, scope);
      const [result] = await deps.perform(officer, [{ kind: 'unlink_officer_chat', officer: chosen.id }]);
      const notice = result.outcome === 'done' ? 'chat_ended' : 'chat_not_found';
      return c.redirect(`/console/petugas/${chosen.id}?kabar=${notice}`, 303);
    })
    .post('/petugas/:id{[0-9a-f-]{36}}/wakil', async (c) => {
      const { officer, scope } = allowed(c, 'officers.manage');
      const chosen = await find(c, scope);
      const form = await readForm(c, DelegationForm);
      if (!form.data) return page(c, 'officers.fault_delegation');
      const { deputy, post, from, to } = form.data;
      const [role, village] = post.split('@') as [string, string];
      if (from > to || !covers(scope, village)) return page(c, 'officers.fault_delegation');
      const [result] = await deps.perform(officer, [
        { kind: 'delegate', officer: chosen.id, deputy, role, village, from, to },
      ]);
      if (result.outcome !== 'done') return page(c, 'officers.fault_delegation');
      return c.redirect(`/console/petugas/${chosen.id}?kabar=delegated`, 303);
    })
    .post('/petugas/:id{[0-9a-f-]{36}}/wakil/:delegation/akhiri', async (c) => {
      const { officer, scope } = allowed(c, 'officers.manage');
      const chosen = await find(c, scope);
      const delegation = z.uuid().safeParse(c.req.param('delegation'));
      if (!delegation.success) throw new PageError(404);
      const [result] = await deps.perform(officer, [{ kind: 'end_delegation', delegation: delegation.data }]);
      const notice = result.outcome === 'done' ? 'delegation_ended' : 'delegation_not_found';
      return c.redirect(`/console/petugas/${chosen.id}?kabar=${notice}`, 303);
    });

  async function find(c: WebContext, scope: Scope): Promise<OfficerRow> {
    const found = await officerInScope(deps.pool, scope, c.req.param('id')!, deps.now());
    if (!found) throw new PageError(404);
    return found;
  }

  async function note(
    sql: Parameters<typeof insertAudit>[0],
    officer: OfficerIdentity,
    action: string,
    subjectId: string,
    data: { [name: string]: string | null },
  ): Promise<void> {
    await insertAudit(
      sql,
      [{ officerId: officer.id, action, subjectKind: 'officer', subjectId, data }],
      deps.newId,
      deps.now(),
    );
  }
}
