import { Hono } from 'hono';
import { z } from 'zod';
import { readCode } from '../../core/code.js';
import { storable } from '../../core/identityNumbers.js';
import { isWithinLimit } from '../../store/web/attempts.js';
import { isOnMarket } from '../../store/web/files.js';
import { MARKET_PAGE, marketListing, searchMarket } from '../../store/web/market.js';
import type { WebDeps } from '../deps.js';
import type { WebEnv } from '../env.js';
import { readForm } from '../form.js';
import { PageError } from '../pageError.js';
import { pageNumber } from '../pageNumber.js';
import { sendFile } from '../sendFile.js';
import { sourceOf } from '../source.js';
import { ListingPage, MarketPage, REPORT_REASONS } from '../views/market.js';

/** One report of a listing from one source a day; ten in all. */
const REPORT_LIMIT = { perPair: 1, perTarget: 100, perSource: 10, seconds: 86_400 };
const MOST_PAGES = 500;
const ReportForm = z.object({ reason: z.enum(REPORT_REASONS), more: z.string().trim().max(250).optional() });

/** The village market, open to all. */
export function marketRoutes(deps: WebDeps): Hono<WebEnv> {
  return new Hono<WebEnv>()
    .get('/', async (c) => {
      const search = storable(c.req.query('cari') ?? '')
        .trim()
        .slice(0, 80);
      const page = pageNumber(c.req.query('halaman'), MOST_PAGES);
      const found = await searchMarket(deps.pool, { words: wordsOf(search), page, now: deps.now() });
      return c.html(
        <MarketPage
          view={c.get('view')}
          search={search}
          listings={found.slice(0, MARKET_PAGE)}
          page={page}
          hasMore={found.length > MARKET_PAGE}
        />,
      );
    })
    .get('/foto/:id', async (c) => {
      const id = z.uuid().safeParse(c.req.param('id'));
      if (!id.success || !(await isOnMarket(deps.pool, id.data))) throw new PageError(404);
      // An hour, not for ever: what is taken down must go from the caches too.
      return sendFile(deps, c, id.data, 'public, max-age=3600');
    })
    .get('/:code', async (c) => {
      const listing = await find(c.req.param('code'));
      return c.html(<ListingPage view={c.get('view')} listing={listing} notice={c.req.query('kabar')} />);
    })
    .post('/:code/lapor', async (c) => {
      const { code } = await find(c.req.param('code'));
      const form = await readForm(c, ReportForm);
      if (!form.data) throw new PageError(400);
      const source = deps.sealer.lookUpKey(`source:${sourceOf(c, deps.settings)}`);
      const attempt = { id: deps.newId(), kind: 'lapor', target: code, source, at: deps.now() };
      // Somebody's second report is thanked for like the first, and not counted.
      if (await isWithinLimit(deps.pool, attempt, REPORT_LIMIT)) {
        const { reason, more } = form.data;
        await deps.perform(null, [
          { kind: 'report_listing', code, reason: more ? `${reason}: ${more}` : reason },
        ]);
      }
      return c.redirect(`/pasar/${code}?kabar=reported`, 303);
    });

  async function find(typed: string) {
    const read = readCode(typed);
    const listing = read.kind === 'listing' ? await marketListing(deps.pool, read.code) : null;
    if (!listing) throw new PageError(404, 'market.gone');
    return listing;
  }
}

/** As `searchText` of core/listing.ts writes them; what LIKE would read as a pattern is no letter or digit. */
function wordsOf(search: string): string[] {
  return search
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/gu)
    .filter((word) => word !== '')
    .slice(0, 8);
}
