import { Hono } from 'hono';
import { addFigures, hoursWithin, keptShare, meanStars, NO_FIGURES } from '../../core/figures.js';
import type { Figures } from '../../core/figures.js';
import { figuresAt, regencyOf } from '../../store/caseFigures.js';
import { areaVillages, escalatedCases, figuresByService, figuresOf } from '../../store/web/figures.js';
import type { AreaVillage, FigureRow, Months } from '../../store/web/figures.js';
import { dateTimeFormat } from '../../words/formatters.js';
import { allowed } from '../allowed.js';
import type { WebDeps } from '../deps.js';
import type { WebContext, WebEnv } from '../env.js';
import { PageError } from '../pageError.js';
import { sendTable } from '../tableFile.js';
import type { Cell } from '../tableFile.js';
import { scopeOf } from '../policy.js';
import { EscalatedPage } from '../views/escalated.js';
import { FiguresPage } from '../views/figures.js';
import type { FigureLine } from '../views/figures.js';
import type { Key } from '../words.js';

/** How many months are shown where nobody chose, and at most. */
const USUAL_MONTHS = 12;
const MOST_MONTHS = 36;
const MONTH = /^20\d{2}-(?:0[1-9]|1[0-2])$/u;

/** Counts of cases, without names: of a village for its heads, of a kecamatan, of the regency. */
export function figureRoutes(deps: WebDeps): Hono<WebEnv> {
  return new Hono<WebEnv>()
    .get('/kabupaten', async (c) => {
      const view = c.get('view');
      const chosen = await chosenOf(deps, c);
      const [totals, parts, services, at] = await Promise.all([
        figuresOf(deps.pool, chosen.areas, chosen.service, chosen.months),
        figuresOf(
          deps.pool,
          chosen.parts.map(({ code }) => code),
          chosen.service,
          chosen.months,
        ),
        chosen.service === '' ? figuresByService(deps.pool, chosen.areas, chosen.months) : [],
        figuresAt(deps.pool),
      ]);
      const byMonth = monthsIn(chosen.months).map((month) =>
        lineOf(
          month,
          month,
          totals.filter((row) => row.month === month),
        ),
      );
      return c.html(
        <FiguresPage
          view={view}
          chosen={chosen}
          at={at}
          total={lineOf('', '', totals)}
          byMonth={byMonth}
          byPart={partLines(chosen.parts, parts)}
          byService={serviceLines(deps, services)}
          services={Object.fromEntries(Object.entries(deps.services).map(([id, { title }]) => [id, title]))}
          maySeeEscalated={scopeOf(view.officer!, 'escalated.read') !== null}
        />,
      );
    })
    .get('/kabupaten/eskalasi', async (c) => {
      const { scope } = allowed(c, 'escalated.read');
      const cases = await escalatedCases(deps.pool, scope);
      return c.html(<EscalatedPage view={c.get('view')} cases={cases} services={deps.services} />);
    })
    .get('/kabupaten/angka/:file{(?:bulan|wilayah|desa|layanan)\\.(?:csv|xlsx)}', async (c) => {
      const [by, kind] = c.req.param('file').split('.') as [string, string];
      const chosen = await chosenOf(deps, c);
      const { pool } = deps;
      const view = c.get('view');
      const lines: FigureLine[] =
        by === 'layanan'
          ? serviceLines(deps, await figuresByService(pool, chosen.areas, chosen.months))
          : by === 'bulan'
            ? await byMonthOf(deps, chosen)
            : partLines(
                by === 'desa' ? chosen.villages : chosen.parts,
                await figuresOf(
                  pool,
                  (by === 'desa' ? chosen.villages : chosen.parts).map(({ code }) => code),
                  chosen.service,
                  chosen.months,
                ),
              );
      const t = view.t;
      const heading: Cell[] = [
        t(`figures.by_${by}` as Key),
        ...COLUMNS.map((column) => t(`figures.${column}`)),
      ];
      return sendTable(c, [heading, ...lines.map((line) => [line.name, ...cellsOf(line.figures)])], {
        name: `kentongan-${by}-${chosen.months.from}-${chosen.months.to}`,
        kind,
        sheet: t(`figures.by_${by}` as Key),
      });
    });
}

async function byMonthOf(deps: WebDeps, chosen: ChosenFigures): Promise<FigureLine[]> {
  const rows = await figuresOf(deps.pool, chosen.areas, chosen.service, chosen.months);
  return monthsIn(chosen.months).map((month) =>
    lineOf(
      month,
      month,
      rows.filter((row) => row.month === month),
    ),
  );
}

/** What figures are asked for. */
export interface ChosenFigures {
  /** How the whole is called: a village, a kecamatan, or null for the regency. */
  name: string | null;
  /** What the sums are of. */
  areas: string[];
  /** What it is made of: the districts of the regency, or villages. */
  parts: { code: string; name: string }[];
  isRegency: boolean;
  villages: { code: string; name: string }[];
  /** Where the reader may look at one district after another: all of them. */
  districts: { code: string; name: string }[];
  /** The district that is looked at; '' all. */
  district: string;
  /** '' all. */
  service: string;
  months: Months;
}

