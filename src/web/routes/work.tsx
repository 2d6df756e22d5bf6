import { Hono } from 'hono';
import { z } from 'zod';
import type { OfficerIdentity } from '../../core/asker.js';
import { officialCode } from '../../core/officialCode.js';
import { boardOf, boardVillages } from '../../store/web/board.js';
import { FEW, pageOfCases, searchCases, SEARCH_PAGES, SEARCH_STATES } from '../../store/web/caseSearch.js';
import { officerTopic } from '../../store/web/caseChanges.js';
import { villagesOf } from '../../store/web/cases.js';
import type { CaseScope } from '../../store/web/cases.js';
import { loadVillageOfficers } from '../../store/villageOfficers.js';
import { WORK_SIZE, workOf } from '../../store/web/work.js';
import { allowedCases, officerOf } from '../allowed.js';
import { attentionOf } from '../attention.js';
import { actOnMany, BULK_ACTS, BULK_MOST } from '../bulk.js';
import type { BulkResult } from '../bulk.js';
import type { WebDeps } from '../deps.js';
import type { WebContext, WebEnv } from '../env.js';
import { readForm } from '../form.js';
import { readCode } from '../../core/code.js';
import { type Watch, streamPart } from '../live.js';
import { ownSteps } from '../ownSteps.js';
import { PageError } from '../pageError.js';
import { pageNumber } from '../pageNumber.js';
import { scopeOf } from '../policy.js';
import { Board, BoardPage } from '../views/board.js';
import type { BoardProps } from '../views/board.js';
import { SearchPage } from '../views/search.js';
import { WorkList, WorkPage } from '../views/work.js';
import type { WorkProps } from '../views/work.js';

const BulkForm = z.object({
  kode: z
    .union([z.string(), z.array(z.string())])
    .default([])
    .transform((codes) => [codes].flat())
    .pipe(z.array(z.string().max(40)).max(BULK_MOST)),
  tindakan: z.enum(BULK_ACTS),
  kepada: z.uuid().optional(),
  kembali: z.string().max(80).default('/console'),
});
/** "2026-11-24T01:02:03.000Z K7QF-2M9P-X": the last row that was shown. */
const AFTER = /^(?<at>\d{4}-\d{2}-\d{2}T[\d:.]{8,15}Z) (?<code>[0-9A-Z-]{5,12})$/u;

/** What an officer has to do, the village's board and the search: lists of cases, and what is done to several at once. */
export function workRoutes(deps: WebDeps, watch: Watch): Hono<WebEnv> {
  const workPage = async (c: WebContext, result?: BulkResult) => {
    const { officer, scope } = allowedCases(c, 'cases.read', deps.services);
    const props = await workProps(deps, c, officer, scope);
    const official = officialCode(deps.sealer, deps.now());
    return c.html(<WorkPage {...props} official={official} {...(result ? { result } : {})} />);
  };
  const boardPage = async (c: WebContext, village: string | undefined, result?: BulkResult) => {
    const { officer, scope } = allowedCases(c, 'cases.read', deps.services);
    const props = await boardProps(deps, c, officer, scope, village);
    return c.html(<BoardPage {...props} {...(result ? { result } : {})} />);
  };

  return new Hono<WebEnv>()
    .get('/', async (c) => {
      // Somebody whose role has no part in requests (a posyandu volunteer) finds their own account.
      const officer = officerOf(c);
      if (!scopeOf(officer, 'cases.read'))
        // Who stands above the villages begins with their figures; else one's own account is all there is.
        return c.redirect(scopeOf(officer, 'figures.read') ? '/console/kabupaten' : '/console/akun', 303);
      return workPage(c);
    })
    .get('/live', (c) => {
      const { officer, scope } = allowedCases(c, 'cases.read', deps.services);
      const villages = villagesOf(scope);
      // What waits besides cases (somebody who asks for a person, a line that is down) is told to the officer.
      const topics = villages && [...villages, officerTopic(officer.id)];
      const subscribe = (listener: () => void) => watch.subscribe(topics, listener);
      return streamPart(c, subscribe, async () => <WorkList {...await workProps(deps, c, officer, scope)} />);
    })
    .get('/papan', (c) => boardPage(c, c.req.query('desa')))
    .get('/papan/live', async (c) => {
      const { officer, scope } = allowedCases(c, 'cases.read', deps.services);
      const { village } = await chosenVillage(deps, scope, c.req.query('desa'));
      const subscribe = (listener: () => void) => watch.subscribe([village], listener);
      return streamPart(c, subscribe, async () => (
        <Board {...await boardProps(deps, c, officer, scope, c.req.query('desa'))} />
      ));
    })
    .post('/massal', async (c) => {
      const { officer } = allowedCases(c, 'cases.act', deps.services);
      const form = await readForm(c, BulkForm);
      if (!form.data) throw new PageError(400);
      const { kode, tindakan, kepada, kembali } = form.data;
      const codes = kode.flatMap((typed) => {
        const read = readCode(typed);
        return read.kind === 'case' ? [read.code] : [];
      });
      const result = await actOnMany(deps, officer, tindakan, codes, kepada);
      // Shown at once, not after a redirect: what became of each belongs to this answer alone.
      if (!kembali.startsWith('/console/papan')) return workPage(c, result);
      return boardPage(c, new URL(kembali, 'http://x').searchParams.get('desa') ?? undefined, result);
    })
    .get('/cari', async (c) => {
      const { scope } = allowedCases(c, 'cases.read', deps.services);
      const text = (c.req.query('q') ?? '').trim().slice(0, 80);
      const state = SEARCH_STATES.find((known) => known === c.req.query('keadaan')) ?? 'all';
      const villages = await boardVillages(deps.pool, villagesOf(scope));
      const village = villages.find(({ id }) => id === c.req.query('desa'))?.id ?? null;
      // Over all villages of an installation there is a search, but no list: one of them is shown.
      const own = villagesOf(scope) ?? villages.slice(0, 1).map(({ id }) => id);
      const listed = village === null ? own : [village];
      const typed = readCode(text);
      // A whole code leads to its case: it was read out at the counter, or stands on a receipt.
      if (typed.kind === 'case') return c.redirect(`/console/kasus/${typed.code}`, 303);
      const after = AFTER.exec(c.req.query('sesudah') ?? '')?.groups;
      const isWide = c.req.query('mirip') !== undefined;
      const common = { state, village, isWide, page: pageNumber(c.req.query('halaman'), SEARCH_PAGES) };
      const { rows, hasMore } =
        text === ''
          ? await pageOfCases(
              deps.pool,
              scope,
              listed,
              state,
              after ? { openedAt: new Date(after['at']!), code: after['code']! } : null,
            )
          : await searchCases(deps.pool, scope, { text, ...common });
      const search = { q: text, keadaan: state, desa: village ?? '' };
      if (text !== '' && rows.length === 0 && common.page > 1) return c.redirect(searchPath(search), 303);
      const last = rows.at(-1);
      const next =
        last && text === '' && hasMore
          ? searchPath({
              keadaan: state,
              desa: village ?? (villagesOf(scope) === null ? (listed[0] ?? '') : ''),
              sesudah: `${last.openedAt.toISOString()} ${last.code}`,
            })
          : null;
      const wider =
        !isWide && rows.length > 0 && text !== '' && common.page === 1 && rows.length < FEW
          ? searchPath({ ...search, mirip: '1' })
          : null;
      return c.html(
        <SearchPage
          view={{ ...c.get('view'), now: deps.now() }}
          services={deps.services}
          text={text}
          state={state}
          village={village ?? (text === '' && villagesOf(scope) === null ? (listed[0] ?? '') : '')}
          villages={villages}
          rows={rows}
          page={common.page}
          hasMore={hasMore}
          href={(page) => searchPath({ ...search, ...(isWide ? { mirip: '1' } : {}), halaman: String(page) })}
          next={next}
          wider={wider}
        />,
      );
    });
}

