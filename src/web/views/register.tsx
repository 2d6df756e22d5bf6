import { REGISTER_FIELDS } from '../../core/registerRow.js';
import type { ImportCounts, RegisterImport } from '../../store/register/imports.js';
import type { RegisterPerson } from '../../store/register/search.js';
import type { VillageChoice } from '../../store/web/officers.js';
import type { Given } from '../form.js';
import type { Key } from '../words.js';
import { Layout } from './layout.js';
import { Fault, Field, Notice, Time, wordOf } from './parts.js';
import type { View } from './view.js';

export interface RegisterProps {
  view: View;
  villages: VillageChoice[];
  sizes: { village: string; count: number }[];
  imports: RegisterImport[];
  notice: string | undefined;
  faultKey?: Key;
  given?: Given;
  /** Of a search; none was made where it is left out. */
  found?: RegisterPerson[];
}

/** The register: how large it is, looking somebody up, bringing it up to date. */
export function RegisterPage(props: RegisterProps) {
  const { view, sizes, imports } = props;
  return (
    <Layout view={view} title={view.t('register.title')} isConsole>
      <h1>{view.t('register.title')}</h1>
      <Notice view={view} kind={props.notice} />
      <Fault view={view} faultKey={props.faultKey} />
      <p>
        {sizes.length === 0
          ? view.t('register.empty')
          : sizes
              .map(({ village, count }) =>
                view.t('register.size', { village, count: view.format.number(count) }),
              )
              .join(' · ')}
      </p>
      <Search {...props} />
      <Upload {...props} />
      {imports.length > 0 && (
        <section class="card">
          <h2>{view.t('register.imports')}</h2>
          <ul class="rows">
            {imports.map((one) => (
              <li>
                <p>
                  <a href={`/console/register/impor/${one.id}`}>
                    {one.village}, <Time view={view} at={one.createdAt} zone={one.zone} />
                  </a>{' '}
                  <span class="badge">{view.t(`register.state.${one.state}`)}</span>
                  <br />
                  <span class="quiet-text">
                    {[view.t('register.rows', { count: one.rowCount }), one.officer]
                      .filter(Boolean)
                      .join(' · ')}
                  </span>
                </p>
              </li>
            ))}
          </ul>
        </section>
      )}
    </Layout>
  );
}

function Search({ view, given = {}, found }: RegisterProps) {
  return (
    <section class="card" id="cari">
      <h2>{view.t('register.search')}</h2>
      <form method="post" action="/console/register/cari" autocomplete="off">
        <Field id="cari-nama" label={view.t('register.search_for')}>
          <input
            id="cari-nama"
            name="cari"
            required
            minlength={3}
            maxlength={80}
            value={given['cari'] ?? ''}
          />
        </Field>
        <Field id="kasus" label={view.t('register.for_case')} hint={view.t('register.for_case_hint')}>
          <input
            id="kasus"
            name="kasus"
            maxlength={40}
            aria-describedby="kasus-hint"
            value={given['kasus'] ?? ''}
          />
        </Field>
        <Field id="alasan" label={view.t('register.reason')} hint={view.t('register.reason_hint')}>
          <input
            id="alasan"
            name="alasan"
            maxlength={200}
            aria-describedby="alasan-hint"
            value={given['alasan'] ?? ''}
          />
        </Field>
        <button type="submit">{view.t('register.search_submit')}</button>
      </form>
      {found && (
        <div role="status">
          <h3>{view.t('register.found', { count: found.length })}</h3>
          {found.length > 0 && (
            <ul class="rows">
              {found.map((person) => (
                <li>
                  <Person view={view} person={person} />
                </li>
              ))}
            </ul>
          )}
        </div>
      )}
    </section>
  );
}

/** Somebody of the register, numbers masked. */
export function Person({ view, person }: { view: View; person: RegisterPerson }) {
  const area = [
    person.hamlet,
    person.rt && `RT ${person.rt}`,
    person.rw && `RW ${person.rw}`,
    person.village,
  ];
  return (
    <p>
      <strong>{person.name}</strong>
      {person.sex && ` (${person.sex})`}
      {person.isGone && <span class="badge">{view.t('register.gone')}</span>}
      <br />
      {person.birthDate
        ? view.t('register.born', { day: view.format.day(new Date(`${person.birthDate}T12:00:00Z`), 'UTC') })
        : view.t('register.born_unknown')}
      <br />
      <span class="quiet-text">
        {area.filter(Boolean).join(', ')}
        <br />
        NIK {person.nik ?? '–'}
        <br />
        KK {person.kk ?? '–'}
      </span>
    </p>
  );
}

