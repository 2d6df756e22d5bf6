import type { TriedOut } from '../../core/flowDesk.js';
import { percentOf } from '../../flow/check/coverage.js';
import type { Coverage } from '../../flow/load.js';
import type { ImportResult } from '../../flow/texts/folder.js';
import type { Key } from '../words.js';
import { ProposeField } from './flowPropose.js';
import { FlowFaults } from './flows.js';
import { Layout } from './layout.js';
import { Fault } from './parts.js';
import type { View } from './view.js';

interface UploadProps {
  view: View;
  coverage: readonly Coverage[];
  note: string;
  /** Why the file cannot be read. */
  unreadable?: string | undefined;
  /** Its lines, where some of them cannot be taken. */
  imported?: ImportResult | undefined;
  /** What became of it, where it was tried and cannot be proposed. */
  tried?: TriedOut | undefined;
  faultKey?: Key | undefined;
}

/** All words in a spreadsheet: taken home, changed, brought back. */
export function FlowUploadPage(props: UploadProps) {
  const { view, coverage, imported, tried } = props;
  return (
    <Layout view={view} title={view.t('flows.words_title')} isConsole>
      <p class="back">
        <a href="/console/alur">{view.t('flows.title')}</a>
      </p>
      <h1>{view.t('flows.words_title')}</h1>
      <p>{view.t('flows.words_lead')}</p>
      <h2>{view.t('flows.words_take')}</h2>
      <ul class="rows">
        <Language view={view} code="id" name={view.t('language.id')} />
        {coverage.map((one) => (
          <Language view={view} code={one.language} name={one.name} coverage={one} />
        ))}
      </ul>
      <h2>{view.t('flows.words_bring')}</h2>
      <Fault view={view} faultKey={props.faultKey} />
      {props.unreadable && (
        <p class="notice bad" role="alert">
          {view.t('flows.unreadable')} <span lang="en">{props.unreadable}</span>
        </p>
      )}
      {imported && imported.faults.length > 0 && (
        <div class="notice bad" role="alert">
          <p>{view.t('flows.refused_rows', { n: imported.faults.length })}</p>
          <ul>
            {imported.faults.slice(0, MOST).map(({ row, place, what, cure }) => (
              <li>
                {view.t('flows.row', { row })} <code>{place}</code>{' '}
                <span lang="en">
                  {what} — {cure}
                </span>
              </li>
            ))}
          </ul>
        </div>
      )}
      {imported && <FlowFaults view={view} faults={imported.broken} titleKey="flows.faults" />}
      {tried && <FlowFaults view={view} faults={tried.faults} titleKey="flows.faults" />}
      {tried && tried.faults.length === 0 && (
        <div class="notice bad" role="alert">
          <p>{view.t('flows.words_other_way')}</p>
          <ul>
            {tried.changed
              .filter(({ isSameWay }) => !isSameWay)
              .slice(0, MOST)
              .map(({ path, fault }) => (
                <li>
                  <code>{path}</code> <span lang="en">{fault}</span>
                </li>
              ))}
          </ul>
        </div>
      )}
      <form method="post" action="/console/alur/kata" enctype="multipart/form-data">
        <div class="field">
          <label for="berkas">{view.t('flows.file')}</label>
          <input
            id="berkas"
            name="berkas"
            type="file"
            required
            accept=".xlsx,.po,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet,text/x-gettext-translation"
          />
        </div>
        <ProposeField view={view} note={props.note} />
      </form>
    </Layout>
  );
}

/** A language: how much of it there is, whether residents may choose it, and its files. */
function Language(props: { view: View; code: string; name: string; coverage?: Coverage }) {
  const { view, code, name, coverage } = props;
  const missing = coverage?.missing.reduce((sum, { keys }) => sum + keys.length, 0) ?? 0;
  return (
    <li>
      <span>
        <strong lang={code}>{name}</strong>{' '}
        {coverage && missing > 0
          ? view.t('flows.words_share', { percent: percentOf(coverage), n: missing })
          : view.t('flows.words_whole')}
        {coverage && `; ${view.t(coverage.offered ? 'flows.words_offered' : 'flows.words_not_offered')}`}
        {coverage?.awaiting &&
          `; ${view.t(coverage.awaiting === 'native reader' ? 'flows.words_reader' : 'flows.words_speaker')}`}
      </span>
      <span>
        <a href={`/console/alur/kata/${code}.xlsx`} aria-label={`XLSX, ${name}`}>
          XLSX
        </a>{' '}
        ·{' '}
        <a href={`/console/alur/kata/${code}.po`} aria-label={`PO, ${name}`}>
          PO
        </a>
      </span>
    </li>
  );
}

const MOST = 30;
