import { NUMBER_FORMAT } from '../../core/letterNumber.js';
import type { LetterTemplate } from '../../core/letterTemplate.js';
import type { TemplateVersion, TemplateVillage } from '../../store/letters/templates.js';
import type { Given } from '../form.js';
import type { Key } from '../words.js';
import { Layout } from './layout.js';
import { Fault, Field, Notice, Time } from './parts.js';
import type { View } from './view.js';

/** A fault that names what it is about. */
export interface NamedFault {
  key: Key;
  values: { [name: string]: string };
}

/** The villages, and of one of them its letterhead and its letters. */
export function TemplatesPage(props: {
  view: View;
  villages: TemplateVillage[];
  village: TemplateVillage | null;
  letters: { id: string; title: string; isOwn: boolean }[];
  notice: string | undefined;
}) {
  const { view, villages, village, letters } = props;
  const { t } = view;
  return (
    <Layout view={view} title={t('templates.title')} isConsole>
      <h1>{t('templates.title')}</h1>
      <p>{t('templates.lead')}</p>
      <Notice view={view} kind={props.notice} />
      {villages.length > 1 && (
        <form method="get" action="/console/templat" class="card">
          <Field id="desa" label={t('officers.village')}>
            <select id="desa" name="desa">
              {villages.map(({ id, name, district }) => (
                <option value={id} selected={village?.id === id}>{`${name}, ${district}`}</option>
              ))}
            </select>
          </Field>
          <button type="submit" class="quiet">
            {t('templates.choose')}
          </button>
        </form>
      )}
      {village && (
        <>
          <section class="card">
            <h2>{t('templates.head')}</h2>
            <p>{t('templates.head_lead', { village: village.name })}</p>
            <p>
              <a class="button" href={`/console/templat/${village.id}/kop`}>
                {t('templates.head_open')}
              </a>
            </p>
          </section>
          <section class="card">
            <h2>{t('templates.letters')}</h2>
            <ul class="rows">
              {letters.map(({ id, title, isOwn }) => (
                <li>
                  <a href={`/console/templat/${village.id}/surat/${id}`}>{title}</a>
                  {isOwn && <span class="badge s-in_hand">{t('templates.own')}</span>}
                </li>
              ))}
            </ul>
          </section>
        </>
      )}
    </Layout>
  );
}

export interface HeadProps {
  view: View;
  village: TemplateVillage;
  versions: TemplateVersion[];
  notice: string | undefined;
  faultKey?: Key;
  fault?: NamedFault;
  given?: Given;
}

const HEAD_FIELDS = [
  'address',
  'contact',
  'postcode',
  'place',
  'head_title',
  'head_number',
  'deputy_title',
  'deputy_number',
  'number_format',
] as const;

/** The letterhead, the signers and the numbers of a village. */
export function HeadPage(props: HeadProps) {
  const { view, village, given } = props;
  const { t } = view;
  const { letterhead } = village;
  const counter = given?.['counter'] ?? letterhead.counter;
  const title = t('templates.head_title', { village: village.name });
  const example: { [field: string]: string } = {
    address: village.officeAddress ?? '',
    contact: village.officePhone ?? '',
    place: village.name,
    head_title: village.signerTitle ?? (village.type === 'kelurahan' ? 'Lurah' : 'Kepala Desa'),
    number_format: NUMBER_FORMAT,
  };
  return (
    <Layout view={view} title={title} isConsole>
      <p class="back">
        <a href={`/console/templat?desa=${village.id}`}>{t('templates.title')}</a>
      </p>
      <h1>{title}</h1>
      <Notice view={view} kind={props.notice} />
      <Fault view={view} faultKey={props.faultKey} />
      <Named view={view} fault={props.fault} />
      <form
        method="post"
        action={`/console/templat/${village.id}/kop`}
        enctype="multipart/form-data"
        class="card"
      >
        {HEAD_FIELDS.map((field) => (
          <Field id={field} label={t(`templates.field.${field}`)} hint={hintOf(view, field, example[field])}>
            <input
              id={field}
              name={field}
              maxlength={160}
              value={given?.[field] ?? letterhead[field]}
              aria-describedby={`${field}-hint`}
            />
          </Field>
        ))}
        <Field id="counter" label={t('templates.field.counter')}>
          <select id="counter" name="counter">
            {(['code', 'village'] as const).map((how) => (
              <option value={how} selected={counter === how}>
                {t(`templates.counter.${how}`)}
              </option>
            ))}
          </select>
        </Field>
        <Field id="logo" label={t('templates.field.logo')} hint={t('templates.logo_hint')}>
          <input
            id="logo"
            name="logo"
            type="file"
            accept="image/png,image/jpeg,image/webp"
            aria-describedby="logo-hint"
          />
        </Field>
        {village.logo && (
          <p class="letter-logo">
            <img src={`/console/templat/${village.id}/logo.png`} alt={t('templates.logo_alt')} width="80" />
            <label>
              <input type="checkbox" name="no_logo" value="yes" /> {t('templates.no_logo')}
            </label>
          </p>
        )}
        <button type="submit">{t('templates.save')}</button>
      </form>
      <section class="card">
        <h2>{t('templates.start')}</h2>
        <p>{t('templates.start_lead')}</p>
        <form method="post" action={`/console/templat/${village.id}/nomor`}>
          {letterhead.counter === 'code' && (
            <Field id="classification" label={t('templates.start_code')}>
              <input
                id="classification"
                name="classification"
                required
                maxlength={30}
                placeholder="500.2.2.4"
              />
            </Field>
          )}
          <Field id="last" label={t('templates.start_last')}>
            <input id="last" name="last" type="number" min={0} max={99999} required />
          </Field>
          <button type="submit" class="quiet">
            {t('templates.start_submit')}
          </button>
        </form>
      </section>
      <Versions view={view} versions={props.versions} path={`/console/templat/${village.id}/kop/-`} />
    </Layout>
  );
}

