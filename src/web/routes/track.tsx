import { Hono } from 'hono';
import { readCode } from '../../core/code.js';
import { ATTEMPTS, noteAttempts } from '../../store/codeAttempts.js';
import { publicState } from '../../store/web/track.js';
import type { WebDeps } from '../deps.js';
import type { WebEnv } from '../env.js';
import { sourceOf } from '../source.js';
import { TrackPage } from '../views/track.js';

/** A mobile network shows many people as one source. */
const LIMITS = { ...ATTEMPTS, perSource: 60 };

/** Where a request stands, for whoever has its code: the state alone. */
export function trackRoutes(deps: WebDeps): Hono<WebEnv> {
  return new Hono<WebEnv>()
    .get('/', (c) => {
      const typed = c.req.query('kode')?.trim();
      if (!typed) return c.html(<TrackPage view={c.get('view')} />);
      const read = readCode(typed);
      if (read.kind !== 'case')
        return c.html(<TrackPage view={c.get('view')} typed={typed.slice(0, 40)} outcome="no_code" />, 400);
      return c.redirect(`/lacak/${read.code}`, 303);
    })
    .get('/:code', async (c) => {
      const view = c.get('view');
      c.header('Cache-Control', 'no-store');
      const read = readCode(c.req.param('code'));
      if (read.kind !== 'case')
        return c.html(
          <TrackPage view={view} typed={c.req.param('code').slice(0, 40)} outcome="no_code" />,
          400,
        );
      const source = deps.sealer.lookUpKey(`source:${sourceOf(c, deps.settings)}`);
      const [mayLook] = await noteAttempts(
        deps.pool,
        [{ code: read.code, source }],
        deps.newId,
        deps.now(),
        LIMITS,
      );
      if (!mayLook) {
        c.header('Retry-After', '3600');
        return c.html(<TrackPage view={view} typed={read.code} outcome="too_many" />, 429);
      }
      const status = await publicState(deps.pool, read.code);
      if (status === null) return c.html(<TrackPage view={view} typed={read.code} outcome="unknown" />, 404);
      return c.html(<TrackPage view={view} typed={read.code} status={status} />);
    });
}
