import { hoursWithin, keptShare, meanStars } from '../../core/figures.js';
import type { Figures } from '../../core/figures.js';
import { dateTimeFormat } from '../../words/formatters.js';
import type { ChosenFigures } from '../routes/figures.js';
import { Layout } from './layout.js';
import { Field } from './parts.js';
import type { View } from './view.js';

/** One line of a table: a month, a village, a kecamatan, a service. */
export interface FigureLine {
  code: string;
  name: string;
  figures: Figures;
}

export interface FiguresProps {
  view: View;
  chosen: ChosenFigures;
  /** When the figures were worked out; null: not yet. */
  at: Date | null;
  total: FigureLine;
  byMonth: FigureLine[];
  byPart: FigureLine[];
  byService: FigureLine[];
  /** Titles by id, to choose one. */
  services: { [id: string]: string };
  maySeeEscalated: boolean;
}

/** How the villages serve: counts, times and promises, as bars with their figures. No names. */
export function FiguresPage(props: FiguresProps) {
  const { view, chosen } = props;
  const { t } = view;
  return (
    <Layout view={view} title={t('figures.title')} isConsole>
      <h1>{chosen.name ? t('figures.title_of', { name: chosen.name }) : t('figures.title_all')}</h1>
      <p class="quiet-text">
        {props.at ? t('figures.at', { time: view.format.time(props.at) }) : t('figures.not_yet')}{' '}
        {t('figures.left_out')}
      </p>
      {props.maySeeEscalated && (
        <p class="links">
          <a href="/console/kabupaten/eskalasi">{t('figures.to_escalated')}</a>
        </p>
      )}
      <Choice {...props} />
      <Tiles view={view} figures={props.total.figures} />
      <Table {...props} by="bulan" lines={props.byMonth} nameOf={(line) => monthName(view, line.code)} />
      {props.byPart.length > 1 && (
        <Table
          {...props}
          by={chosen.isRegency ? 'wilayah' : 'desa'}
          lines={props.byPart}
          hrefOf={chosen.isRegency ? (line) => href(chosen, { kecamatan: line.code }) : undefined}
        />
      )}
      {props.byService.length > 0 && (
        <Table
          {...props}
          by="layanan"
          lines={props.byService}
          hrefOf={(line) => (line.code in props.services ? href(chosen, { layanan: line.code }) : null)}
        />
      )}
      {chosen.isRegency && (
        <p>
          {t('figures.all_villages')} <Files view={view} chosen={chosen} by="desa" />
        </p>
      )}
    </Layout>
  );
}

function Choice({ view, chosen, services }: FiguresProps) {
  const { t } = view;
  return (
    <form class="card choose-figures" method="get" action="/console/kabupaten">
      {chosen.districts.length > 1 && (
        <Field id="kecamatan" label={t('figures.district')}>
          <select id="kecamatan" name="kecamatan">
            <option value="">{t('figures.all_districts')}</option>
            {chosen.districts.map(({ code, name }) => (
              <option value={code} selected={code === chosen.district}>
                {name}
              </option>
            ))}
          </select>
        </Field>
      )}
      <Field id="layanan" label={t('figures.service')}>
        <select id="layanan" name="layanan">
          <option value="">{t('figures.all_services')}</option>
          {Object.entries(services).map(([id, title]) => (
            <option value={id} selected={id === chosen.service}>
              {title}
            </option>
          ))}
        </select>
      </Field>
      <Field id="dari" label={t('figures.from')}>
        <input id="dari" name="dari" type="month" value={chosen.months.from} />
      </Field>
      <Field id="sampai" label={t('figures.to')}>
        <input id="sampai" name="sampai" type="month" value={chosen.months.to} />
      </Field>
      <button type="submit">{t('figures.show')}</button>
    </form>
  );
}

