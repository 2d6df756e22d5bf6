import type { PublicLetter } from '../../store/letters/read.js';
import { Layout } from './layout.js';
import { Field } from './parts.js';
import type { View } from './view.js';

export type NameOutcome = 'match' | 'no_match' | 'too_many' | 'empty';

/** What the code on a letter is for: there is nothing here to look a letter up by. */
export function VerifyStart({ view }: { view: View }) {
  return (
    <Layout view={view} title={view.t('verify.title')}>
      <section class="narrow">
        <h1>{view.t('verify.title')}</h1>
        <p class="lead">{view.t('verify.start')}</p>
        <p>{view.t('verify.no_number')}</p>
        <p class="links">
          <a href="/verifikasi/kunci">{view.t('verify.keys')}</a>
        </p>
      </section>
    </Layout>
  );
}

/** One letter: who issued it, whether it holds, and whether the paper and the file are the ones that were issued. */
export function VerifyPage(props: {
  view: View;
  letter: PublicLetter;
  path: string;
  name?: string;
  outcome?: NameOutcome;
}) {
  const { view, letter, path } = props;
  const { t } = view;
  const office = `${t(letter.villageType === 'kelurahan' ? 'verify.kelurahan' : 'verify.desa')} ${letter.village}`;
  return (
    <Layout view={view} title={t('verify.title')} scripts={['verify.js']}>
      <section class="narrow verify">
        <h1>{t('verify.title')}</h1>
        <div class={`notice verify-state ${letter.state === 'issued' ? 'good' : 'bad'}`} role="status">
          <p>
            <strong>{t(`verify.state.${letter.state}`)}</strong>
          </p>
          <p>{stateWords(view, letter)}</p>
        </div>
        <dl class="facts">
          <dt>{t('verify.issuer')}</dt>
          <dd>{`${office}, ${t('verify.district', { district: letter.district })}`}</dd>
          <dt>{t('verify.type')}</dt>
          <dd>{letter.title}</dd>
          <dt>{t('verify.number')}</dt>
          <dd>{letter.number}</dd>
          <dt>{t('verify.date')}</dt>
          <dd>{view.format.day(letter.issuedOn, letter.zone)}</dd>
          <dt>{t('verify.signer')}</dt>
          <dd>{`${letter.signerName}, ${letter.signerTitle}`}</dd>
          <dt>{t('verify.initials')}</dt>
          <dd>{letter.initials}</dd>
        </dl>
        <p class="hint">{t('verify.not_certified')}</p>
        <NameCheck {...props} />
        {letter.sha256 && (
          <section class="card">
            <h2>{t('verify.file_title')}</h2>
            <p>{t(letter.way === 'wet' ? 'verify.file_wet' : 'verify.file_lead')}</p>
            <div
              class="verify-drop"
              id="berkas-kotak"
              data-sha256={letter.sha256}
              data-same={t(letter.state === 'issued' ? 'verify.file_same' : 'verify.file_same_closed')}
              data-other={t('verify.file_other')}
              data-reading={t('verify.file_reading')}
              data-unable={t('verify.file_unable')}
            >
              <label for="berkas">{t('verify.file_choose')}</label>
              <input id="berkas" type="file" accept="application/pdf,.pdf" />
              <p id="berkas-hasil" class="verify-result" role="status" aria-live="polite"></p>
            </div>
            <p>{t('verify.sha256')}</p>
            <p class="digest">
              <code>{letter.sha256}</code>
            </p>
            <p>
              <a class="button quiet" href={`${path}/bukti`}>
                {t('verify.proof')}
              </a>
            </p>
            <p class="hint">
              {t('verify.proof_hint')} <a href="/verifikasi/kunci">{t('verify.keys')}</a>
            </p>
          </section>
        )}
      </section>
    </Layout>
  );
}

function NameCheck(props: { view: View; path: string; name?: string; outcome?: NameOutcome }) {
  const { view, path, name, outcome } = props;
  return (
    <section class="card">
      <h2>{view.t('verify.name_title')}</h2>
      {outcome && (
        <p class={outcome === 'match' ? 'notice good' : 'notice bad'} role="status">
          {view.t(`verify.name.${outcome}`)}
        </p>
      )}
      <form method="post" action={`${path}/nama`}>
        <Field id="nama" label={view.t('verify.name')} hint={view.t('verify.name_hint')}>
          <input
            id="nama"
            name="nama"
            required
            maxlength={120}
            autocomplete="off"
            spellcheck={false}
            value={outcome === 'match' ? '' : (name ?? '')}
            aria-describedby="nama-hint"
          />
        </Field>
        <button type="submit">{view.t('verify.name_submit')}</button>
      </form>
    </section>
  );
}

function stateWords(view: View, letter: PublicLetter): string {
  if (letter.state === 'issued') return view.t('verify.state_issued');
  const day = letter.stateAt ? view.format.day(letter.stateAt, letter.zone) : '';
  if (letter.state === 'withdrawn') return view.t('verify.state_withdrawn', { day });
  return letter.replacedByNumber
    ? view.t('verify.state_replaced', { day, number: letter.replacedByNumber })
    : view.t('verify.state_withdrawn', { day });
}
