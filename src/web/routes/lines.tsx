import { Hono } from 'hono';
import { z } from 'zod';
import { insertAudit } from '../../store/audit.js';
import { closeIncident, linesInScope, openIncidents } from '../../store/web/lines.js';
import { NOWHERE } from '../../store/web/scope.js';
import { allowed } from '../allowed.js';
import type { WebDeps } from '../deps.js';
import type { WebEnv } from '../env.js';
import { PageError } from '../pageError.js';
import { scopeOf } from '../policy.js';
import { LinesPage } from '../views/lines.js';

/** How the lines are, and what a person must hear of. */
export function lineRoutes(deps: WebDeps): Hono<WebEnv> {
  return new Hono<WebEnv>()
    .get('/jalur', async (c) => {
      const { officer, scope } = allowed(c, 'lines.read');
      const [lines, incidents] = await Promise.all([
        linesInScope(deps.pool, scope),
        openIncidents(deps.pool, scope, scopeOf(officer, 'incidents.close') ?? NOWHERE),
      ]);
      return c.html(
        <LinesPage view={c.get('view')} lines={lines} incidents={incidents} notice={c.req.query('kabar')} />,
      );
    })
    .post('/insiden/:id/tutup', async (c) => {
      const { officer, scope } = allowed(c, 'incidents.close');
      const id = z.uuid().safeParse(c.req.param('id'));
      if (!id.success) throw new PageError(404);
      const now = deps.now();
      if (!(await closeIncident(deps.pool, scope, { id: id.data, officerId: officer.id, now })))
        return c.redirect('/console/jalur?kabar=incident_not_found', 303);
      await insertAudit(
        deps.pool,
        [{ officerId: officer.id, action: 'incident.close', subjectKind: 'incident', subjectId: id.data }],
        deps.newId,
        now,
      );
      return c.redirect('/console/jalur?kabar=incident_closed', 303);
    });
}
