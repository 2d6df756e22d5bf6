import type { Service } from '../../core/service.js';
import { SEARCH_PAGES, SEARCH_SIZE, SEARCH_STATES } from '../../store/web/caseSearch.js';
import type { SearchState } from '../../store/web/caseSearch.js';
import type { CaseRow } from '../../store/web/cases.js';
import { CaseItem } from './caseRow.js';
import { Layout } from './layout.js';
import { Pager } from './parts.js';
import type { View } from './view.js';

export interface SearchProps {
  view: View;
  services: { [id: string]: Service };
  text: string;
  state: SearchState;
  village: string;
  villages: { id: string; name: string; district: string }[];
  rows: CaseRow[];
  /** Of a search: which page of what was found this is, whether more fit, and where another page lies. */
  page: number;
  hasMore: boolean;
  href: (page: number) => string;
  /** Where the list goes on, after the last row. */
  next: string | null;
  /** The same search among parts of names and names that read alike; where little was found. */
  wider: string | null;
}

/** Cases by name, code or words; without any, all of them, the newest first. */
export function SearchPage(props: SearchProps) {
  const { view, text, state, village, villages, rows } = props;
  return (
    <Layout view={view} title={view.t('search.title')} isConsole>
      <h1>{view.t('search.title')}</h1>
      <form class="card search-form" role="search" method="get" action="/console/cari">
        <div class="field grow">
          <label for="cari">{view.t('search.label')}</label>
          <input
            id="cari"
            name="q"
            type="search"
            value={text}
            maxlength={80}
            placeholder={view.t('search.placeholder')}
            autocomplete="off"
            enterkeyhint="search"
            data-key="/"
          />
        </div>
        <div class="field">
          <label for="keadaan">{view.t('search.state')}</label>
          <select id="keadaan" name="keadaan">
            {SEARCH_STATES.map((one) => (
              <option value={one} selected={one === state}>
                {view.t(`search.state.${one}`)}
              </option>
            ))}
          </select>
        </div>
        {villages.length > 1 && (
          <div class="field">
            <label for="desa">{view.t('board.village')}</label>
            <select id="desa" name="desa">
              <option value="">{view.t('search.all_villages')}</option>
              {villages.map(({ id, name, district }) => (
                <option value={id} selected={id === village}>{`${name}, ${district}`}</option>
              ))}
            </select>
          </div>
        )}
        <button type="submit">{view.t('search.submit')}</button>
      </form>
      <p role="status" class="quiet-text">
        {text === '' ? view.t('search.newest') : foundWords(props)}
      </p>
      {rows.length === 0 ? (
        <div class="empty">
          <p>{view.t(text === '' ? 'cases.empty.all' : 'search.none')}</p>
        </div>
      ) : (
        <ol class="cases">
          {rows.map((row) => (
            <CaseItem {...props} row={row} tellsVillage={villages.length > 1} />
          ))}
        </ol>
      )}
      {props.wider && (
        <p>
          <a href={props.wider}>{view.t('search.wider')}</a>
        </p>
      )}
      {text !== '' && (
        <Pager
          view={view}
          page={props.page}
          hasMore={props.hasMore && props.page < SEARCH_PAGES}
          href={props.href}
        />
      )}
      {props.next && (
        <nav class="pager" aria-label={view.t('pager.label')}>
          <a href={props.next} rel="next">
            {view.t('pager.after')}
          </a>
        </nav>
      )}
    </Layout>
  );
}

/** How many fit, or which of them are shown; past the last page, how fewer would. */
function foundWords({ view, rows, page, hasMore }: SearchProps): string {
  if (page === 1 && !hasMore) return view.t('search.found', { n: rows.length });
  const from = (page - 1) * SEARCH_SIZE + 1;
  const words = hasMore && page === SEARCH_PAGES ? 'search.found_most' : 'search.found_part';
  return view.t(words, { from, to: from + rows.length - 1 });
}
