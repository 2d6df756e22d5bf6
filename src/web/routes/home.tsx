import { Hono } from 'hono';
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
      return c.html(<OfficialPage view={c.get('view')} lines={lines} />);
    });
}
