import type { Service } from '../../core/service.js';
import { COUNTED } from '../../store/web/board.js';
import type { Column } from '../../store/web/board.js';
import type { BulkResult } from '../bulk.js';
import { CaseItem, StepWords } from './caseRow.js';
import { Layout } from './layout.js';
import { wordOf } from './parts.js';
import type { View } from './view.js';
import { BulkBar, BulkNotice, QuickSearch } from './work.js';
import type { WorkProps } from './work.js';

export interface BoardProps {
  view: View;
  columns: Column[];
  services: { [id: string]: Service };
  /** Those that may be chosen, and the one that is; '' shows all of them at once. */
  villages: { id: string; name: string; district: string }[];
  village: string;
  colleagues: WorkProps['colleagues'];
}

const FORM = 'massal';

/** The village's board, live: a column for each state on a desktop, one list under the other on a phone. */
export function BoardPage(props: BoardProps & { result?: BulkResult }) {
  const { view, villages, village } = props;
  return (
    <Layout view={view} title={view.t('board.title')} isConsole isBroad>
      <div class="page-head">
        <h1>{view.t('board.title')}</h1>
        <QuickSearch view={view} />
        {villages.length > 1 && (
          <form class="choose-village" method="get" action="/console/papan">
            <label class="hidden" for="desa">
              {view.t('board.village')}
            </label>
            <select id="desa" name="desa" data-submits>
              {villages.map(({ id, name, district }) => (
                <option value={id} selected={id === village}>{`${name}, ${district}`}</option>
              ))}
            </select>
            <button type="submit" class="quiet">
              {view.t('board.show')}
            </button>
          </form>
        )}
      </div>
      {props.result && <BulkNotice view={view} result={props.result} />}
      <div
        id="papan"
        hx-sse:connect={`/console/papan/live?desa=${encodeURIComponent(village)}`}
        hx-swap="innerHTML"
        hx-target="this"
      >
        <Board {...props} />
      </div>
      <BulkBar
        view={view}
        colleagues={props.colleagues}
        back={`/console/papan?desa=${encodeURIComponent(village)}`}
      />
    </Layout>
  );
}

/** The part that changes by itself. */
export function Board(props: BoardProps) {
  const { view, columns } = props;
  return (
    <>
      <nav class="filters jump" aria-label={view.t('board.jump')}>
        {columns.map(({ status, count }) => (
          <a href={`#k-${status}`}>
            {headOf(view, status)} {count !== null && <span class="count">{shownCount(count)}</span>}
          </a>
        ))}
      </nav>
      <div class="board">
        {columns.map((column) => (
          <section class="column" id={`k-${column.status}`} aria-label={headOf(view, column.status)}>
            <h2>
              {headOf(view, column.status)}{' '}
              {column.count !== null && <span class="count">{shownCount(column.count)}</span>}
            </h2>
            {column.rows.length === 0 ? (
              <p class="hint">{view.t('board.nothing')}</p>
            ) : (
              <ol class="cases">
                {column.rows.map((row) => (
                  <CaseItem
                    {...props}
                    row={row}
                    tellsVillage={false}
                    hidesStatus={column.status !== 'closed'}
                    tick={column.status === 'closed' ? undefined : FORM}
                    why={
                      column.status === 'signing' && row.step === 'initial' ? (
                        <StepWords view={view} step={row.step} />
                      ) : null
                    }
                  />
                ))}
              </ol>
            )}
            {column.count !== null && column.count > column.rows.length && (
              <p>
                <a href={`/console/cari?keadaan=open&desa=${encodeURIComponent(props.village)}`}>
                  {view.t('board.more', { n: column.count - column.rows.length })}
                </a>
              </p>
            )}
            {column.status === 'closed' && column.rows.length > 0 && (
              <p class="links">
                <a href={`/console/cari?keadaan=closed&desa=${encodeURIComponent(props.village)}`}>
                  {view.t('board.all_closed')}
                </a>
              </p>
            )}
          </section>
        ))}
      </div>
    </>
  );
}

function headOf(view: View, status: Column['status']): string {
  return status === 'closed' ? view.t('board.closed') : wordOf(view, `status.${status}`, status);
}

function shownCount(count: number): string {
  return count >= COUNTED ? `${COUNTED}+` : String(count);
}
