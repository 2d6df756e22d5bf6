import { Hono } from 'hono';
import { z } from 'zod';
import type { OfficerIdentity } from '../../core/asker.js';
import { ERASURE_SERVICE } from '../../core/cases.js';
import { readCode } from '../../core/code.js';
import { officerActor, possibleActs } from '../../core/decide.js';
import type { JsonObject } from '../../core/json.js';
import { officialCode } from '../../core/officialCode.js';
import { handlingOf } from '../../core/handlers.js';
import { insertAudit } from '../../store/audit.js';
import {
  CASE_FILTERS,
  PAGE_SIZE,
  caseByCode,
  caseEvents,
  caseFiles,
  countCases,
  listCases,
} from '../../store/web/cases.js';
import type { CaseDetail, CaseEventRow, CaseFilter, CaseScope } from '../../store/web/cases.js';
import { fileInScope } from '../../store/web/files.js';
import { peopleOfCase } from '../../store/web/people.js';
import { NOWHERE } from '../../store/web/scope.js';
import { readStandings } from '../../store/caseStanding.js';
import { sealedToOf } from '../../store/cases.js';
import { loadActingOfficers } from '../../store/delegations.js';
import { ACTS, NEEDS_WORDS } from '../acts.js';
import { allowedCases, mayOpenSealed, officerOf } from '../allowed.js';
import { attentionOf } from '../attention.js';
import type { WebDeps } from '../deps.js';
import type { WebContext, WebEnv } from '../env.js';
import { readForm } from '../form.js';
import { shownForms } from '../caseForms.js';
import { type Watch, streamPart } from '../live.js';
import { sendToOfficer } from '../officerFile.js';
import { PageError } from '../pageError.js';
import { scopeOf } from '../policy.js';
import { CaseHistory, CasePage } from '../views/case.js';
import type { CaseProps } from '../views/case.js';
import { CaseList, CasesPage } from '../views/cases.js';

const MatchForm = z.object({ orang: z.uuid().optional() });
const ActForm = z.object({
  text: z.string().trim().max(1000).optional(),
  /** That whoever erases data has read what goes. */
  sure: z.literal('yes').optional(),
});

/** The list of cases and each case: what is asked for, by whom, and what is done about it. */
export function caseRoutes(deps: WebDeps, watch: Watch): Hono<WebEnv> {
  const subscribe = (listener: () => void) => watch.subscribe(listener);
  return (
    new Hono<WebEnv>()
      .get('/', async (c) => {
        const view = c.get('view');
        // Somebody whose role has no part in requests (a posyandu volunteer) finds their own account.
        if (!scopeOf(officerOf(c), 'cases.read')) return c.redirect('/console/akun', 303);
        const { officer, scope } = allowedCases(c, 'cases.read', deps.services);
        const list = await listOf(deps, c, officer, scope);
        const official = officialCode(deps.sealer, deps.now());
        return c.html(<CasesPage {...list} view={view} services={deps.services} official={official} />);
      })
      .get('/live', (c) => {
        const { officer, scope } = allowedCases(c, 'cases.read', deps.services);
        return streamPart(c, subscribe, async () => {
          const list = await listOf(deps, c, officer, scope);
          return <CaseList {...list} view={{ ...c.get('view'), now: deps.now() }} services={deps.services} />;
        });
      })
      .get('/kasus/:code', async (c) => {
        const { scope } = allowedCases(c, 'cases.read', deps.services);
        return c.html(<CasePage {...await caseProps(deps, c, scope)} />);
      })
      .get('/kasus/:code/live', async (c) => {
        const { scope } = allowedCases(c, 'cases.read', deps.services);
        await findCase(deps, scope, c.req.param('code'));
        return streamPart(c, subscribe, async () => {
          const props = await caseProps(deps, c, scope);
          return <CaseHistory {...props} shownStatus={c.req.query('dari') ?? ''} />;
        });
      })
      .post('/kasus/:code/buka', async (c) => {
        const { officer, scope } = allowedCases(c, 'cases.read', deps.services);
        const found = await findCase(deps, scope, c.req.param('code'));
        if (!mayOpenSealed(officer, found, deps.services[found.service])) throw new PageError(403);
        await audit(deps, officer.id, 'case.private_read', found);
        const opened = found.private ? deps.sealer.open('case', found.id, found.private) : {};
        const props = await caseProps(deps, c, scope);
        const events = props.events.map((event) => openedEvent(deps, found.id, event));
        return c.html(<CasePage {...props} events={events} opened={opened} />);
      })
      .post('/kasus/:code/isian/:value', async (c) => {
        const { officer, scope } = allowedCases(c, 'cases.read', deps.services);
        const found = await findCase(deps, scope, c.req.param('code'));
        if (!mayOpenSealed(officer, found, deps.services[found.service])) throw new PageError(403);
        const value = c.req.param('value');
        const forms = await shownForms(deps, found.id, value);
        if (!forms.some(({ entries }) => entries.some(({ isOpen }) => isOpen))) throw new PageError(404);
        await audit(deps, officer.id, 'form.value_read', found, { value });
        c.header('Cache-Control', 'no-store');
        return c.html(<CasePage {...await caseProps(deps, c, scope)} forms={forms} />);
      })
      .post('/kasus/:code/penduduk', async (c) => {
        const { officer, scope } = allowedCases(c, 'cases.act', deps.services);
        const { code } = await findCase(deps, scope, c.req.param('code'));
        const form = await readForm(c, MatchForm);
        if (!form.data) throw new PageError(400);
        const register = form.data.orang ?? null;
        const [result] = await deps.perform(officer, [{ kind: 'decide_match', code, register }]);
        if (result.outcome === 'not_allowed') throw new PageError(403);
        const notice = result.outcome === 'done' ? (register ? 'confirmed' : 'none') : 'not_found';
        return c.redirect(`/console/kasus/${code}?kabar=match_${notice}`, 303);
      })
      // For the letter: the whole numbers of whoever was confirmed, once, and written down.
      .post('/kasus/:code/penduduk/buka', async (c) => {
        const { officer, scope } = allowedCases(c, 'cases.read', deps.services);
        const found = await findCase(deps, scope, c.req.param('code'));
        if (!mayOpenSealed(officer, found, deps.services[found.service])) throw new PageError(403);
        const people = await peopleOfCase(deps.pool, found.id, deps.sealer, true);
        await audit(deps, officer.id, 'register.read', found);
        return c.html(<CasePage {...await caseProps(deps, c, scope)} people={people} isOpened />);
      })
      .post('/kasus/:code/:act', async (c) => {
        const { officer, scope } = allowedCases(c, 'cases.act', deps.services);
        const { code, service } = await findCase(deps, scope, c.req.param('code'));
        const act = ACTS.find((known) => known === c.req.param('act'));
        if (!act) throw new PageError(404);
        const form = await readForm(c, ActForm);
        if (!form.data) throw new PageError(400);
        const text = form.data.text || undefined;
        if (!text && NEEDS_WORDS.has(act))
          return c.redirect(`/console/kasus/${code}?kabar=case_no_words#tindakan`, 303);
        if (act === 'finish' && service === ERASURE_SERVICE && form.data.sure !== 'yes')
          return c.redirect(`/console/kasus/${code}?kabar=case_not_sure#tindakan`, 303);
        const [result] = await deps.perform(officer, [{ kind: 'act_on_case', code, act, text }]);
        const notice = result.outcome === 'done' ? `case_${act}` : `case_${result.outcome}`;
        return c.redirect(`/console/kasus/${code}?kabar=${notice}`, 303);
      })
      .get('/berkas/:id', async (c) => {
        const { officer, scope } = allowedCases(c, 'cases.read', deps.services);
        const id = z.uuid().safeParse(c.req.param('id'));
        if (!id.success) throw new PageError(404);
        const listings = scopeOf(officer, 'listings.decide') ?? NOWHERE;
        const file = await fileInScope(deps.pool, scope, listings, id.data);
        return sendToOfficer(deps, c, officer, file);
      })
  );
}

