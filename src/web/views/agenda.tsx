import type { AgendaFilter, AgendaRow } from '../../store/web/agenda.js';
import { Layout } from './layout.js';
import { Field, Pager } from './parts.js';
import type { View } from './view.js';

export interface AgendaProps {
  view: View;
  rows: AgendaRow[];
  hasMore: boolean;
  /** From 1. */
  page: number;
  codes: string[];
  filter: AgendaFilter;
  /** The reader serves several villages. */
  hasVillages: boolean;
}

/** The register of letters of a month. */
export function AgendaPage({ view, rows, hasMore, page, codes, filter, hasVillages }: AgendaProps) {
  const { t } = view;
  const query = new URLSearchParams({ bulan: filter.month, klas: filter.classification }).toString();
  const columns = (['number', 'day', 'village', 'letter', 'name', 'signer', 'state'] as const).filter(
    (column) => column !== 'village' || hasVillages,
  );
  return (
    <Layout view={view} title={t('agenda.title')} isConsole>
      <h1>{t('agenda.title')}</h1>
      <p>{t('agenda.lead')}</p>
      <form class="card choose-figures" method="get" action="/console/agenda">
        <Field id="bulan" label={t('agenda.month')}>
          <input id="bulan" name="bulan" type="month" value={filter.month} />
        </Field>
        <Field id="klas" label={t('agenda.classification')}>
          <select id="klas" name="klas">
            <option value="">{t('agenda.all_codes')}</option>
            {[...new Set([...codes, filter.classification].filter((code) => code !== ''))].map((code) => (
              <option value={code} selected={code === filter.classification}>
                {code}
              </option>
            ))}
          </select>
        </Field>
        <button type="submit">{t('agenda.show')}</button>
      </form>
      {rows.length === 0 ? (
        <div class="empty">
          <p>{t('agenda.none')}</p>
        </div>
      ) : (
        <section class="card">
          <h2 id="daftar">{t('agenda.list')}</h2>
          <p>
            <a href={`/console/agenda/agenda.xlsx?${query}`} download>
              {t('figures.file', { kind: 'XLSX' })}
            </a>
            {' · '}
            <a href={`/console/agenda/agenda.csv?${query}`} download>
              {t('figures.file', { kind: 'CSV' })}
            </a>
          </p>
          <div class="table-scroll" role="region" aria-labelledby="daftar" tabindex={0}>
            <table class="agenda stacks" role="table">
              <thead role="rowgroup">
                <tr role="row">
                  {columns.map((column) => (
                    <th scope="col" role="columnheader">
                      {t(`agenda.${column}`)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody role="rowgroup">
                {rows.map((row) => (
                  <tr role="row" class={row.state === 'issued' ? '' : 'is-void'}>
                    <th scope="row" role="rowheader" class="number">
                      {row.number}
                    </th>
                    <td role="cell" data-label={t('agenda.day')}>
                      {view.format.day(new Date(`${row.day}T05:00:00Z`))}
                    </td>
                    {hasVillages && (
                      <td role="cell" data-label={t('agenda.village')}>
                        {row.village}
                      </td>
                    )}
                    <td role="cell" data-label={t('agenda.letter')}>
                      <div>
                        {row.title}
                        <br />
                        {row.isVisible ? (
                          <a class="code" href={`/console/kasus/${row.code}`}>
                            {row.code}
                          </a>
                        ) : (
                          <span class="code">{row.code}</span>
                        )}
                      </div>
                    </td>
                    <td role="cell" data-label={t('agenda.name')}>
                      {row.name}
                    </td>
                    <td role="cell" data-label={t('agenda.signer')}>
                      <div>
                        {row.signerName}
                        <br />
                        <span class="quiet-text">{row.signerTitle}</span>
                      </div>
                    </td>
                    <td role="cell" data-label={t('agenda.state')}>
                      <div>
                        <span class={`badge ${row.state === 'issued' ? 's-finished' : 's-refused'}`}>
                          {t(`agenda.state.${row.state}`)}
                        </span>
                        {row.replacedBy && (
                          <p class="quiet-text">{t('agenda.replaced_by', { number: row.replacedBy })}</p>
                        )}
                        {row.reason && <p class="quiet-text">{row.reason}</p>}
                      </div>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <Pager view={view} page={page} hasMore={hasMore} href={(to) => `?${query}&halaman=${to}`} />
        </section>
      )}
    </Layout>
  );
}
