import type { Service } from '../../core/service.js';
import type { PileRow } from '../../store/web/pile.js';
import type { Key } from '../words.js';
import { Layout } from './layout.js';
import { Fault, Notice } from './parts.js';
import type { View } from './view.js';

export interface PileProps {
  view: View;
  rows: PileRow[];
  services: { [id: string]: Service };
  notice?: string | undefined;
  faultKey?: Key;
  /** What could not be done, with what is missing; '' nothing: its state is another by now. */
  left?: { code: string; missing: string[] }[];
  /** How many of the same went well. */
  issuedCount?: number;
}

/** The print pile: from the printer to the pen, to the counter. */
export function PilePage(props: PileProps) {
  const { view, rows, left } = props;
  const { t } = view;
  const of = (stage: PileRow['stage']) => rows.filter((row) => row.stage === stage);
  return (
    <Layout view={view} title={t('pile.title')} isConsole>
      <h1>{t('pile.title')}</h1>
      <p>{t('pile.lead')}</p>
      <Notice view={view} kind={props.notice} />
      <Fault view={view} faultKey={props.faultKey} />
      {left && left.length > 0 && (
        <div class="notice bad" role="alert">
          <p>{t('pile.left', { done: props.issuedCount ?? 0, count: left.length })}</p>
          <ul>
            {left.map(({ code, missing }) => (
              <li>
                <a class="code" href={`/console/kasus/${code}/surat`}>
                  {code}
                </a>{' '}
                {missing.length > 0 ? t('pile.missing', { what: missing.join(', ') }) : t('pile.other_state')}
              </li>
            ))}
          </ul>
        </div>
      )}
      <Stage {...props} rows={of('new')} title="pile.new" none="pile.none_new" id="baru">
        <button type="submit" formaction="/console/cetak/terbit">
          {t('pile.issue')}
        </button>
      </Stage>
      <Stage {...props} rows={of('made')} title="pile.made" none="pile.none_made" id="tanda-tangan">
        <button type="submit" formaction="/console/cetak/berkas" formtarget="_blank">
          {t('pile.print')}
        </button>
        <button type="submit" class="quiet" formaction="/console/cetak/ditandatangani">
          {t('pile.signed')}
        </button>
      </Stage>
      <Ready {...props} rows={of('ready')} />
    </Layout>
  );
}

/** What waits in one place, all ticked, with what can be done with it. */
function Stage(props: PileProps & { title: Key; none: Key; id: string; children: unknown }) {
  const { view, rows, id } = props;
  return (
    <section class="card" aria-labelledby={id}>
      <h2 id={id}>{view.t(props.title, { count: rows.length })}</h2>
      {rows.length === 0 ? (
        <p class="quiet-text">{view.t(props.none)}</p>
      ) : (
        <form method="post">
          <ul class="pile">
            {rows.map((row) => (
              <li class="check">
                <input id={`k-${row.code}`} type="checkbox" name="codes" value={row.code} checked />
                <label for={`k-${row.code}`}>
                  <Line {...props} row={row} />
                </label>
              </li>
            ))}
          </ul>
          <div class="buttons">{props.children as never}</div>
        </form>
      )}
    </section>
  );
}

function Line({ view, row, services }: PileProps & { row: PileRow }) {
  return (
    <>
      <strong>{services[row.service]?.title ?? row.service}</strong>
      {row.resident ? `, ${row.resident}` : ''}
      {row.isUrgent && <span class="badge s-refused"> {view.t('pile.urgent')}</span>}
      <br />
      <span class="code">{row.code}</span>
      {row.number && <span> · {row.number}</span>}
      <span class="quiet-text">
        {' · '}
        {row.printedAt
          ? view.t('pile.printed', { time: view.format.time(row.printedAt, row.zone) })
          : view.t('pile.asked', { time: view.format.time(row.openedAt, row.zone) })}
        {row.stage === 'made' && !row.isMade && ` · ${view.t('pile.being_made')}`}
      </span>
    </>
  );
}

/** What was signed waits to be fetched: who takes it is asked; a scan of the paper may be kept. */
function Ready(props: PileProps) {
  const { view, rows } = props;
  const { t } = view;
  return (
    <section class="card" aria-labelledby="siap">
      <h2 id="siap">{t('pile.ready', { count: rows.length })}</h2>
      {rows.length === 0 && <p class="quiet-text">{t('pile.none_ready')}</p>}
      <ul class="pile">
        {rows.map((row) => (
          <li class="ready">
            <p>
              <Line {...props} row={row} />
            </p>
            <div class="buttons">
              <details class="act">
                <summary>
                  {t('pile.hand_out')} <span class="hidden">{row.code}</span>
                </summary>
                <form method="post" action={`/console/cetak/${row.code}/diambil`}>
                  <label for={`s-${row.code}`}>{t('pile.who_label')}</label>
                  <p class="hint" id={`s-${row.code}-hint`}>
                    {t('pile.who_hint')}
                  </p>
                  <input
                    id={`s-${row.code}`}
                    name="siapa"
                    required
                    minlength={2}
                    maxlength={80}
                    autocomplete="off"
                    aria-describedby={`s-${row.code}-hint`}
                  />
                  <p>
                    <button type="submit">{t('pile.handed_out')}</button>
                  </p>
                </form>
              </details>
              <details class="act">
                <summary>
                  {t(row.hasScan ? 'pile.scan_again' : 'pile.scan')} <span class="hidden">{row.code}</span>
                </summary>
                <form
                  method="post"
                  action={`/console/cetak/${row.code}/pindai`}
                  enctype="multipart/form-data"
                >
                  <label for={`f-${row.code}`}>{t('pile.scan_label')}</label>
                  <input id={`f-${row.code}`} name="berkas" type="file" accept="image/*" required />
                  <p>
                    <button type="submit">{t('pile.scan_keep')}</button>
                  </p>
                </form>
              </details>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
