import { Hono } from 'hono';
import { insertAudit } from '../../store/audit.js';
import { agenda, agendaCodes } from '../../store/web/agenda.js';
import type { AgendaFilter } from '../../store/web/agenda.js';
import { dateTimeFormat } from '../../words/formatters.js';
import { allowed, allowedCases } from '../allowed.js';
import type { WebDeps } from '../deps.js';
import type { WebContext, WebEnv } from '../env.js';
import { pageNumber } from '../pageNumber.js';
import { sendTable } from '../tableFile.js';
import { AgendaPage } from '../views/agenda.js';

const MONTH = /^20\d{2}-(?:0[1-9]|1[0-2])$/u;
const CODE = /^[\d.]{1,30}$/u;
/** A page shows so many, each name of it opened; a file all of a month. */
const SHOWN = 30;
const MOST_PAGES = 400;
const WHOLE = 20_000;

/** The register of letters: every number that was given, with what became of it. */
export function agendaRoutes(deps: WebDeps): Hono<WebEnv> {
  return new Hono<WebEnv>()
    .get('/agenda', async (c) => {
      const { scope } = allowed(c, 'letters.write');
      const filter = filterOf(deps, c);
      const { scope: cases } = allowedCases(c, 'cases.read', deps.services);
      const page = pageNumber(c.req.query('halaman'), MOST_PAGES);
      const [rows, codes] = await Promise.all([
        agenda(deps.pool, scope, cases, filter, deps.sealer, SHOWN + 1, (page - 1) * SHOWN),
        agendaCodes(deps.pool, scope, filter.month),
      ]);
      return c.html(
        <AgendaPage
          view={c.get('view')}
          rows={rows.slice(0, SHOWN)}
          hasMore={rows.length > SHOWN}
          page={page}
          codes={codes}
          filter={filter}
          hasVillages={scope.villages === null || scope.villages.length > 1}
        />,
      );
    })
    .get('/agenda/:file{agenda\\.(?:csv|xlsx)}', async (c) => {
      const { officer, scope } = allowed(c, 'letters.write');
      const { scope: cases } = allowedCases(c, 'cases.read', deps.services);
      const filter = filterOf(deps, c);
      const rows = await agenda(deps.pool, scope, cases, filter, deps.sealer, WHOLE);
      // Names leave the house: who took them is written down.
      await insertAudit(
        deps.pool,
        [
          {
            officerId: officer.id,
            action: 'agenda.exported',
            subjectKind: 'officer',
            subjectId: officer.id,
            data: { month: filter.month, classification: filter.classification, count: rows.length },
          },
        ],
        deps.newId,
        deps.now(),
      );
      const { t } = c.get('view');
      const heading = (
        ['number', 'day', 'village', 'letter', 'classification', 'name', 'signer', 'state', 'case'] as const
      ).map((column) => t(`agenda.${column}`));
      return sendTable(
        c,
        [
          heading,
          ...rows.map((row) => [
            row.number,
            row.day,
            row.village,
            row.title,
            row.classification,
            row.name,
            `${row.signerName}, ${row.signerTitle}`,
            [t(`agenda.state.${row.state}`), row.replacedBy, row.reason].filter(Boolean).join(': '),
            row.code,
          ]),
        ],
        {
          name: `agenda-surat-${filter.month}`,
          kind: c.req.param('file').endsWith('.csv') ? 'csv' : 'xlsx',
          sheet: t('agenda.title'),
        },
      );
    });
}

/** `?bulan=2026-11&klas=400`; else this month, all codes. */
function filterOf(deps: WebDeps, c: WebContext): AgendaFilter {
  const month = c.req.query('bulan') ?? '';
  const code = c.req.query('klas') ?? '';
  return {
    month: MONTH.test(month)
      ? month
      : dateTimeFormat('sv-SE', { timeZone: 'Asia/Jakarta' }).format(deps.now()).slice(0, 7),
    classification: CODE.test(code) ? code : '',
  };
}