const searchPath = (query: { [name: string]: string }): string =>
  `/console/cari?${new URLSearchParams(query).toString()}`;

async function workProps(
  deps: WebDeps,
  c: WebContext,
  officer: OfficerIdentity,
  scope: CaseScope,
): Promise<WorkProps> {
  const steps = await ownSteps(deps, officer);
  const villages = [...new Set(officer.roles.flatMap(({ village }) => village ?? []))];
  const [rows, attention, colleagues] = await Promise.all([
    workOf(deps.pool, scope, officer.id, steps, deps.now()),
    attentionOf(deps, officer),
    colleaguesIn(deps, officer, villages),
  ]);
  return {
    view: { ...c.get('view'), now: deps.now() },
    attention,
    rows: rows.slice(0, WORK_SIZE),
    hasMore: rows.length > WORK_SIZE,
    services: deps.services,
    officerId: officer.id,
    tellsVillage: villages.length !== 1,
    colleagues,
  };
}

/** The board of one village where there is a choice; of whoever serves one or two, of all of them. */
async function boardProps(
  deps: WebDeps,
  c: WebContext,
  officer: OfficerIdentity,
  scope: CaseScope,
  asked: string | undefined,
): Promise<BoardProps> {
  const { villages, village } = await chosenVillage(deps, scope, asked);
  const [columns, colleagues] = await Promise.all([
    boardOf(deps.pool, scope, [village]),
    colleaguesIn(deps, officer, village === '' ? [] : [village]),
  ]);
  return {
    view: { ...c.get('view'), now: deps.now() },
    columns,
    services: deps.services,
    villages,
    village,
    colleagues,
  };
}

/** The village that was asked for, else the first; '' where there is none. */
async function chosenVillage(deps: WebDeps, scope: CaseScope, asked: string | undefined) {
  const villages = await boardVillages(deps.pool, villagesOf(scope));
  return { villages, village: villages.find(({ id }) => id === asked)?.id ?? villages[0]?.id ?? '' };
}

/** Who else serves these villages, by name: whether a case may be given to them, the act itself decides. */
async function colleaguesIn(
  deps: WebDeps,
  officer: OfficerIdentity,
  villages: string[],
): Promise<{ id: string; name: string }[]> {
  const serving = await loadVillageOfficers(deps.pool, villages);
  const byId = new Map<string, string>();
  for (const officers of serving.values())
    for (const { id, name, isKeeper } of officers) if (!isKeeper && id !== officer.id) byId.set(id, name);
  return [...byId].map(([id, name]) => ({ id, name })).toSorted((a, b) => a.name.localeCompare(b.name));
}
