import type { Office } from '../../store/web/office.js';
import { INTRODUCTIONS } from '../../store/web/villages.js';
import type { Given } from '../form.js';
import { isKeeper } from '../policy.js';
import type { Key } from '../words.js';
import { Layout } from './layout.js';
import { Fault, Field, Notice, wordOf } from './parts.js';
import type { View } from './view.js';

/** The offices that the reader may set up, each with where its hours and services are. */
export function VillagesPage(props: { view: View; offices: Office[]; notice: string | undefined }) {
  const { view, offices } = props;
  const { t } = view;
  return (
    <Layout view={view} title={t('villages.title')} isConsole>
      <h1>{t('villages.title')}</h1>
      <Notice view={view} kind={props.notice} />
      {view.officer && isKeeper(view.officer, 'village.settings') && (
        <p class="links">
          <a href="/console/jam/semua">{t('villages.to_hours_all')}</a>
        </p>
      )}
      {offices.length === 0 && <p>{t('villages.none')}</p>}
      <div class="people">
        {offices.map((office) => (
          <section class="card person">
            <h2>{`${office.name}, ${office.district}`}</h2>
            <p class="quiet-text">
              {[
                wordOf(view, `village.state.${office.state}`, office.state),
                office.officeAddress ?? t('villages.no_address'),
                t(`villages.letter_way.${office.letterWay}`),
              ].join(' · ')}
            </p>
            {office.lacksCode && office.state !== 'listed' && (
              <p class="notice risk">{t('villages.lacks_code')}</p>
            )}
            <OfficeLinks view={view} office={office} />
          </section>
        ))}
      </div>
    </Layout>
  );
}

/** From one page of a village to the others. */
export function OfficeLinks({
  view,
  office,
  here,
}: {
  view: View;
  office: Pick<Office, 'id' | 'name'>;
  here?: string;
}) {
  const links: { what: string; href: string; key: Key }[] = [
    { what: 'desa', href: `/console/desa/${office.id}`, key: 'villages.to_office' },
    { what: 'jam', href: `/console/jam/${office.id}`, key: 'villages.to_hours' },
    { what: 'layanan', href: `/console/layanan/${office.id}`, key: 'villages.to_services' },
  ];
  return (
    <nav class="filters kinds" aria-label={view.t('villages.pages_of', { name: office.name })}>
      {links.map(({ what, href, key }) => (
        <a href={href} aria-current={what === here ? 'page' : undefined}>
          {view.t(key)}
        </a>
      ))}
    </nav>
  );
}

/** One office: its form. */
export function VillagePage(props: {
  view: View;
  office: Office;
  notice?: string | undefined;
  given?: Given;
  faultKey?: Key;
}) {
  const { view, office, given } = props;
  const { t } = view;
  const text = (
    name: 'officeCode' | 'officeAddress' | 'officePhone' | 'midwifePhone' | 'signerTitle',
    more: { [attribute: string]: string | number } = {},
  ) => (
    <Field id={name} label={t(`villages.${name}`)} hint={t(`villages.${name}_hint`)}>
      <input
        id={name}
        name={name}
        autocomplete="off"
        maxlength={60}
        aria-describedby={`${name}-hint`}
        value={given?.[name] ?? office[name] ?? ''}
        {...more}
      />
    </Field>
  );
  const choice = (
    name: 'letterWay' | 'escalates' | 'introduction',
    legend: Key,
    values: [string, Key][],
    now: string,
  ) => (
    <fieldset>
      <legend>{t(legend)}</legend>
      {values.map(([value, key]) => (
        <p class="check">
          <input
            id={`${name}-${value}`}
            type="radio"
            name={name}
            value={value}
            required
            checked={(given?.[name] ?? now) === value}
          />
          <label for={`${name}-${value}`}>{t(key)}</label>
        </p>
      ))}
    </fieldset>
  );
  return (
    <Layout view={view} title={`${t('villages.to_office')}: ${office.name}`} isConsole>
      <p class="back">
        <a href="/console/desa">{t('villages.back')}</a>
      </p>
      <h1>{`${office.name}, ${office.district}`}</h1>
      <OfficeLinks view={view} office={office} here="desa" />
      <Notice view={view} kind={props.notice} />
      <Fault view={view} faultKey={props.faultKey} />
      {office.lacksCode && (
        <p class="notice risk">
          <a href="#officeCode">{t('villages.lacks_code')}</a>
        </p>
      )}
      <form method="post" action={`/console/desa/${office.id}`}>
        <div class="two">
          <section class="card">
            <h2>{t('villages.office')}</h2>
            {text('officeAddress', { maxlength: 200 })}
            {text('officePhone', { type: 'tel' })}
            {text('midwifePhone', { type: 'tel' })}
          </section>
          <section class="card">
            <h2>{t('villages.letters')}</h2>
            {text('officeCode')}
            {text('signerTitle')}
            {choice(
              'letterWay',
              'villages.letter_way',
              [
                ['wet', 'villages.letter_way.wet'],
                ['electronic', 'villages.letter_way.electronic'],
              ],
              office.letterWay,
            )}
            <p class="hint">
              {t('villages.number_lead')} <a href="/console/templat">{t('villages.to_templates')}</a>
            </p>
          </section>
          <section class="card">
            <h2>{t('villages.introduction')}</h2>
            {choice(
              'introduction',
              'villages.introduction_how',
              INTRODUCTIONS.map((way) => [way, `villages.introduction.${way}`]),
              office.introduction,
            )}
            <p class="hint">
              {t('villages.rt_heads', { count: office.rtHeads })}{' '}
              <a href="/console/rt">{t('villages.to_rt')}</a>
            </p>
          </section>
          <section class="card">
            <h2>{t('villages.escalation')}</h2>
            {choice(
              'escalates',
              'villages.escalates',
              [
                ['tidak', 'villages.escalates.no'],
                ['ya', 'villages.escalates.yes'],
              ],
              office.escalates ? 'ya' : 'tidak',
            )}
          </section>
        </div>
        <button type="submit">{t('villages.save')}</button>
      </form>
    </Layout>
  );
}
