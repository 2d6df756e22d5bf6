import { Hono } from 'hono';
import { z } from 'zod';
import type { OfficerIdentity } from '../../core/asker.js';
import { isGuarded, isKeepersAlone } from '../../core/accounts.js';
import { isAskedOnly } from '../../core/handlers.js';
import { readPhone } from '../../core/invites.js';
import { insertAudit } from '../../store/audit.js';
import {
  hasLatelyUnlinked,
  noteLink,
  peersOf,
  tellOfAccount,
  tellOfGuarded,
} from '../../store/officerAccounts.js';
import { createGroupLink, groupsInScope } from '../../store/officerGroups.js';
import { createInvite } from '../../store/officers.js';
import { inTransaction } from '../../store/sql.js';
import {
  addOfficer,
  linkUser,
  officerInScope,
  officersInScope,
  setActive,
  villagesInScope,
  waitingInvites,
} from '../../store/web/officers.js';
import type { OfficerRow, VillageChoice } from '../../store/web/officers.js';
import type { Scope } from '../../store/web/scope.js';
import { allowed } from '../allowed.js';
import { createAccount, createPasswordLink, deleteAccount, endSessions } from '../auth/accounts.js';
import type { Auth } from '../auth/auth.js';
import { holdsIdentityNumber, Username } from '../auth/username.js';
import type { WebDeps } from '../deps.js';
import type { WebContext, WebEnv } from '../env.js';
import { readForm } from '../form.js';
import { PageError } from '../pageError.js';
import { isRole } from '../policy.js';
import { rolePlaces } from '../rolePlaces.js';
import { OfficersPage } from '../views/officers.js';
import type { OfficersProps } from '../views/officers.js';
import type { Key } from '../words.js';

const OfficerForm = z.object({
  name: z.string().trim().min(2).max(80),
  // Optional: somebody who only sits at the console needs none.
  phone: z
    .string()
    .trim()
    .refine((typed) => typed === '' || readPhone(typed) !== null)
    .transform(readPhone),
  // The head of an RT has an area, and a page of their own.
  role: z.string().refine((role) => isRole(role) && !isAskedOnly(role)),
  village: z.string().max(20),
});
const GroupForm = z.object({ village: z.string().max(20) });
const AccountForm = z.object({ username: Username });