async function chosenOf(deps: WebDeps, c: WebContext): Promise<ChosenFigures> {
  const { scope } = allowed(c, 'figures.read');
  const villages = await areaVillages(deps.pool, scope);
  const service = c.req.query('layanan') ?? '';
  if (service !== '' && !Object.hasOwn(deps.services, service)) throw new PageError(404);
  const months = monthsOf(c, deps.now());
  const districts = [
    ...new Map(
      villages.map((one) => [one.district, { code: one.district, name: one.districtName }]),
    ).values(),
  ];
  const asked = c.req.query('kecamatan') ?? '';
  if (asked !== '' && !districts.some(({ code }) => code === asked)) throw new PageError(404);
  const isWhole = scope.villages === null;
  const shown = asked === '' ? villages : villages.filter(({ district }) => district === asked);
  const isRegency = isWhole && asked === '';
  const named = shown.map((one) => ({
    code: one.id,
    name: nameOf(one, districts.length > 1 && asked === ''),
  }));
  const usual = { villages: named, districts, district: asked, service, months, isRegency };
  if (isRegency)
    return {
      ...usual,
      name: null,
      areas: [...new Set(districts.map(({ code }) => regencyOf(code)))],
      parts: districts,
    };
  // The district's own sums, where all of its villages are meant: fewer rows.
  const isDistrict =
    new Set(shown.map(({ district }) => district)).size === 1 && shown.length === shown[0]!.districtSize;
  const name = districts.find(({ code }) => code === (asked || districts[0]?.code))?.name ?? null;
  return {
    ...usual,
    name: shown.length === 1 ? named[0]!.name : name,
    areas: isDistrict ? [shown[0]!.district] : shown.map(({ id }) => id),
    parts: named,
  };
}

function nameOf({ name, districtName }: AreaVillage, isAmbiguous: boolean): string {
  return isAmbiguous ? `${name}, ${districtName}` : name;
}

/** `?dari=2026-01&sampai=2026-11`; else the last twelve months. */
function monthsOf(c: WebContext, now: Date): Months {
  const last = dateTimeFormat('sv-SE', { timeZone: 'Asia/Jakarta' }).format(now).slice(0, 7);
  const to = monthIn(c.req.query('sampai')) ?? last;
  const from = monthIn(c.req.query('dari')) ?? monthBefore(to, USUAL_MONTHS - 1);
  if (from > to) return { from: to, to };
  return { from: from < monthBefore(to, MOST_MONTHS - 1) ? monthBefore(to, MOST_MONTHS - 1) : from, to };
}

function monthIn(text: string | undefined): string | null {
  return text && MONTH.test(text) ? text : null;
}

function monthBefore(month: string, count: number): string {
  const [year, number] = month.split('-').map(Number);
  return new Date(Date.UTC(year!, number! - 1 - count, 1)).toISOString().slice(0, 7);
}

/** The months from the first to the last, in order. */
function monthsIn({ from, to }: Months): string[] {
  const months: string[] = [];
  for (let month = from; month <= to; month = monthBefore(month, -1)) months.push(month);
  return months;
}

function grouped<T>(rows: readonly T[], keyOf: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row]);
  return groups;
}

function lineOf(code: string, name: string, rows: readonly Figures[]): FigureLine {
  return { code, name, figures: rows.reduce(addFigures, NO_FIGURES) };
}

function partLines(parts: { code: string; name: string }[], rows: FigureRow[]): FigureLine[] {
  const of = grouped(rows, ({ area }) => area);
  return parts.map(({ code, name }) => lineOf(code, name, of.get(code) ?? []));
}

/** What was asked for most, first; services that left the catalogue keep their id. */
function serviceLines(deps: WebDeps, rows: FigureRow[]): FigureLine[] {
  return [...grouped(rows, ({ service }) => service)]
    .map(([service, of]) => lineOf(service, deps.services[service]?.title ?? service, of))
    .toSorted((a, b) => b.figures.opened - a.figures.opened || a.name.localeCompare(b.name));
}

/** The columns of an export, in order. */
const COLUMNS = [
  'opened',
  'finished',
  'waiting',
  'overdue',
  'refused',
  'forwarded',
  'cancelled',
  'kept_percent',
  'median_hours',
  'p90_hours',
  'stars',
  'rated',
] as const;

function cellsOf(figures: Figures): Cell[] {
  const kept = keptShare(figures);
  const stars = meanStars(figures);
  return [
    figures.opened,
    figures.finished,
    figures.waiting,
    figures.overdue,
    figures.refused,
    figures.forwarded,
    figures.cancelled,
    kept === null ? null : rounded(kept * 100),
    rounded(hoursWithin(figures.durations, 0.5)),
    rounded(hoursWithin(figures.durations, 0.9)),
    rounded(stars),
    figures.rated,
  ];
}

function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 10) / 10;
}
