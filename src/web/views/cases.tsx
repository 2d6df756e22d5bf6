import type { Service } from '../../core/service.js';
import { CASE_FILTERS } from '../../store/web/cases.js';
import type { CaseFilter, CaseRow } from '../../store/web/cases.js';
import type { Attention } from '../attention.js';
import { Layout } from './layout.js';
import { Due, Pager, StatusBadge } from './parts.js';
import type { View } from './view.js';

interface ListProps {
  view: View;
  attention: Attention;
  rows: CaseRow[];
  hasMore: boolean;
  page: number;
  filter: CaseFilter;
  counts: { [F in CaseFilter]: number } & { overdue: number };
  services: { [id: string]: Service };
}

/** The officer's list, live: what waits, the oldest request first. */
export function CasesPage(props: ListProps & { official: string }) {
  const { view, filter, page, official } = props;
  return (
    <Layout view={view} title={view.t('cases.title')} isConsole>
      <h1>{view.t('cases.title')}</h1>
      <div
        id="daftar"
        hx-sse:connect={`/console/live?saring=${filter}&halaman=${page}`}
        hx-swap="innerHTML"
        hx-target="this"
      >
        <CaseList {...props} />
      </div>
      <p class="hint">{view.t('official.console', { code: official })}</p>
    </Layout>
  );
}

function AttentionStrip({ view, attention }: { view: View; attention: Attention }) {
  const items = [
    {
      count: attention.calls,
      href: '/console/percakapan',
      text: view.t('attention.calls', { n: attention.calls }),
    },
    {
      count: attention.listings,
      href: '/console/lapak',
      text: view.t('attention.listings', { n: attention.listings }),
    },
    {
      count: attention.invites,
      href: '/console/petugas#undangan',
      text: view.t('attention.invites', { n: attention.invites }),
    },
    {
      count: attention.incidents,
      href: '/console/jalur',
      text: view.t('attention.incidents', { n: attention.incidents }),
    },
  ].filter(({ count }) => count > 0);
  if (items.length === 0) return null;
  return (
    <ul class="attention">
      {items.map(({ href, text }) => (
        <li>
          <a href={href}>{text}</a>
        </li>
      ))}
    </ul>
  );
}

/** The part of the list that changes by itself. */
export function CaseList(props: ListProps) {
  const { view, rows, counts, filter } = props;
  return (
    <>
      <AttentionStrip view={view} attention={props.attention} />
      <nav class="filters" aria-label={view.t('cases.filters')}>
        {CASE_FILTERS.map((one) => (
          <a href={`/console?saring=${one}`} aria-current={one === filter ? 'true' : undefined}>
            {view.t(`cases.filter.${one}`)} <span class="count">{counts[one]}</span>
          </a>
        ))}
        {counts.overdue > 0 && <span class="due late">{view.t('cases.overdue', { n: counts.overdue })}</span>}
      </nav>
      {rows.length === 0 ? (
        <div class="empty">
          <p>{view.t(`cases.empty.${filter}`)}</p>
        </div>
      ) : (
        <ol class="cases">
          {rows.map((row) => (
            <CaseItem {...props} row={row} />
          ))}
        </ol>
      )}
      <Pager
        view={view}
        page={props.page}
        hasMore={props.hasMore}
        href={(page) => `/console?saring=${filter}&halaman=${page}`}
      />
    </>
  );
}

function CaseItem({ view, row, services }: ListProps & { row: CaseRow }) {
  const isClosed = row.closedAt !== null;
  const isLate = !isClosed && row.dueAt !== null && row.dueAt < view.now;
  return (
    <li class={isLate ? 'case late' : 'case'}>
      <a class="case-link" href={`/console/kasus/${row.code}`}>
        <span class="case-what">{services[row.service]?.title ?? row.service}</span>
        <span class="code">{row.code}</span>
      </a>
      <p class="case-who">
        {row.resident ?? view.t('cases.no_name')}
        {row.isUnproven && ` (${view.t('cases.unproven')})`}, {row.village}{' '}
        {row.isConfidential && <span class="badge s-confidential">{view.t('cases.confidential')}</span>}
      </p>
      <p class="case-when">
        <StatusBadge view={view} status={row.status} />
        <Due view={view} at={row.dueAt} zone={row.zone} isClosed={isClosed} />
        <span class="quiet-text">
          {view.t('cases.asked_at', { ago: view.format.ago(row.openedAt, view.now) })}
        </span>
        {row.officer && <span class="quiet-text">{view.t('cases.by', { name: row.officer })}</span>}
      </p>
    </li>
  );
}
