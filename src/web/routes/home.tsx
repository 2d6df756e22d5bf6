import { Hono } from 'hono';
import { officialCode } from '../../core/officialCode.js';
import { officialLines } from '../../store/web/lines.js';
import type { WebDeps } from '../deps.js';
import type { WebEnv } from '../env.js';
import { HomePage, OfficialPage } from '../views/home.js';

/** What this is, and by which accounts the office writes. */
export function homeRoutes(deps: WebDeps): Hono<WebEnv> {
  return new Hono<WebEnv>()
    .get('/', async (c) => {
      const lines = await officialLines(deps.pool);
      return c.html(<HomePage view={c.get('view')} lines={lines} hasSimulator={deps.simulator !== null} />);
    })
    .get('/resmi', async (c) => {
      const lines = await officialLines(deps.pool);
      // The code changes with the day: no copy of this page may outlive it.
      c.header('Cache-Control', 'no-store');
      const code = officialCode(deps.sealer, deps.now());
      return c.html(<OfficialPage view={c.get('view')} lines={lines} code={code} />);
    });
}
