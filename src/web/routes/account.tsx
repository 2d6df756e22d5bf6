import { Hono } from 'hono';
import type { MiddlewareHandler } from 'hono';
import { z } from 'zod';
import { needsSecondFactor } from '../../core/accounts.js';
import { OFFICER_PLATFORMS, PACES } from '../../core/pace.js';
import { insertAudit } from '../../store/audit.js';
import { passwordByLink, SECOND_FACTOR_SET, tellOfAccount } from '../../store/officerAccounts.js';
import { loadPaces } from '../../store/officerPace.js';
import { inTransaction } from '../../store/sql.js';
import type { Sql } from '../../store/sql.js';
import { isWithinLimit } from '../../store/web/attempts.js';
import { officerOf } from '../allowed.js';
import { isPasswordLink, userOfLink } from '../auth/accounts.js';
import { type Auth, PASSWORD_LENGTH } from '../auth/auth.js';
import { giveSecondFactor, signIn, signOut, takeCookies } from '../auth/session.js';
import { isSetupOpen, setUpKeeper } from '../auth/setup.js';
import { holdsIdentityNumber, Username } from '../auth/username.js';
import type { WebDeps } from '../deps.js';
import type { WebContext, WebEnv } from '../env.js';
import { readForm } from '../form.js';
import { PageError } from '../pageError.js';
import { drawQr } from '../qr.js';
import { sourceOf } from '../source.js';
import { AccountPage, PasswordPage, SecondFactorPage, SetupPage, SignInPage } from '../views/account.js';
import type { Key } from '../words.js';

/** Guesses within a quarter of an hour. */
const SIGN_IN_LIMIT = { perPair: 8, perTarget: 40, perSource: 30, seconds: 900 };

const Password = z.string().min(PASSWORD_LENGTH).max(128);
const SignInForm = z.object({
  username: z.string().trim().min(1).max(60),
  password: z.string().min(1).max(200),
  ke: z.string().optional(),
});
const CodeForm = z.object({ code: z.string().trim().min(6).max(40), ke: z.string().optional() });
const SetupForm = z.object({
  name: z.string().trim().min(2).max(80),
  username: Username,
  password: Password,
  again: z.string(),
});
const PasswordForm = z.object({ password: Password, again: z.string() });
const ChangeForm = z.object({ current: z.string().min(1).max(200), password: Password, again: z.string() });
const PaceForm = z.object({
  pace: z.enum(PACES),
  quiet_from: z.iso.time({ precision: -1 }),
  quiet_until: z.iso.time({ precision: -1 }),
  platform: z.enum(['any', ...OFFICER_PLATFORMS]),
});
const OwnPassword = z.object({ current: z.string().min(1).max(200) });

type LazyAuth = () => Promise<Auth>;

