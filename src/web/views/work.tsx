import type { Service } from '../../core/service.js';
import type { CaseRow } from '../../store/web/cases.js';
import type { Attention } from '../attention.js';
import { BULK_ACTS } from '../bulk.js';
import type { BulkResult } from '../bulk.js';
import { AttentionStrip } from './attention.js';
import { CaseItem, StepWords } from './caseRow.js';
import { Layout } from './layout.js';
import { wordOf } from './parts.js';
import type { View } from './view.js';

export interface WorkProps {
  view: View;
  attention: Attention;
  rows: CaseRow[];
  hasMore: boolean;
  services: { [id: string]: Service };
  officerId: string;
  tellsVillage: boolean;
  /** To whom several may be given. */
  colleagues: { id: string; name: string }[];
}

const FORM = 'massal';

/** What this officer has to do, live: what waits for them first, what waits for the resident after it. */
export function WorkPage(props: WorkProps & { official: string; result?: BulkResult }) {
  const { view } = props;
  return (
    <Layout view={view} title={view.t('work.title')} isConsole>
      <div class="page-head">
        <h1>{view.t('work.title')}</h1>
        <QuickSearch view={view} />
        <a class="button quiet" href="/console/loket">
          {view.t('work.counter')}
        </a>
      </div>
      {props.result && <BulkNotice view={view} result={props.result} />}
      <div id="daftar" hx-sse:connect="/console/live" hx-swap="innerHTML" hx-target="this">
        <WorkList {...props} />
      </div>
      <BulkBar view={view} colleagues={props.colleagues} back="/console" />
      <p class="hint">{view.t('official.console', { code: props.official })}</p>
    </Layout>
  );
}

/** The part that changes by itself. */
export function WorkList(props: WorkProps) {
  const { view, rows } = props;
  const isTheirs = (row: CaseRow) => row.status === 'asked' || row.status === 'ready';
  const [mine, waiting] = [rows.filter((row) => !isTheirs(row)), rows.filter(isTheirs)];
  const late = mine.filter(({ dueAt }) => dueAt !== null && dueAt < view.now).length;
  return (
    <>
      <AttentionStrip view={view} attention={props.attention} />
      <div class="list-head">
        <h2>{view.t('work.mine', { n: mine.length })}</h2>
        {late > 0 && <span class="due late">{view.t('cases.overdue', { n: late })}</span>}
      </div>
      {mine.length === 0 ? (
        <div class="empty">
          <p>
            {view.t('work.empty')} <a href="/console/papan">{view.t('work.to_board')}</a>
          </p>
        </div>
      ) : (
        <ol class="cases">
          {mine.map((row) => (
            <CaseItem {...props} row={row} tick={FORM} why={<Why {...props} row={row} />} />
          ))}
        </ol>
      )}
      {waiting.length > 0 && (
        <>
          <h2>{view.t('work.waiting', { n: waiting.length })}</h2>
          <ol class="cases">
            {waiting.map((row) => (
              <CaseItem {...props} row={row} />
            ))}
          </ol>
        </>
      )}
      {props.hasMore && (
        <p>
          <a href="/console/papan">{view.t('work.more')}</a>
        </p>
      )}
    </>
  );
}

/** Why it is theirs: what the resident answered since comes before all else. */
function Why({ view, row, officerId }: WorkProps & { row: CaseRow }) {
  if (row.lastKind === 'case_answered')
    return <span class="badge s-answered">{view.t('work.answered')}</span>;
  if (row.lastKind === 'case_returned') return <span class="badge s-refused">{view.t('work.returned')}</span>;
  if (row.officerId === officerId) return <span class="badge s-mine">{view.t('work.held')}</span>;
  if (row.assignedId === officerId) return <span class="badge s-mine">{view.t('work.assigned')}</span>;
  // That it is to be checked, its state says.
  return row.step === 'verify' ? null : <StepWords view={view} step={row.step} />;
}

/** A box to search from any list; `/` leads to it. */
export function QuickSearch({ view, text = '' }: { view: View; text?: string }) {
  return (
    <form class="quick-search" role="search" method="get" action="/console/cari">
      <label class="hidden" for="cari">
        {view.t('search.label')}
      </label>
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
      <button type="submit" class="quiet">
        {view.t('search.submit')}
      </button>
    </form>
  );
}

/** What is done to all that are ticked. It stays in sight at the foot of the window. */
export function BulkBar(props: {
  view: View;
  colleagues: WorkProps['colleagues'];
  /** The list that is shown afterwards. */
  back: string;
}) {
  const { view, colleagues } = props;
  return (
    <form
      id={FORM}
      class="bulk"
      method="post"
      action="/console/massal"
      aria-label={view.t('bulk.label')}
      data-bulk
    >
      <input type="hidden" name="kembali" value={props.back} />
      <p class="bulk-count" data-words={view.t('bulk.ticked', { n: '#' })}>
        {view.t('bulk.with_ticked')}
      </p>
      <div class="bulk-acts">
        {BULK_ACTS.filter((act) => act !== 'give').map((act) => (
          <button type="submit" name="tindakan" value={act} class={act === 'take' ? '' : 'quiet'}>
            {view.t(`bulk.${act}`)}
          </button>
        ))}
        {colleagues.length > 0 && (
          <details class="bulk-give">
            <summary>{view.t('bulk.give')}</summary>
            <label class="hidden" for="rekan">
              {view.t('act.give_label')}
            </label>
            <select id="rekan" name="kepada">
              {colleagues.map(({ id, name }) => (
                <option value={id}>{name}</option>
              ))}
            </select>
            <button type="submit" name="tindakan" value="give">
              {view.t('act.give_submit')}
            </button>
          </details>
        )}
      </div>
    </form>
  );
}

/** "3 diambil, 1 sudah diambil oleh Bu Rini." */
export function BulkNotice({ view, result }: { view: View; result: BulkResult }) {
  const { act, done, lost, refused } = result;
  const parts = [
    ...(done.length > 0 ? [view.t(`bulk.done.${act}`, { n: done.length })] : []),
    ...lost.map(({ by, codes }) => view.t('bulk.lost', { n: codes.length, name: by })),
    ...refused.map(({ reason, codes }) =>
      view.t('bulk.refused', {
        codes: codes.join(', '),
        why: wordOf(view, `refusal.${reason}`, view.t('refusal.status')),
      }),
    ),
  ];
  const isBad = done.length === 0;
  return (
    <p class={isBad ? 'notice bad' : 'notice'} role="status">
      {parts.length > 0 ? `${parts.join(view.t('bulk.and'))}.` : view.t('bulk.none')}
    </p>
  );
}
