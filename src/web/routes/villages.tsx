import { Hono } from 'hono';
import { z } from 'zod';
import { insertAudit } from '../../store/audit.js';
import { inTransaction } from '../../store/sql.js';
import { INTRODUCTIONS, setIntroduction, settingsInScope } from '../../store/web/villages.js';
import { allowed } from '../allowed.js';
import type { WebDeps } from '../deps.js';
import type { WebEnv } from '../env.js';
import { readForm } from '../form.js';
import { PageError } from '../pageError.js';
import { VillagesPage } from '../views/villages.js';

const IntroductionForm = z.object({ cara: z.enum(INTRODUCTIONS) });

/** What a village chose for itself. */
export function villageRoutes(deps: WebDeps): Hono<WebEnv> {
  return new Hono<WebEnv>()
    .get('/desa', async (c) => {
      const { scope } = allowed(c, 'village.settings');
      const villages = await settingsInScope(deps.pool, scope);
      return c.html(<VillagesPage view={c.get('view')} villages={villages} notice={c.req.query('kabar')} />);
    })
    .post('/desa/:village/pengantar', async (c) => {
      const { officer, scope } = allowed(c, 'village.settings');
      const form = await readForm(c, IntroductionForm);
      if (!form.data) throw new PageError(400);
      const village = c.req.param('village');
      const { cara } = form.data;
      const isDone = await inTransaction(deps.pool, async (sql) => {
        if (!(await setIntroduction(sql, scope, village, cara))) return false;
        await insertAudit(
          sql,
          [
            {
              officerId: officer.id,
              action: 'village.introduction',
              subjectKind: 'village',
              subjectId: village,
              data: { to: cara },
            },
          ],
          deps.newId,
          deps.now(),
        );
        return true;
      });
      if (!isDone) throw new PageError(404);
      return c.redirect('/console/desa?kabar=village_saved', 303);
    });
}
