import { Hono } from 'hono';
import type { MiddlewareHandler } from 'hono';
import { z } from 'zod';
import { consoleAsker } from '../../core/asker.js';
import { pinFault } from '../../core/pin.js';
import { signTokenHash } from '../../core/signLink.js';
import { phoneOfOfficer, pinState, setPin } from '../../store/officerPins.js';
import { hashPin } from '../../store/pinHash.js';
import { findSignPage } from '../../store/signPages.js';
import { inTransaction } from '../../store/sql.js';
import { isWithinLimit } from '../../store/web/attempts.js';
import { lettersToSign } from '../../store/web/signing.js';
import { officerOf } from '../allowed.js';
import type { Auth } from '../auth/auth.js';
import type { WebDeps } from '../deps.js';
import type { WebContext, WebEnv } from '../env.js';
import { readForm } from '../form.js';
import { PageError } from '../pageError.js';
import { sourceOf } from '../source.js';
import { PinPage, SignPage } from '../views/pin.js';
import type { SignProps } from '../views/pin.js';
import type { Key } from '../words.js';

/** Guesses of the console password within a quarter of an hour. */
const LIMIT = { perPair: 8, perTarget: 20, perSource: 30, seconds: 900 };

const Digits = z
  .string()
  .trim()
  .regex(/^\d{6}$/u);
const PinForm = z.object({
  current: z.string().min(1).max(200),
  pin: z.string().trim().max(20),
  again: z.string().trim().max(20),
});
const SignForm = z.object({
  pin: Digits,
  code: z.union([z.string(), z.array(z.string())]).optional(),
});

type Page = Partial<Omit<SignProps, 'view' | 'letters' | 'way' | 'pin'>>;

/**
 * An officer's PIN: set and changed by themselves alone, with the console password again; and the pages on which letters are
 * signed with it, from the console or by a link that a chat without a keypad gave. A PIN is in no answer of ours, nor in a log.
 */
export function pinRoutes(deps: WebDeps, auth: () => Promise<Auth>): Hono<WebEnv> {
  const context = () => ({
    now: deps.now(),
    newId: deps.newId,
    sealer: deps.sealer,
    services: deps.services,
  });

  const pinPage = async (c: WebContext, faultKey?: Key) => {
    const officer = officerOf(c);
    const state = await pinState(deps.pool, officer.id, deps.now());
    return c.html(
      <PinPage view={c.get('view')} state={state} notice={c.req.query('kabar')} faultKey={faultKey} />,
      faultKey ? 400 : 200,
    );
  };

  /** The letters that wait; of a link's batch those alone, so far as they still do. */
  const signPage = async (c: WebContext, of: string[] | null, more: Page = {}) => {
    const officer = officerOf(c);
    const asker = consoleAsker(officer);
    const [{ letters, way }, pin] = await Promise.all([
      lettersToSign(deps.pool, asker, context()),
      pinState(deps.pool, officer.id, deps.now()),
    ]);
    return c.html(
      <SignPage
        view={c.get('view')}
        letters={of ? letters.filter(({ code }) => of.includes(code)) : letters}
        way={way}
        pin={pin}
        {...more}
      />,
      more.faultKey ? 400 : 200,
    );
  };

  /** Signs what is ticked; of a link's batch only what belongs to it. */
  const sign = async (c: WebContext, batch: { id: string; codes: string[] } | null) => {
    const form = await readForm(c, SignForm);
    const of = batch?.codes ?? null;
    if (!form.data) return signPage(c, of, { faultKey: 'pin.form' });
    const ticked = [form.data.code ?? []].flat();
    const codes = of ? ticked.filter((code) => of.includes(code)) : ticked;
    if (codes.length === 0) return signPage(c, of, { faultKey: 'sign.none_ticked' });
    const [result] = await deps.perform(officerOf(c), [
      {
        kind: 'sign_cases',
        codes,
        pin: form.data.pin,
        ...(batch ? { page: batch.id } : {}),
      },
    ] as const);
    switch (result.outcome) {
      case 'wrong_pin':
        return signPage(c, of, { faultKey: 'sign.wrong', tries: result.tries_left ?? 0 });
      case 'locked':
        return signPage(c, of, { faultKey: 'sign.locked' });
      case 'no_pin':
        return signPage(c, of, { faultKey: 'sign.no_pin' });
      case 'done':
      case 'none':
        return signPage(c, of, { result });
    }
  };

  const batchOf = async (c: WebContext, token: string) => {
    const found = await findSignPage(deps.pool, signTokenHash(token), officerOf(c).id, deps.now());
    if (!found) throw new PageError(410, 'sign.closed');
    return found;
  };

  // What signs is set and used by nobody whose account another's link opened, until its owner says that it was they.
  const confirmed: MiddlewareHandler<WebEnv> = (c, next) => {
    if (officerOf(c).isUnconfirmed) throw new PageError(403, 'pin.unconfirmed');
    return next();
  };

  return new Hono<WebEnv>()
    .use('/pin', confirmed)
    .use('/tanda-tangan/*', confirmed)
    .get('/pin', (c) => pinPage(c))
    .post('/pin', async (c) => {
      const officer = officerOf(c);
      const form = await readForm(c, PinForm);
      if (!form.data) return pinPage(c, 'pin.form');
      const { current, pin, again } = form.data;
      if (pin !== again) return pinPage(c, 'pin.differ');
      const fault = pinFault(pin, await phoneOfOfficer(deps.pool, officer.id));
      if (fault) return pinPage(c, fault === 'form' ? 'pin.form' : 'pin.weak');
      if (!(await mayTry(deps, c, officer.id))) return pinPage(c, 'auth.too_many');
      const checked = await (
        await auth()
      ).api.verifyPassword({
        body: { password: current },
        headers: c.req.raw.headers,
        asResponse: true,
      });
      if (!checked.ok) return pinPage(c, 'auth.wrong_password');
      const hash = await hashPin(officer.id, pin, deps.sealer);
      await inTransaction(deps.pool, (sql) => setPin(sql, officer.id, hash, context()));
      return c.redirect('/console/pin?kabar=pin_set', 303);
    })
    .get('/tanda-tangan', (c) => signPage(c, null))
    .post('/tanda-tangan', (c) => sign(c, null))
    .get('/tanda-tangan/:token', async (c) => signPage(c, (await batchOf(c, c.req.param('token'))).codes))
    .post('/tanda-tangan/:token', async (c) => sign(c, await batchOf(c, c.req.param('token'))));
}

async function mayTry(deps: WebDeps, c: WebContext, officerId: string): Promise<boolean> {
  const source = deps.sealer.lookUpKey(`source:${sourceOf(c, deps.settings)}`);
  return isWithinLimit(
    deps.pool,
    { id: deps.newId(), kind: 'pin', target: officerId, source, at: deps.now() },
    LIMIT,
  );
}