/** The officers: their roles, how they are reached, who may sign in. A keeper's page. */
export function officerRoutes(deps: WebDeps, auth: () => Promise<Auth>): Hono<WebEnv> {
  const page = async (c: WebContext, more: Partial<OfficersProps> = {}, status: 200 | 400 = 200) => {
    const { officer, scope } = allowed(c, 'officers.manage');
    const [officers, waiting, villages, groups] = await Promise.all([
      officersInScope(deps.pool, scope, deps.now()),
      waitingInvites(deps.pool, scope, officer.id, deps.now()),
      villagesInScope(deps.pool, scope),
      groupsInScope(deps.pool, scope.villages),
    ]);
    return c.html(
      <OfficersPage
        view={c.get('view')}
        officers={officers}
        waiting={waiting}
        villages={villages}
        groups={groups}
        mayServeAll={scope.villages === null}
        notice={c.req.query('kabar')}
        {...more}
      />,
      status,
    );
  };
  return new Hono<WebEnv>()
    .get('/petugas', (c) => page(c))
    .post('/petugas', async (c) => {
      const { officer, scope } = allowed(c, 'officers.manage');
      const form = await readForm(c, OfficerForm);
      const again = (faultKey: Key) => page(c, { faultKey, given: form.given }, 400);
      if (!form.data) return again(FAULTS[form.field] ?? 'officers.fault_name');
      const { name, phone, role } = form.data;
      const village = form.data.village === '' ? null : form.data.village;
      // Whoever keeps one village makes nobody a keeper of all.
      if (village === null && !['admin', 'kabupaten'].includes(role))
        return again('officers.fault_everywhere');
      if (isKeepersAlone([{ role }]) && scope.villages !== null) return again('officers.keepers_alone');
      const places = await rolePlaces(deps.pool, scope, role, form.data.village);
      if (!places) return again('officers.fault_village');
      const now = deps.now();
      const id = await inTransaction(deps.pool, async (sql) => {
        const granted = { by: officer.id, at: now };
        const made = await addOfficer(
          sql,
          { name, phone, roles: places.map((place) => ({ role, village: place })), granted },
          deps.newId,
        );
        // Nobody becomes a head, or a keeper, unseen by the others.
        if (made && isGuarded(role))
          await tellOfAccount(
            sql,
            await peersOf(sql, { role, village }, [officer.id, made]),
            { what: 'role', by: officer.name, name, role },
            deps.newId,
            now,
          );
        return made;
      });
      if (!id) return again('officers.fault_phone_taken');
      await audit(deps, officer, 'officer.add', id, { role, village });
      return c.redirect('/console/petugas?kabar=officer_added', 303);
    })
    .post('/petugas/grup', async (c) => {
      const { officer, scope } = allowed(c, 'officers.manage');
      const form = await readForm(c, GroupForm);
      const village = await villageOf(scope, form.data?.village);
      const made = await inTransaction(deps.pool, (sql) =>
        createGroupLink(
          sql,
          { villageId: village.id, officerId: officer.id },
          { newId: deps.newId, random: deps.random, now: deps.now() },
        ),
      );
      return page(c, {
        groupLink: {
          village: village.name,
          links: deps.groupLinks(made.payload),
          payload: made.payload,
          expiresAt: made.expiresAt,
        },
      });
    })
    .post('/petugas/grup/akhiri', async (c) => {
      const { officer, scope } = allowed(c, 'officers.manage');
      const form = await readForm(c, GroupForm);
      const village = await villageOf(scope, form.data?.village);
      const [result] = await deps.perform(officer, [{ kind: 'end_group', village: village.id }]);
      const notice = result.outcome === 'done' ? 'ended' : 'not_found';
      return c.redirect(`/console/petugas?kabar=group_${notice}`, 303);
    })
    .post('/petugas/:id/undang', async (c) => {
      const { officer, scope } = allowed(c, 'officers.manage');
      const invited = await find(c, scope);
      if (!invited.phone || !invited.isActive) return page(c, { faultKey: 'officers.needs_phone' }, 400);
      const made = await inTransaction(deps.pool, (sql) =>
        createInvite(
          sql,
          { phone: invited.phone!, invitedBy: officer.id, isConfirmed: false },
          { newId: deps.newId, random: deps.random, now: deps.now() },
        ),
      );
      const payload = `inv-${made.token}`;
      return page(c, {
        invite: { name: made.name, payload, links: deps.startLinks(payload), expiresAt: made.expiresAt },
      });
    })
    .post('/petugas/:id/akun', async (c) => {
      const { officer, scope } = allowed(c, 'officers.manage');
      const chosen = await find(c, scope);
      const form = await readForm(c, AccountForm);
      if (!form.data || chosen.userId) return page(c, { faultKey: 'auth.username_rule' }, 400);
      if (holdsIdentityNumber(form.data.username))
        return page(c, { faultKey: 'auth.username_identity' }, 400);
      if (await wouldBeUnheard(officer, chosen))
        return page(c, { faultKey: 'officers.unlinked_lately' }, 400);
      const userId = await createAccount(await auth(), deps, {
        name: chosen.name,
        username: form.data.username,
      });
      if (!userId) return page(c, { faultKey: 'auth.username_taken' }, 400);
      if (!(await linkUser(deps.pool, chosen.id, userId))) {
        await deleteAccount(await auth(), userId);
        throw new PageError(400);
      }
      await tellOfLink(officer, chosen);
      await audit(deps, officer, 'officer.account', chosen.id, { username: form.data.username });
      return page(c, { link: await linkFor(c, chosen, userId, form.data.username) });
    })
    .post('/petugas/:id/kata-sandi', async (c) => {
      const { officer, scope } = allowed(c, 'officers.manage');
      const chosen = await find(c, scope);
      if (!chosen.userId) throw new PageError(404);
      if (await wouldBeUnheard(officer, chosen))
        return page(c, { faultKey: 'officers.unlinked_lately' }, 400);
      await tellOfLink(officer, chosen);
      await audit(deps, officer, 'officer.password_link', chosen.id, {});
      return page(c, { link: await linkFor(c, chosen, chosen.userId, chosen.username ?? '') });
    })
    .post('/petugas/:id/:change{berhenti|kembali}', async (c) => {
      const { officer, scope } = allowed(c, 'officers.manage');
      const chosen = await find(c, scope);
      if (chosen.id === officer.id) return page(c, { faultKey: 'officers.not_oneself' }, 400);
      const isActive = c.req.param('change') === 'kembali';
      if (isKeepersAlone(chosen.roles) && scope.villages !== null)
        return page(c, { faultKey: 'officers.keepers_alone' }, 400);
      await inTransaction(deps.pool, async (sql) => {
        await setActive(sql, chosen.id, isActive, deps);
        if (chosen.isActive === isActive) return;
        const what = isActive ? 'resumed' : 'stopped';
        const context = { newId: deps.newId, now: deps.now() };
        await tellOfGuarded(sql, chosen, chosen.roles, what, officer, context);
      });
      // Afterwards, for it asks whom they still serve; asked again, it does no more.
      if (!isActive) await deps.perform(officer, [{ kind: 'hand_back', officer: chosen.id }]);
      if (!isActive && chosen.userId) await endSessions(await auth(), chosen.userId);
      await audit(deps, officer, isActive ? 'officer.resume' : 'officer.stop', chosen.id, {});
      return c.redirect(`/console/petugas?kabar=officer_${isActive ? 'resumed' : 'stopped'}`, 303);
    })
    .post('/undangan/:id/:answer{terima|tolak}', async (c) => {
      const { officer } = allowed(c, 'officers.manage');
      const invite = idOf(c);
      const accept = c.req.param('answer') === 'terima';
      // The applier knows who may confirm: the inviter, or a keeper of all the officer's villages.
      const [result] = await deps.perform(officer, [{ kind: 'confirm_invite', invite, accept }]);
      const notice = result.outcome === 'done' ? (accept ? 'accepted' : 'refused') : result.outcome;
      return c.redirect(`/console/petugas?kabar=invite_${notice}`, 303);
    });

  /** A village of the scope; 404 for any other, as if it were not there. */
  async function villageOf(scope: Scope, id: string | undefined): Promise<VillageChoice> {
    const village = (await villagesInScope(deps.pool, scope)).find((one) => one.id === id);
    if (!village) throw new PageError(404);
    return village;
  }

  async function find(c: WebContext, scope: Scope): Promise<OfficerRow> {
    const found = await officerInScope(deps.pool, scope, idOf(c), deps.now());
    if (!found) throw new PageError(404);
    return found;
  }

  /** Whether it is the head of a village whose chat this very officer took away a few days ago: it is for somebody else. */
  async function wouldBeUnheard(officer: OfficerIdentity, chosen: OfficerRow): Promise<boolean> {
    if (chosen.id === officer.id || !isKeepersAlone(chosen.roles)) return false;
    return hasLatelyUnlinked(deps.pool, officer.id, chosen.id, deps.now());
  }

  /** Whose account it is hears of the link at once, in their own chat. */
  async function tellOfLink(officer: OfficerIdentity, chosen: OfficerRow): Promise<void> {
    await inTransaction(deps.pool, async (sql) => {
      await noteLink(sql, chosen.id, officer.id);
      await tellOfAccount(sql, [chosen.id], { what: 'link', by: officer.name }, deps.newId, deps.now());
    });
  }

  async function linkFor(c: WebContext, chosen: OfficerRow, userId: string, username: string) {
    const path = await createPasswordLink(await auth(), deps, userId);
    const base = deps.settings.publicUrl ?? new URL(c.req.url).origin;
    return {
      name: chosen.name,
      username,
      url: base + path,
      isHead: chosen.roles.some(({ role }) => isGuarded(role)),
    };
  }
}

const FAULTS: { [field: string]: Key } = {
  name: 'officers.fault_name',
  phone: 'officers.fault_phone',
  role: 'officers.fault_role',
  village: 'officers.fault_village',
};

function idOf(c: WebContext): string {
  const id = z.uuid().safeParse(c.req.param('id'));
  if (!id.success) throw new PageError(404);
  return id.data;
}

async function audit(
  deps: WebDeps,
  officer: OfficerIdentity,
  action: string,
  subjectId: string,
  data: { [name: string]: string | null },
): Promise<void> {
  await insertAudit(
    deps.pool,
    [{ officerId: officer.id, action, subjectKind: 'officer', subjectId, data }],
    deps.newId,
    deps.now(),
  );
}
