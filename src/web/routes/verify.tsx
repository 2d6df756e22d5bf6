import { Hono } from 'hono';
import { z } from 'zod';
import { letterTokenHash } from '../../core/letter.js';
import { searchName } from '../../core/registerNames.js';
import { letterKeys } from '../../store/letters/keys.js';
import { letterByToken, namesOfLetter } from '../../store/letters/read.js';
import type { PublicLetter } from '../../store/letters/read.js';
import { isWithinLimit } from '../../store/web/attempts.js';
import type { WebDeps } from '../deps.js';
import type { WebContext, WebEnv } from '../env.js';
import { readForm } from '../form.js';
import { PageError } from '../pageError.js';
import { sourceOf } from '../source.js';
import { VerifyPage, VerifyStart } from '../views/verify.js';
import type { NameOutcome } from '../views/verify.js';

/** Who has the paper types a name or two; who guesses is stopped. A mobile network shows many people as one source. */
const LIMIT = { perPair: 5, perTarget: 15, perSource: 60, seconds: 3600 };
const TOKEN = /^[\w-]{22,64}$/u;
const NameForm = z.object({ nama: z.string().trim().min(1).max(120) });

/**
 * Whether a letter is the village's own: found by the token of its code alone, never by its number. Of whom it is about
 * the page shows initials; who has the paper can hold the name on it against ours.
 */
export function verifyRoutes(deps: WebDeps): Hono<WebEnv> {
  return (
    new Hono<WebEnv>()
      .use(async (c, next) => {
        await next();
        c.header('Cache-Control', 'no-store');
        c.header('X-Robots-Tag', 'noindex');
      })
      .get('/', (c) => c.html(<VerifyStart view={c.get('view')} />))
      // Every key that ever proved a letter: what one of them signed is checked by it for ever.
      .get('/kunci', async (c) => {
        const keys = await letterKeys(deps.pool);
        return c.json({
          algorithm: 'Ed25519',
          keys: keys.map(({ id, publicKey, createdAt, retiredAt }) => ({
            id,
            public_key: publicKey,
            created_at: createdAt.toISOString(),
            retired_at: retiredAt?.toISOString() ?? null,
          })),
        });
      })
      .get('/kunci.pem', async (c) => {
        const keys = await letterKeys(deps.pool);
        c.header('Content-Type', 'application/x-pem-file');
        return c.body(keys.map(({ publicKey }) => publicKey).join(''));
      })
      .get('/:token', async (c) => {
        const letter = await find(deps, c);
        return c.html(<VerifyPage view={c.get('view')} letter={letter} path={c.req.path} />);
      })
      .get('/:token/bukti', async (c) => {
        const { proof, id } = await find(deps, c);
        if (!proof) throw new PageError(404);
        c.header('Content-Type', 'application/json; charset=utf-8');
        c.header('Content-Disposition', `attachment; filename="bukti-${id.slice(-8)}.json"`);
        return c.body(proof);
      })
      .post('/:token/nama', async (c) => {
        const letter = await find(deps, c);
        const form = await readForm(c, NameForm);
        const name = form.data?.nama ?? '';
        const outcome = form.data ? await compare(deps, c, letter, name) : 'empty';
        if (outcome === 'too_many') c.header('Retry-After', '3600');
        const path = c.req.path.replace(/\/nama$/u, '');
        return c.html(
          <VerifyPage view={c.get('view')} letter={letter} path={path} name={name} outcome={outcome} />,
          outcome === 'too_many' ? 429 : outcome === 'empty' ? 400 : 200,
        );
      })
  );
}

async function find(deps: WebDeps, c: WebContext): Promise<PublicLetter> {
  const token = c.req.param('token') ?? '';
  const letter = TOKEN.test(token) ? await letterByToken(deps.pool, letterTokenHash(token)) : null;
  if (!letter) throw new PageError(404, 'verify.unknown');
  return letter;
}

/** Spelling, titles and capitals do not matter; which of the names on the paper it is does not either. */
async function compare(
  deps: WebDeps,
  c: WebContext,
  letter: PublicLetter,
  typed: string,
): Promise<NameOutcome> {
  const source = deps.sealer.lookUpKey(`source:${sourceOf(c, deps.settings)}`);
  const attempt = { id: deps.newId(), kind: 'surat', target: letter.id, source, at: deps.now() };
  if (!(await isWithinLimit(deps.pool, attempt, LIMIT))) return 'too_many';
  const wanted = searchName(typed);
  const names = await namesOfLetter(deps.pool, letter.id, deps.sealer);
  return wanted !== '' && names.some((name) => searchName(name) === wanted) ? 'match' : 'no_match';
}
