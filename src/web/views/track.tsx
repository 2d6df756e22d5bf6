import { Layout } from './layout.js';
import { Field, wordOf } from './parts.js';
import type { View } from './view.js';

/** The page of the code: a field, and what came of it. */
export function TrackPage(props: {
  view: View;
  typed?: string;
  status?: string;
  outcome?: 'no_code' | 'unknown' | 'too_many';
}) {
  const { view, typed, status, outcome } = props;
  return (
    <Layout view={view} title={view.t('track.title')}>
      <section class="narrow">
        <h1>{view.t('track.title')}</h1>
        <p class="lead">{view.t('track.lead')}</p>
        {status && (
          <div class="card track" role="status">
            <p class="code">{typed}</p>
            <p class="lead">{wordOf(view, `track.${status}`, '')}</p>
            <p class="hint">{view.t('track.state_alone')}</p>
          </div>
        )}
        {outcome && (
          <p class="notice bad" role="alert">
            {view.t(`track.${outcome}`)}
          </p>
        )}
        <form method="get" action="/lacak">
          <Field id="kode" label={view.t('track.code')} hint={view.t('track.hint')}>
            <input
              id="kode"
              name="kode"
              required
              maxlength={40}
              autocomplete="off"
              autocapitalize="characters"
              spellcheck={false}
              class="code-field"
              value={typed ?? ''}
              aria-describedby="kode-hint"
            />
          </Field>
          <button type="submit">{view.t('track.submit')}</button>
        </form>
      </section>
    </Layout>
  );
}