/** The doors of the console, open to whoever is not signed in: sign-in, its second step, and one-time links. */
export function signInRoutes(deps: WebDeps, auth: LazyAuth): Hono<WebEnv> {
  const routes = new Hono<WebEnv>();
  // Whoever opens a door will knock: what takes seconds to load is there by then.
  const warm: MiddlewareHandler<WebEnv> = (_, next) => {
    auth().catch((error: unknown) => deps.log.error({ err: error }, 'sign-in could not be loaded'));
    return next();
  };
  routes.use('/masuk', warm);
  routes.use('/setup/*', warm);
  return routes
    .get('/masuk', (c) =>
      c.html(<SignInPage view={c.get('view')} to={c.req.query('ke')} notice={c.req.query('kabar')} />),
    )
    .post('/masuk', async (c) => {
      const view = c.get('view');
      const form = await readForm(c, SignInForm);
      const again = (faultKey: Key, status: 401 | 429) =>
        c.html(
          <SignInPage view={view} to={form.data?.ke} username={form.data?.username} faultKey={faultKey} />,
          status,
        );
      if (!form.data) return again('auth.refused', 401);
      const { username, password, ke } = form.data;
      // Keyed as the source is: people type their NIK where a name is asked for.
      const target = deps.sealer.lookUpKey(`user:${username.toLowerCase()}`);
      if (!(await mayTry(deps, c, target))) return again('auth.too_many', 429);
      const outcome = await signIn(await auth(), c, username, password);
      if (outcome === 'refused') return again('auth.refused', 401);
      const to = consolePath(ke);
      return c.redirect(
        outcome === 'signed_in' ? to : `/console/masuk/kode?ke=${encodeURIComponent(to)}`,
        303,
      );
    })
    .get('/masuk/kode', (c) => c.html(<SecondFactorPage view={c.get('view')} to={c.req.query('ke')} />))
    .post('/masuk/kode', async (c) => {
      const form = await readForm(c, CodeForm);
      // better-auth counts the tries of one sign-in, and locks an account whose codes are guessed.
      if (form.data && (await giveSecondFactor(await auth(), c, form.data.code)))
        return c.redirect(consolePath(form.data.ke), 303);
      return c.html(
        <SecondFactorPage view={c.get('view')} to={form.data?.ke} faultKey="auth.code_refused" />,
        401,
      );
    })
    .get('/setup/:token', async (c) => {
      if (!(await isSetupOpen(deps, c.req.param('token')))) throw new PageError(410, 'setup.closed');
      return c.html(<SetupPage view={c.get('view')} />);
    })
    .post('/setup/:token', async (c) => {
      const token = c.req.param('token');
      if (!(await isSetupOpen(deps, token))) throw new PageError(410, 'setup.closed');
      const form = await readForm(c, SetupForm);
      const again = (faultKey: Key) =>
        c.html(<SetupPage view={c.get('view')} faultKey={faultKey} given={form.given} />, 400);
      if (!form.data) return again(faultOf(form.field));
      if (holdsIdentityNumber(form.data.username)) return again('auth.username_identity');
      if (form.data.password !== form.data.again) return again('auth.differ');
      const made = await setUpKeeper(deps, await auth(), token, form.data);
      if (made === 'closed') throw new PageError(410, 'setup.closed');
      if (made === 'taken') return again('auth.username_taken');
      await signIn(await auth(), c, form.data.username, form.data.password);
      return c.redirect('/console/petugas?kabar=setup_done', 303);
    })
    .get('/kata-sandi/:token', async (c) => {
      if (!(await isPasswordLink(await auth(), deps, c.req.param('token'))))
        throw new PageError(410, 'password.closed');
      return c.html(<PasswordPage view={c.get('view')} />);
    })
    .post('/kata-sandi/:token', async (c) => {
      const form = await readForm(c, PasswordForm);
      const again = (faultKey: Key) => c.html(<PasswordPage view={c.get('view')} faultKey={faultKey} />, 400);
      if (!form.data) return again('auth.password_rule');
      if (form.data.password !== form.data.again) return again('auth.differ');
      const userId = await userOfLink(await auth(), deps, c.req.param('token'));
      // Before the password works: whoever chose it may not be whose account it is.
      if (userId) await settlePasswordByLink(deps, userId);
      const response = await (
        await auth()
      ).api.resetPassword({
        body: { newPassword: form.data.password, token: c.req.param('token') },
        asResponse: true,
      });
      if (!response.ok) throw new PageError(410, 'password.closed');
      return c.redirect('/console/masuk?kabar=password_set', 303);
    });
}

/** The account of whoever chose a password by a link proves nobody until its owner has said in their chat that it was they. */
async function settlePasswordByLink(deps: WebDeps, userId: string): Promise<void> {
  const now = deps.now();
  await inTransaction(deps.pool, async (sql) => {
    const officer = await passwordByLink(sql, userId, now);
    if (!officer) return;
    const by = officer.linkedBy ?? 'Kentongan';
    await tellOfAccount(sql, [officer.id], { what: 'password', by }, deps.newId, now);
    await noteOwn(deps, officer.id, 'officer.password_by_link', sql);
  });
}

/** What somebody did with their own account. */
async function noteOwn(
  deps: WebDeps,
  officerId: string,
  action: string,
  sql: Sql = deps.pool,
): Promise<void> {
  const line = { officerId, action, subjectKind: 'officer', subjectId: officerId, data: {} };
  await insertAudit(sql, [line], deps.newId, deps.now());
}