function Upload({ view, villages }: RegisterProps) {
  return (
    <section class="card" id="unggah">
      <details class="act">
        <summary>{view.t('register.upload')}</summary>
        <form method="post" action="/console/register/unggah" enctype="multipart/form-data">
          <p>{view.t('register.upload_lead')}</p>
          <Field id="village" label={view.t('officers.village')}>
            <select id="village" name="village" required>
              {villages.map(({ id, name, district }) => (
                <option value={id}>{`${name}, ${district}`}</option>
              ))}
            </select>
          </Field>
          <Field id="berkas" label={view.t('register.file')} hint={view.t('register.file_hint')}>
            <input
              id="berkas"
              name="berkas"
              type="file"
              accept=".csv,.txt,text/csv,text/plain"
              required
              aria-describedby="berkas-hint"
            />
          </Field>
          <button type="submit">{view.t('register.upload_submit')}</button>
        </form>
      </details>
    </section>
  );
}

const COUNTS = ['new', 'changed', 'same', 'gone', 'faulty'] as const satisfies (keyof ImportCounts)[];

/** One import: which column is what, how the dry run came out, and taking it over. */
export function RegisterImportPage(props: {
  view: View;
  found: RegisterImport;
  notice: string | undefined;
  faultKey?: Key;
}) {
  const { view, found } = props;
  const isOpen = found.state === 'uploaded' || found.state === 'checked';
  return (
    <Layout view={view} title={view.t('register.import_title', { village: found.village })} isConsole>
      <p class="back">
        <a href="/console/register">{view.t('register.back')}</a>
      </p>
      <h1>{view.t('register.import_title', { village: found.village })}</h1>
      <Notice view={view} kind={props.notice} />
      <Fault view={view} faultKey={props.faultKey} />
      <p>
        {view.t('register.rows', { count: found.rowCount })} · {view.t(`register.state.${found.state}`)} ·{' '}
        <Time view={view} at={found.createdAt} zone={found.zone} />
      </p>
      {found.state !== 'uploaded' && <Outcome view={view} found={found} />}
      {isOpen && <Mapping view={view} found={found} />}
      {isOpen && (
        <form method="post" action={`/console/register/impor/${found.id}/buang`}>
          <button type="submit" class="quiet">
            {view.t('register.discard')}
          </button>
        </form>
      )}
    </Layout>
  );
}

function Outcome({ view, found }: { view: View; found: RegisterImport }) {
  const { counts, faults } = found;
  return (
    <section class="card">
      <h2>{view.t(found.state === 'applied' ? 'register.applied' : 'register.checked')}</h2>
      <dl class="answers">
        {COUNTS.map((name) => (
          <div>
            <dt>{view.t(`register.count.${name}`)}</dt>
            <dd>{view.format.number(counts[name] ?? 0)}</dd>
          </div>
        ))}
      </dl>
      {faults.length > 0 && (
        <details class="act">
          <summary>{view.t('register.faults', { count: counts.faulty ?? faults.length })}</summary>
          <ul>
            {faults.map(({ line, fault }) => (
              <li>
                {view.t('register.fault_line', { line, why: wordOf(view, `register.row.${fault}`, fault) })}
              </li>
            ))}
          </ul>
          {(counts.faulty ?? 0) > faults.length && <p class="hint">{view.t('register.faults_more')}</p>}
        </details>
      )}
      {found.state === 'checked' && (
        <form method="post" action={`/console/register/impor/${found.id}/terapkan`}>
          {(counts.gone ?? 0) > 0 && (
            <p class="check">
              <input id="hilang" type="checkbox" name="hilang" value="ya" />
              <label for="hilang">{view.t('register.mark_gone', { count: counts.gone ?? 0 })}</label>
            </p>
          )}
          <button type="submit">{view.t('register.apply')}</button>
        </form>
      )}
    </section>
  );
}

function Mapping({ view, found }: { view: View; found: RegisterImport }) {
  return (
    <section class="card">
      <details class="act" open={found.state === 'uploaded'}>
        <summary>{view.t('register.mapping')}</summary>
        <form method="post" action={`/console/register/impor/${found.id}/periksa`}>
          <p>{view.t('register.mapping_lead')}</p>
          {REGISTER_FIELDS.map((field) => (
            <Field id={`f-${field}`} label={view.t(`register.field.${field}`)}>
              <select id={`f-${field}`} name={field} required={field === 'name'}>
                <option value="">{view.t('register.no_column')}</option>
                {found.columns.map((column, n) => (
                  <option value={String(n)} selected={found.mapping[field] === n}>
                    {column === '' ? view.t('register.column', { n: n + 1 }) : column}
                  </option>
                ))}
              </select>
            </Field>
          ))}
          <button type="submit">{view.t('register.check')}</button>
        </form>
      </details>
    </section>
  );
}