function Tiles({ view, figures }: { view: View; figures: Figures }) {
  const { t, format } = view;
  const stars = meanStars(figures);
  const tiles = [
    { name: t('figures.opened'), value: format.number(figures.opened) },
    { name: t('figures.finished'), value: format.number(figures.finished) },
    { name: t('figures.kept'), value: percent(view, keptShare(figures)) },
    { name: t('figures.median'), value: duration(view, hoursWithin(figures.durations, 0.5)) },
    { name: t('figures.p90'), value: duration(view, hoursWithin(figures.durations, 0.9)) },
    {
      name: t('figures.waiting'),
      value: format.number(figures.waiting),
      more: figures.overdue > 0 ? t('figures.overdue_of', { count: figures.overdue }) : null,
    },
    {
      name: t('figures.stars'),
      value: stars === null ? '–' : t('figures.of_five', { stars: oneDigit(view, stars) }),
      more: figures.rated > 0 ? t('figures.rated_by', { count: figures.rated }) : null,
    },
  ];
  return (
    <dl class="tiles">
      {tiles.map(({ name, value, more }) => (
        <div>
          <dt>{name}</dt>
          <dd>
            {value}
            {more && <small>{more}</small>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Table(
  props: FiguresProps & {
    by: 'bulan' | 'wilayah' | 'desa' | 'layanan';
    lines: FigureLine[];
    nameOf?: (line: FigureLine) => string;
    hrefOf?: ((line: FigureLine) => string | null) | undefined;
  },
) {
  const { view, by, lines, chosen } = props;
  const { t, format } = view;
  const most = Math.max(1, ...lines.flatMap(({ figures }) => [figures.opened, figures.finished]));
  return (
    <section class="card">
      <h2 id={`judul-${by}`}>{t(`figures.by_${by}`)}</h2>
      <p class="legend">
        <span class="key-opened">{t('figures.opened')}</span>
        <span class="key-finished">{t('figures.finished')}</span>
      </p>
      <div class="table-scroll" role="region" aria-labelledby={`judul-${by}`} tabindex={0}>
        <table class="figures">
          <thead>
            <tr>
              <th scope="col">{t(`figures.by_${by}`)}</th>
              <th scope="col" class="bars-column">
                {t('figures.opened')}, {t('figures.finished').toLowerCase()}
              </th>
              <th scope="col">{t('figures.kept')}</th>
              <th scope="col">{t('figures.median')}</th>
              <th scope="col">{t('figures.p90')}</th>
              <th scope="col">{t('figures.waiting')}</th>
              <th scope="col">{t('figures.overdue')}</th>
              <th scope="col">{t('figures.stars')}</th>
            </tr>
          </thead>
          <tbody>
            {lines.map((line) => {
              const { figures } = line;
              const name = props.nameOf?.(line) ?? line.name;
              const to = props.hrefOf?.(line);
              const stars = meanStars(figures);
              return (
                <tr>
                  <th scope="row">{to ? <a href={to}>{name}</a> : name}</th>
                  <td class="bars-column">
                    <Bar of={figures.opened / most} kind="opened" figure={format.number(figures.opened)} />
                    <Bar
                      of={figures.finished / most}
                      kind="finished"
                      figure={format.number(figures.finished)}
                    />
                  </td>
                  <td>{percent(view, keptShare(figures))}</td>
                  <td>{duration(view, hoursWithin(figures.durations, 0.5))}</td>
                  <td>{duration(view, hoursWithin(figures.durations, 0.9))}</td>
                  <td>{format.number(figures.waiting)}</td>
                  <td class={figures.overdue > 0 ? 'is-late' : ''}>{format.number(figures.overdue)}</td>
                  <td>{stars === null ? '–' : oneDigit(view, stars)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <p class="files-of">
        <Files view={view} chosen={chosen} by={by} />
      </p>
    </section>
  );
}

/** A bar and its figure: the figure is what is read aloud. */
function Bar({ of, kind, figure }: { of: number; kind: 'opened' | 'finished'; figure: string }) {
  return (
    <span class="bar">
      <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">
        <rect class={`bar-${kind}`} width={(of * 100).toFixed(1)} height="10" />
      </svg>
      <span>{figure}</span>
    </span>
  );
}

function Files({ view, chosen, by }: { view: View; chosen: ChosenFigures; by: string }) {
  const to = (kind: string) => href(chosen, {}, `/console/kabupaten/angka/${by}.${kind}`);
  return (
    <>
      <a href={to('xlsx')} download>
        {view.t('figures.file', { kind: 'XLSX' })}
      </a>
      {' · '}
      <a href={to('csv')} download>
        {view.t('figures.file', { kind: 'CSV' })}
      </a>
    </>
  );
}

function href(
  { district, service, months }: ChosenFigures,
  other: { kecamatan?: string; layanan?: string },
  path = '/console/kabupaten',
): string {
  const query = new URLSearchParams({ dari: months.from, sampai: months.to });
  const kecamatan = other.kecamatan ?? district;
  const layanan = other.layanan ?? service;
  if (kecamatan !== '') query.set('kecamatan', kecamatan);
  if (layanan !== '') query.set('layanan', layanan);
  return `${path}?${query.toString()}`;
}

/** 'Nov 2026' */
function monthName({ language }: View, month: string): string {
  const locale = language === 'id' ? 'id-ID' : 'en-GB';
  return dateTimeFormat(locale, {
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  }).format(new Date(`${month}-15T00:00:00Z`));
}

function percent(view: View, share: number | null): string {
  return share === null ? '–' : `${view.format.number(Math.round(share * 100))}%`;
}

/** '5 jam', '3,2 hari': calendar time from asking to being done. */
function duration(view: View, hours: number | null): string {
  if (hours === null) return '–';
  if (hours < 1) return view.t('figures.under_an_hour');
  if (hours < 48) return view.t('figures.hours', { hours: view.format.number(Math.round(hours)) });
  return view.t('figures.days', { days: oneDigit(view, hours / 24) });
}

function oneDigit(view: View, value: number): string {
  return view.format.number(Math.round(value * 10) / 10);
}
