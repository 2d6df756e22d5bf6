import { Hono } from 'hono';
import { z } from 'zod';
import { readCode } from '../../core/code.js';
import { isListingInScope, listingsPublished, listingsToDecide } from '../../store/web/market.js';
import { allowed } from '../allowed.js';
import type { WebDeps } from '../deps.js';
import type { WebEnv } from '../env.js';
import { readForm } from '../form.js';
import { PageError } from '../pageError.js';
import { ListingsPage } from '../views/listings.js';

const ACTS = { setujui: 'approve', tolak: 'refuse', turunkan: 'take_down' } as const;
const ActForm = z.object({ reason: z.string().trim().max(300).optional() });

/** Listings that wait for an officer, and those on the market that may have to go. */
export function listingRoutes(deps: WebDeps): Hono<WebEnv> {
  return new Hono<WebEnv>()
    .get('/lapak', async (c) => {
      const { scope } = allowed(c, 'listings.decide');
      const [waiting, published] = await Promise.all([
        listingsToDecide(deps.pool, scope),
        listingsPublished(deps.pool, scope),
      ]);
      return c.html(
        <ListingsPage
          view={c.get('view')}
          waiting={waiting}
          published={published}
          notice={c.req.query('kabar')}
        />,
      );
    })
    .post('/lapak/:code/:act', async (c) => {
      const { officer, scope } = allowed(c, 'listings.decide');
      const read = readCode(c.req.param('code'));
      if (read.kind !== 'listing' || !(await isListingInScope(deps.pool, scope, read.code)))
        throw new PageError(404);
      const act = Object.entries(ACTS).find(([word]) => word === c.req.param('act'))?.[1];
      if (!act) throw new PageError(404);
      const form = await readForm(c, ActForm);
      if (!form.data) throw new PageError(400);
      const reason = form.data.reason || undefined;
      if (act !== 'approve' && !reason) return c.redirect('/console/lapak?kabar=listing_no_words', 303);
      const [result] = await deps.perform(officer, [
        { kind: 'change_listing', code: read.code, act, reason },
      ]);
      return c.redirect(
        `/console/lapak?kabar=listing_${result.outcome === 'done' ? act : result.outcome}`,
        303,
      );
    });
}
