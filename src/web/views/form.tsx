import { raw } from 'hono/html';
import type { Child } from 'hono/jsx';
import type { FormField } from '../../core/formField.js';
import type { FormSeen } from '../../store/forms.js';
import { assetPath } from '../assets.js';
import type { FormWords } from '../formWords.js';
import { savedKey } from '../formField.js';
import type { Faults } from '../formField.js';

interface Words {
  t: FormWords;
  language: string;
}

/**
 * The page of a secure form. Small and plain, made for a cheap phone: without a script its buttons save and send, with it
 * each entry saves itself. What was entered is never on it again.
 */
export function FormPage({ t, language, form, faults }: Words & { form: FormSeen; faults: Faults }) {
  const office = form.villageType === 'kelurahan' ? 'form.office_kelurahan' : 'form.office_desa';
  return (
    <Frame language={language} title={t('form.title')} hasScript>
      <h1>{t('form.title')}</h1>
      <p class="form-for">
        {form.village && <strong>{t(office, { village: form.village })}</strong>}
        <span>{t('form.for', { title: form.title })}</span>
      </p>
      <p>{t('form.lead')}</p>
      <p class="hint form-safe">{t('form.safe')}</p>
      {Object.keys(faults).length > 0 && (
        <p class="notice bad" role="alert">
          {t('form.some_wrong')}
        </p>
      )}
      <form
        method="post"
        enctype="multipart/form-data"
        novalidate
        id="isian"
        data-saving={t('form.saving')}
        data-failed={t('form.not_saved')}
      >
        {form.fields.map((field) => (
          <Entry t={t} field={field} isSaved={form.saved.includes(field.id)} fault={faults[field.id]} />
        ))}
        <p class="hint">{t('form.send_hint')}</p>
        <p class="form-buttons">
          <button type="submit" name="kirim" value="1">
            {t('form.send')}
          </button>
          <button type="submit" class="quiet" name="simpan" value="1">
            {t('form.save')}
          </button>
        </p>
      </form>
    </Frame>
  );
}

function Entry(props: {
  t: FormWords;
  field: FormField;
  isSaved: boolean;
  fault: Faults[string] | undefined;
}) {
  const { t, field, isSaved, fault } = props;
  const text = fault ? t(fault.key, fault.values) : isSaved ? t(savedKey(field.type)) : '';
  return (
    <div class="field">
      <label for={field.id}>
        {field.label}
        {field.optional && <span class="quiet-text"> ({t('form.optional')})</span>}
      </label>
      {field.hint && (
        <p class="hint" id={`${field.id}-hint`}>
          {field.hint}
        </p>
      )}
      <input
        id={field.id}
        name={field.id}
        {...INPUTS[field.type]}
        autocomplete="off"
        aria-describedby={`${field.hint ? `${field.id}-hint ` : ''}${field.id}-state`}
        aria-invalid={fault ? 'true' : undefined}
      />
      <p
        class={`form-state ${fault ? 'bad' : isSaved ? 'good' : ''}`}
        id={`${field.id}-state`}
        aria-live="polite"
      >
        {text}
      </p>
    </div>
  );
}

const NUMBER = { type: 'text', inputmode: 'numeric', maxlength: 40, spellcheck: false } as const;
const INPUTS: { [T in FormField['type']]: { [attribute: string]: string | number | boolean } } = {
  nik: NUMBER,
  family_card: NUMBER,
  person_name: { type: 'text', maxlength: 100, spellcheck: false, autocapitalize: 'words' },
  date: { type: 'date' },
  text: { type: 'text', maxlength: 200 },
  phone: { type: 'tel', maxlength: 30 },
  // Without `capture`: a phone offers its camera and its gallery.
  photo: { type: 'file', accept: 'image/*' },
};

/** What a link comes to that opens no form (any more), and what to do then. */
export function FormEnd({
  t,
  language,
  kind,
}: Words & { kind: 'done' | 'used' | 'expired' | 'unknown' | 'too_many' }) {
  return (
    <Frame language={language} title={t(`form.${kind}_title`)}>
      <h1>{t(`form.${kind}_title`)}</h1>
      <p class={kind === 'done' ? 'notice' : ''} role="status">
        {t(`form.${kind}`)}
      </p>
    </Frame>
  );
}

/** Nothing leads away from here, and nothing is loaded but our own. */
function Frame(props: { language: string; title: string; hasScript?: boolean; children: Child }) {
  return (
    <>
      {raw('<!doctype html>')}
      <html lang={props.language}>
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="robots" content="noindex, nofollow" />
          <title>{`${props.title} · Kentongan`}</title>
          <link rel="icon" href={assetPath('icon.svg')} type="image/svg+xml" />
          <link rel="stylesheet" href={assetPath('style.css')} />
          {props.hasScript && <script src={assetPath('form.js')} defer></script>}
        </head>
        <body>
          <header class="band">
            <div class="band-in">
              <span class="mark">
                <img src={assetPath('icon.svg')} alt="" width="32" height="32" />
                <span>Kentongan</span>
              </span>
            </div>
          </header>
          <main id="isi" class="narrow">
            {props.children}
          </main>
        </body>
      </html>
    </>
  );
}