export interface TemplateProps {
  view: View;
  village: TemplateVillage;
  service: string;
  template: LetterTemplate;
  isOwn: boolean;
  fields: { [field: string]: { label: string; sample: string } };
  versions: TemplateVersion[];
  notice: string | undefined;
  faultKey?: Key;
  fault?: NamedFault;
  given?: Given;
  /** A picture of what was typed, before it is kept. */
  preview?: string;
}

/** The words of one letter, with a picture of it beside them. */
export function TemplatePage(props: TemplateProps) {
  const { view, village, service, template, given } = props;
  const { t } = view;
  const path = `/console/templat/${village.id}/surat/${service}`;
  const signer = given?.['signer'] ?? template.signer;
  const title = t('templates.letter_title', { title: template.title, village: village.name });
  return (
    <Layout view={view} title={title} isConsole isBroad>
      <p class="back">
        <a href={`/console/templat?desa=${village.id}`}>{t('templates.title')}</a>
      </p>
      <h1>{title}</h1>
      <Notice view={view} kind={props.notice} />
      <Fault view={view} faultKey={props.faultKey} />
      <Named view={view} fault={props.fault} />
      <div class="letter-sides">
        <section class="card">
          <form method="post" action={path}>
            <Field id="title" label={t('templates.words_title')}>
              <input
                id="title"
                name="title"
                required
                minlength={3}
                maxlength={120}
                value={given?.['title'] ?? template.title}
              />
            </Field>
            <Field id="body" label={t('templates.body')} hint={t('templates.body_hint')}>
              <textarea
                id="body"
                name="body"
                required
                rows={24}
                maxlength={6000}
                spellcheck={false}
                aria-describedby="body-hint"
              >
                {given?.['body'] ?? template.body}
              </textarea>
            </Field>
            <Field id="signer" label={t('templates.signer')}>
              <select id="signer" name="signer">
                {(['head', 'deputy'] as const).map((who) => (
                  <option value={who} selected={signer === who}>
                    {t(`templates.signer.${who}`)}
                  </option>
                ))}
              </select>
            </Field>
            <p class="buttons">
              <button type="submit" name="act" value="preview" class="quiet">
                {t('templates.preview')}
              </button>
              <button type="submit" name="act" value="save">
                {t('templates.save')}
              </button>
            </p>
          </form>
          <details>
            <summary>{t('templates.fields')}</summary>
            <dl class="facts">
              {Object.entries(props.fields).map(([field, { label, sample }]) => (
                <>
                  <dt>
                    <code>{`{${field}}`}</code>
                  </dt>
                  <dd>{`${label}: ${sample}`}</dd>
                </>
              ))}
            </dl>
          </details>
        </section>
        <section class="card letter-sheet">
          <h2>{t(props.preview ? 'templates.preview_typed' : 'templates.preview_now')}</h2>
          <img src={props.preview ?? `${path}/contoh.svg`} alt={t('templates.preview_alt')} />
        </section>
      </div>
      <Versions view={view} versions={props.versions} path={path} isOwn={props.isOwn} />
    </Layout>
  );
}

function Named({ view, fault }: { view: View; fault: NamedFault | undefined }) {
  if (!fault) return null;
  return (
    <p class="notice bad" role="alert">
      {view.t(fault.key, fault.values as never)}
    </p>
  );
}

function Versions(props: { view: View; versions: TemplateVersion[]; path: string; isOwn?: boolean }) {
  const { view, versions, path, isOwn } = props;
  if (versions.length === 0) return null;
  return (
    <section class="card">
      <h2>{view.t('templates.versions')}</h2>
      <ul class="rows">
        {versions.map(({ version, officer, createdAt, content }, n) => (
          <li>
            <span>
              {view.t('templates.version', { version })} · <Time view={view} at={createdAt} /> ·{' '}
              {officer ?? '—'}
              {content === null && ` · ${view.t('templates.shipped')}`}
            </span>
            {n > 0 && (
              <form method="post" action={`${path}/kembali/${version}`}>
                <button type="submit" class="quiet">
                  {view.t('templates.back_to', { version })}
                </button>
              </form>
            )}
          </li>
        ))}
      </ul>
      {isOwn && (
        <form method="post" action={`${path}/kembali/0`}>
          <button type="submit" class="quiet">
            {view.t('templates.back_to_shipped')}
          </button>
        </form>
      )}
    </section>
  );
}

function hintOf(view: View, field: (typeof HEAD_FIELDS)[number], example: string | undefined): string {
  const hint = view.t(`templates.hint.${field}`, {
    parts: '{klas} {no:03} {office_code} {year} {month} {month_roman}',
  });
  return example ? `${hint} ${view.t('templates.otherwise', { text: example })}` : hint;
}