async function listOf(deps: WebDeps, c: WebContext, officer: OfficerIdentity, scope: CaseScope) {
  const filter: CaseFilter = CASE_FILTERS.find((known) => known === c.req.query('saring')) ?? 'open';
  const page = Math.min(Math.max(Math.trunc(Number(c.req.query('halaman') ?? 1)) || 1, 1), 1000);
  const [rows, counts, attention] = await Promise.all([
    listCases(deps.pool, scope, filter, page),
    countCases(deps.pool, scope, deps.now()),
    attentionOf(deps, officer),
  ]);
  return {
    rows: rows.slice(0, PAGE_SIZE),
    hasMore: rows.length > PAGE_SIZE,
    counts,
    attention,
    filter,
    page,
  };
}

async function findCase(deps: WebDeps, scope: CaseScope, typed: string): Promise<CaseDetail> {
  const read = readCode(typed);
  const found = read.kind === 'case' ? await caseByCode(deps.pool, scope, read.code) : null;
  if (!found) throw new PageError(404);
  return found;
}

async function caseProps(deps: WebDeps, c: WebContext, scope: CaseScope): Promise<CaseProps> {
  const view = { ...c.get('view'), now: deps.now() };
  const officer = officerOf(c);
  const found = await findCase(deps, scope, c.req.param('code') ?? '');
  const service = deps.services[found.service];
  const [forms, events, files, officers, people, standings] = await Promise.all([
    shownForms(deps, found.id),
    caseEvents(deps.pool, found.id),
    caseFiles(deps.pool, found.id),
    loadActingOfficers(deps.pool, [found.villageId], view.now),
    peopleOfCase(deps.pool, found.id, deps.sealer),
    readStandings(deps.pool, [found.id], deps.services, view.now),
  ]);
  const { state, situation } = standings.get(found.id)!;
  const mine = officers.get(found.villageId) ?? [];
  const handling = handlingOf(service, found.isConfidential, sealedToOf(found));
  const actor = officerActor(officer, found.villageId, handling, mine, situation.path);
  const may = actor.mayHandle;
  const possible = possibleActs(state, actor, situation);
  const acts = ACTS.filter((act) => possible.includes(act));
  return {
    view,
    found,
    service,
    forms,
    events,
    files,
    acts,
    questions: deps.questions(found.flow, view.language),
    people,
    mayMatch: may,
    mayOpen: mayOpenSealed(officer, found, service),
    notice: c.req.query('kabar'),
  };
}

/** The words of a complaint's history: read with the rest that is sealed, which is logged. */
function openedEvent(deps: WebDeps, caseId: string, event: CaseEventRow): CaseEventRow {
  if (event.sealed === null) return event;
  return {
    ...event,
    sealed: null,
    data: { ...event.data, ...deps.sealer.open('case', caseId, event.sealed) },
  };
}

async function audit(
  deps: WebDeps,
  officerId: string,
  action: string,
  found: CaseDetail,
  more: JsonObject = {},
): Promise<void> {
  await insertAudit(
    deps.pool,
    [{ officerId, action, subjectKind: 'case', subjectId: found.id, data: { code: found.code, ...more } }],
    deps.newId,
    deps.now(),
  );
}
