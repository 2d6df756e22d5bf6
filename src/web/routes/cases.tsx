import { Hono } from 'hono';
import { z } from 'zod';
import { ERASURE_SERVICE } from '../../core/cases.js';
import { readCode } from '../../core/code.js';
import type { JsonObject } from '../../core/json.js';
import { insertAudit } from '../../store/audit.js';
import { caseByCode } from '../../store/web/cases.js';
import type { CaseDetail, CaseEventRow, CaseScope } from '../../store/web/cases.js';
import { fileInScope } from '../../store/web/files.js';
import { peopleOfCase } from '../../store/web/people.js';
import { NOWHERE } from '../../store/web/scope.js';
import { ACTS, NEEDS_WORDS } from '../acts.js';
import { allowedCases, mayOpenSealed } from '../allowed.js';
import { shownForms } from '../caseForms.js';
import { caseProps } from '../casePage.js';
import type { WebDeps } from '../deps.js';
import type { WebEnv } from '../env.js';
import { readForm } from '../form.js';
import { type Watch, streamPart } from '../live.js';
import { sendToOfficer } from '../officerFile.js';
import { PageError } from '../pageError.js';
import { scopeOf } from '../policy.js';
import { CaseLive, CasePage } from '../views/case.js';

const MatchForm = z.object({ orang: z.uuid().optional() });
const ActForm = z.object({
  text: z.string().trim().max(1000).optional(),
  /** A colleague, an office, another case: as the act needs it. */
  to: z.string().trim().max(120).optional(),
  /** Papers that are missing. */
  items: z
    .union([z.string(), z.array(z.string())])
    .transform((items) => [items].flat())
    .pipe(z.array(z.string().max(60)).max(40))
    .optional(),
  /** That whoever erases data has read what goes. */
  sure: z.literal('yes').optional(),
});
const MessageForm = z.object({ text: z.string().trim().max(1000).default('') });
const ACT_PATTERN = ACTS.join('|');

/** Each case: what is asked for, by whom, what was said, and what is done about it. */
export function caseRoutes(deps: WebDeps, watch: Watch): Hono<WebEnv> {
  return (
    new Hono<WebEnv>()
      .get('/kasus/:code', async (c) => {
        const { scope } = allowedCases(c, 'cases.read', deps.services);
        const found = await findCase(deps, scope, c.req.param('code'));
        return c.html(<CasePage {...await caseProps(deps, c, scope, found)} />);
      })
      .get('/kasus/:code/live', async (c) => {
        const { scope } = allowedCases(c, 'cases.read', deps.services);
        const code = c.req.param('code');
        const { villageId } = await findCase(deps, scope, code);
        const subscribe = (listener: () => void) => watch.subscribe([villageId], listener);
        return streamPart(c, subscribe, async () => {
          const props = await caseProps(deps, c, scope, await findCase(deps, scope, code));
          return <CaseLive {...props} shownStatus={c.req.query('dari') ?? ''} />;
        });
      })
      .post('/kasus/:code/buka', async (c) => {
        const { officer, scope } = allowedCases(c, 'cases.read', deps.services);
        const found = await findCase(deps, scope, c.req.param('code'));
        if (!mayOpenSealed(officer, found, deps.services[found.service])) throw new PageError(403);
        await audit(deps, officer.id, 'case.private_read', found);
        const opened = found.private ? deps.sealer.open('case', found.id, found.private) : {};
        const props = await caseProps(deps, c, scope, found);
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
        return c.html(<CasePage {...await caseProps(deps, c, scope, found)} forms={forms} />);
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
        return c.html(<CasePage {...await caseProps(deps, c, scope, found)} people={people} isOpened />);
      })
      // Words to the resident that change nothing of the case.
      .post('/kasus/:code/pesan', async (c) => {
        const { officer, scope } = allowedCases(c, 'cases.act', deps.services);
        const { code } = await findCase(deps, scope, c.req.param('code'));
        const form = await readForm(c, MessageForm);
        if (!form.data) throw new PageError(400);
        const { text } = form.data;
        const [result] = await deps.perform(officer, [{ kind: 'message_resident', code, text }]);
        if (result.outcome === 'not_allowed') throw new PageError(403);
        const notice = result.outcome === 'done' ? 'said' : `said_${result.outcome}`;
        return c.redirect(`/console/kasus/${code}?kabar=${notice}#chat`, 303);
      })
      .post(`/kasus/:code/:act{${ACT_PATTERN}}`, async (c) => {
        const { officer, scope } = allowedCases(c, 'cases.act', deps.services);
        const { code, service } = await findCase(deps, scope, c.req.param('code'));
        const act = ACTS.find((known) => known === c.req.param('act'))!;
        const form = await readForm(c, ActForm);
        if (!form.data) throw new PageError(400);
        const { to, items, sure } = form.data;
        const text = form.data.text || undefined;
        const isWordless = act === 'ask' ? !text && !items?.length : !text && NEEDS_WORDS.has(act);
        if (isWordless) return c.redirect(`/console/kasus/${code}?kabar=case_no_words#tindakan`, 303);
        if (act === 'finish' && service === ERASURE_SERVICE && sure !== 'yes')
          return c.redirect(`/console/kasus/${code}?kabar=case_not_sure#tindakan`, 303);
        const [result] = await deps.perform(officer, [
          {
            kind: 'act_on_case',
            code,
            act,
            ...(text === undefined ? {} : { text }),
            ...(to === undefined ? {} : { to }),
            ...(items === undefined ? {} : { items }),
          },
        ]);
        // The case shows who has it and how it stands; why it could not be done stands in the address.
        const why =
          result.outcome === 'not_allowed' ? `&sebab=${encodeURIComponent(result.reason ?? 'status')}` : '';
        const notice = result.outcome === 'done' ? `case_${act}` : `case_${result.outcome}`;
        return c.redirect(`/console/kasus/${code}?kabar=${notice}${why}`, 303);
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

async function findCase(deps: WebDeps, scope: CaseScope, typed: string): Promise<CaseDetail> {
  const read = readCode(typed);
  const found = read.kind === 'case' ? await caseByCode(deps.pool, scope, read.code) : null;
  if (!found) throw new PageError(404);
  return found;
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
