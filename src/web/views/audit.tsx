import type { ChainHead } from '../../core/auditChain.js';
import type { AuditRow } from '../../store/web/audit.js';
import { Layout } from './layout.js';
import { Field, Time, wordOf } from './parts.js';
import type { View } from './view.js';

export interface AuditProps {
  view: View;
  rows: AuditRow[];
  hasMore: boolean;
  officers: { id: string; name: string }[];
  head: ChainHead | null;
  given: { kasus: string; petugas: string | null; hari: string | null };
}

/** Who did what, when, and for what; the newest first. */
export function AuditPage(props: AuditProps) {
  const { view, rows, head } = props;
  return (
    <Layout view={view} title={view.t('audit.title')} isConsole>
      <h1>{view.t('audit.title')}</h1>
      <p>{view.t('audit.lead')}</p>
      <Filter {...props} />
      {rows.length === 0 ? (
        <p>{view.t('audit.none')}</p>
      ) : (
        <ol class="rows audit">
          {rows.map((row) => (
            <Entry view={view} row={row} />
          ))}
        </ol>
      )}
      <Older {...props} />
      {head && (
        <section class="card">
          <h2>{view.t('audit.chain')}</h2>
          <p>
            {view.t('audit.head', {
              n: head.rows,
              block: head.block,
              time: view.format.time(head.writtenAt),
            })}
          </p>
          <p class="code">{head.hash.match(/.{1,4}/gu)?.join(' ')}</p>
          <p class="hint">{view.t('audit.head_hint')}</p>
        </section>
      )}
    </Layout>
  );
}

function Filter({ view, officers, given }: AuditProps) {
  return (
    <form method="get" class="card choose-figures" role="search" aria-label={view.t('audit.filter')}>
      <Field id="kasus" label={view.t('audit.case')}>
        <input id="kasus" name="kasus" type="text" value={given.kasus} maxlength={40} autocomplete="off" />
      </Field>
      <Field id="petugas" label={view.t('audit.officer')}>
        <select id="petugas" name="petugas">
          <option value="">{view.t('audit.everybody')}</option>
          {officers.map(({ id, name }) => (
            <option value={id} selected={id === given.petugas}>
              {name}
            </option>
          ))}
        </select>
      </Field>
      <Field id="hari" label={view.t('audit.day')}>
        <input id="hari" name="hari" type="date" value={given.hari ?? ''} />
      </Field>
      <button type="submit">{view.t('audit.show')}</button>
    </form>
  );
}

function Entry({ view, row }: { view: View; row: AuditRow }) {
  const { data } = row;
  const reason = typeof data['reason'] === 'string' ? data['reason'] : null;
  const found = Array.isArray(data['found']) ? data['found'].length : null;
  return (
    <li>
      <p>
        <strong>{row.officer ?? view.t('audit.program')}</strong> · {didWords(view, row.action)}
        {row.code && (
          <>
            {' '}
            <a class="code" href={`/console/kasus/${row.code}`}>
              {row.code}
            </a>
          </>
        )}
      </p>
      {reason !== null && (
        <p>
          {view.t('audit.reason')} <q>{reason}</q>
        </p>
      )}
      {typeof data['from'] === 'number' && (
        <p>
          {view.t('audit.numbers', {
            from: data['from'],
            to: data['to'] as number,
            year: String(data['year']),
            code: String(data['counter'] || 'all'),
          })}
        </p>
      )}
      {found !== null && <p>{view.t('audit.found', { n: found })}</p>}
      <p class="quiet-text">
        <Time view={view} at={row.at} zone={row.zone ?? undefined} />
        {row.village && `, ${row.village}`} · {view.t('audit.number', { n: row.seq })},{' '}
        {row.block === null ? view.t('audit.waits') : view.t('audit.block', { n: row.block })}
      </p>
    </li>
  );
}

/** A case's acts by the words of its history; others by their own; one that has none yet by its name. */
function didWords(view: View, action: string): string {
  const own = wordOf(view, `audit.did.${action.replaceAll('.', '_')}`, '');
  return own || wordOf(view, `event.${action}`, action);
}

function Older({ view, rows, hasMore, given }: AuditProps) {
  const last = rows.at(-1);
  if (!hasMore || !last) return null;
  const query = new URLSearchParams({ sebelum: String(last.seq) });
  for (const [name, value] of Object.entries(given)) if (value) query.set(name, value as string);
  return (
    <nav class="pager" aria-label={view.t('pager.label')}>
      <a href={`?${query.toString()}`}>{view.t('pager.after')}</a>
    </nav>
  );
}