/** One's own account. */
export function accountRoutes(deps: WebDeps, auth: LazyAuth): Hono<WebEnv> {
  const page = async (
    c: WebContext,
    more: Partial<Parameters<typeof AccountPage>[0]> = {},
    status: 200 | 400 = 200,
  ) => {
    const session = await (await auth()).api.getSession({ headers: c.req.raw.headers });
    const { id } = officerOf(c);
    const pace = (await loadPaces(deps.pool, [id])).get(id);
    return c.html(
      <AccountPage
        view={c.get('view')}
        username={session?.user.username ?? ''}
        pace={pace}
        hasSecondFactor={session?.user.twoFactorEnabled ?? false}
        mustHaveSecondFactor={needsSecondFactor(officerOf(c).roles)}
        notice={c.req.query('kabar')}
        {...more}
      />,
      status,
    );
  };
  return new Hono<WebEnv>()
    .post('/keluar', async (c) => {
      await signOut(await auth(), c);
      return c.redirect('/console/masuk?kabar=signed_out', 303);
    })
    .get('/akun', (c) => page(c))
    .post('/akun/kabar', async (c) => {
      const form = await readForm(c, PaceForm);
      if (!form.data) return page(c, { faultKey: 'account.pace_fault' }, 400);
      const [result] = await deps.perform(officerOf(c), [{ kind: 'set_pace', ...form.data }]);
      if (result.outcome !== 'done') return page(c, { faultKey: 'account.pace_fault' }, 400);
      return c.redirect('/console/akun?kabar=pace_set', 303);
    })
    .post('/akun/kata-sandi', async (c) => {
      const form = await readForm(c, ChangeForm);
      if (!form.data) return page(c, { faultKey: 'auth.password_rule' }, 400);
      if (form.data.password !== form.data.again) return page(c, { faultKey: 'auth.differ' }, 400);
      if (!(await mayTry(deps, c, officerOf(c).id))) return page(c, { faultKey: 'auth.too_many' }, 400);
      const response = await (
        await auth()
      ).api.changePassword({
        body: {
          currentPassword: form.data.current,
          newPassword: form.data.password,
          revokeOtherSessions: true,
        },
        headers: c.req.raw.headers,
        asResponse: true,
      });
      if (!response.ok) return page(c, { faultKey: 'auth.wrong_password' }, 400);
      takeCookies(c, response.headers);
      return c.redirect('/console/akun?kabar=password_set', 303);
    })
    .post('/akun/kode', async (c) => {
      const form = await readForm(c, OwnPassword);
      const response =
        form.data && (await mayTry(deps, c, officerOf(c).id))
          ? await (
              await auth()
            ).api.enableTwoFactor({
              body: { password: form.data.current, method: 'totp' },
              headers: c.req.raw.headers,
              asResponse: true,
            })
          : null;
      if (!response?.ok) return page(c, { faultKey: 'auth.wrong_password' }, 400);
      const { totpURI, backupCodes } = (await response.json()) as { totpURI: string; backupCodes: string[] };
      return page(c, { enrolment: { uri: totpURI, spares: backupCodes, qr: await drawQr(totpURI) } });
    })
    .post('/akun/kode/pasang', async (c) => {
      const form = await readForm(c, CodeForm);
      const response =
        form.data &&
        (await (
          await auth()
        ).api.verifyTOTP({
          body: { code: form.data.code },
          headers: c.req.raw.headers,
          asResponse: true,
        }));
      if (!response?.ok) return page(c, { faultKey: 'auth.code_refused' }, 400);
      takeCookies(c, response.headers);
      await noteOwn(deps, officerOf(c).id, SECOND_FACTOR_SET);
      return c.redirect('/console/akun?kabar=code_on', 303);
    })
    .post('/akun/kode/cadangan', async (c) => {
      const form = await readForm(c, OwnPassword);
      const response =
        form.data && (await mayTry(deps, c, officerOf(c).id))
          ? await (
              await auth()
            ).api.generateBackupCodes({
              body: { password: form.data.current },
              headers: c.req.raw.headers,
              asResponse: true,
            })
          : null;
      if (!response?.ok) return page(c, { faultKey: 'auth.wrong_password' }, 400);
      const { backupCodes } = (await response.json()) as { backupCodes: string[] };
      return page(c, { spares: backupCodes });
    })
    .post('/akun/kode/lepas', async (c) => {
      const form = await readForm(c, OwnPassword);
      if (needsSecondFactor(officerOf(c).roles)) return page(c, { faultKey: 'account.code_must' }, 400);
      const response =
        form.data && (await mayTry(deps, c, officerOf(c).id))
          ? await (
              await auth()
            ).api.disableTwoFactor({
              body: { password: form.data.current },
              headers: c.req.raw.headers,
              asResponse: true,
            })
          : null;
      if (!response?.ok) return page(c, { faultKey: 'auth.wrong_password' }, 400);
      takeCookies(c, response.headers);
      return c.redirect('/console/akun?kabar=code_off', 303);
    });
}

async function mayTry(deps: WebDeps, c: WebContext, target: string): Promise<boolean> {
  const source = deps.sealer.lookUpKey(`source:${sourceOf(c, deps.settings)}`);
  return isWithinLimit(
    deps.pool,
    { id: deps.newId(), kind: 'masuk', target, source, at: deps.now() },
    SIGN_IN_LIMIT,
  );
}

/** Where to go after signing in: nowhere but into the console. */
function consolePath(asked: string | undefined): string {
  return asked && /^\/console(?:\/[\w\-/]*)?$/u.test(asked) ? asked : '/console';
}

function faultOf(field: string): Key {
  if (field === 'username') return 'auth.username_rule';
  return field === 'name' ? 'auth.name_rule' : 'auth.password_rule';
}
