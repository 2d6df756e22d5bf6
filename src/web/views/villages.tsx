import { INTRODUCTIONS } from '../../store/web/villages.js';
import type { VillageSettings } from '../../store/web/villages.js';
import { Layout } from './layout.js';
import { Notice } from './parts.js';
import type { View } from './view.js';

/** What each village chose: how it has the pengantar RT/RW. */
export function VillagesPage(props: { view: View; villages: VillageSettings[]; notice: string | undefined }) {
  const { view, villages } = props;
  return (
    <Layout view={view} title={view.t('villages.title')} isConsole>
      <p class="back">
        <a href="/console/rt">{view.t('villages.to_rt')}</a>
      </p>
      <h1>{view.t('villages.title')}</h1>
      <Notice view={view} kind={props.notice} />
      {villages.length === 0 && <p>{view.t('villages.none')}</p>}
      {villages.map((village) => (
        <section class="card">
          <h2>{`${village.name}, ${village.district}`}</h2>
          <form method="post" action={`/console/desa/${village.id}/pengantar`}>
            <fieldset>
              <legend>{view.t('villages.introduction')}</legend>
              {INTRODUCTIONS.map((way) => (
                <p class="check">
                  <input
                    id={`${village.id}-${way}`}
                    type="radio"
                    name="cara"
                    value={way}
                    checked={village.introduction === way}
                    required
                  />
                  <label for={`${village.id}-${way}`}>{view.t(`villages.introduction.${way}`)}</label>
                </p>
              ))}
            </fieldset>
            <p class="hint">{view.t('villages.rt_heads', { count: village.rtHeads })}</p>
            <button type="submit">{view.t('villages.save')}</button>
          </form>
        </section>
      ))}
    </Layout>
  );
}
