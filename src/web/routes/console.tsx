import { Hono } from 'hono';
import { caseChanges } from '../../store/web/caseChanges.js';
import { lineChanges } from '../../store/web/lines.js';
import { lazyAuth } from '../auth/auth.js';
import { signedInOfficer } from '../auth/session.js';
import type { WebDeps } from '../deps.js';
import type { WebEnv } from '../env.js';
import { Watch } from '../live.js';
import { PageError } from '../pageError.js';
import { viewOf } from '../views/view.js';
import { accountRoutes, signInRoutes } from './account.js';
import { agendaRoutes } from './agenda.js';
import { auditRoutes } from './audit.js';
import { callRoutes } from './calls.js';
import { caseRoutes } from './cases.js';
import { counterRoutes } from './counter.js';
import { figureRoutes } from './figures.js';
import { flowRoutes } from './flows.js';
import { letterRoutes } from './letters.js';
import { hourRoutes } from './hours.js';
import { lineRoutes } from './lines.js';
import { listingRoutes } from './listings.js';
import { officerPageRoutes } from './officer.js';
import { officerRoutes } from './officers.js';
import { replyRoutes } from './replies.js';
import { pinRoutes } from './pin.js';
import { printPileRoutes } from './printPile.js';
import { registerRoutes } from './register.js';
import { rtRoutes } from './rt.js';
import { serviceRoutes } from './services.js';
import { scheduleRoutes } from './schedules.js';
import { templateRoutes } from './templates.js';
import { villageRoutes } from './villages.js';
import { workRoutes } from './work.js';

/** Where an account is put in order. */
const OWN_PAGES = /^\/console\/(?:akun(?:\/|$)|keluar$)/u;

/** The officers' console. All but the doors to it is for officers who are signed in; each route says for which. */
export function consoleRoutes(deps: WebDeps): Hono<WebEnv> {
  const auth = lazyAuth(deps);
  const routes = new Hono<WebEnv>();
  routes.use(async (c, next) => {
    await next();
    c.header('Cache-Control', 'no-store');
  });
  routes.route('/', signInRoutes(deps, auth));
  routes.use(async (c, next) => {
    const signedIn = await signedInOfficer(deps, auth, c);
    if (!signedIn) {
      if (c.req.method !== 'GET') throw new PageError(401);
      const to = c.req.path === '/console' ? '' : `?ke=${encodeURIComponent(c.req.path)}`;
      return c.redirect(`/console/masuk${to}`, 303);
    }
    const { language, path, now } = c.get('view');
    const { officer, account } = signedIn;
    c.set('view', { ...viewOf(language, path, now, officer), account });
    // Past its days of grace, an account without its second factor opens its own page alone.
    if (account.codeDue && account.codeDue <= now && !OWN_PAGES.test(path)) {
      if (c.req.method !== 'GET') throw new PageError(403, 'account.code_is_due');
      return c.redirect('/console/akun', 303);
    }
    return next();
  });
  routes.route('/', accountRoutes(deps, auth));
  routes.route('/', pinRoutes(deps, auth));
  const cases = new Watch(deps, caseChanges);
  routes.route('/', workRoutes(deps, cases));
  routes.route('/', caseRoutes(deps, cases));
  routes.route('/', letterRoutes(deps));
  routes.route('/', templateRoutes(deps));
  routes.route('/', counterRoutes(deps));
  routes.route('/', replyRoutes(deps));
  routes.route('/', callRoutes(deps));
  routes.route('/', listingRoutes(deps));
  routes.route('/', officerRoutes(deps, auth));
  routes.route('/', officerPageRoutes(deps));
  routes.route('/', agendaRoutes(deps));
  routes.route('/', printPileRoutes(deps));
  routes.route('/', registerRoutes(deps));
  routes.route('/', rtRoutes(deps));
  routes.route('/', villageRoutes(deps));
  routes.route('/', hourRoutes(deps));
  routes.route('/', serviceRoutes(deps));
  routes.route('/', scheduleRoutes(deps));
  routes.route('/', figureRoutes(deps));
  routes.route('/', flowRoutes(deps));
  routes.route('/', auditRoutes(deps));
  routes.route('/', lineRoutes(deps, new Watch(deps, lineChanges)));
  return routes;
}
