import type { EscalatedCase } from '../../store/web/figures.js';
import type { Service } from '../../core/service.js';
import { Layout } from './layout.js';
import { Due, StatusBadge, Time } from './parts.js';
import type { View } from './view.js';

/** What the villages handed up to the kecamatan: which, since when, how late. Nobody's name, and nothing confidential. */
export function EscalatedPage(props: {
  view: View;
  cases: EscalatedCase[];
  services: { [id: string]: Service };
}) {
  const { view, cases } = props;
  const { t } = view;
  return (
    <Layout view={view} title={t('escalated.title')} isConsole>
      <p class="back">
        <a href="/console/kabupaten">{t('escalated.back')}</a>
      </p>
      <h1>{t('escalated.title')}</h1>
      <p>{t('escalated.lead')}</p>
      {cases.length === 0 && (
        <div class="empty">
          <p>{t('escalated.none')}</p>
        </div>
      )}
      <ul>
        {cases.map((one) => (
          <li class={one.closedAt === null && one.dueAt && one.dueAt < view.now ? 'case late' : 'case'}>
            <p class="case-what">{props.services[one.service]?.title ?? one.service}</p>
            <p class="case-who">
              <span class="code">{one.code}</span> · {one.village}
            </p>
            <p class="case-when">
              <StatusBadge view={view} status={one.status} />
              <Due view={view} at={one.dueAt} zone={one.zone} isClosed={one.closedAt !== null} />
              <span class="quiet-text">
                {t('escalated.since')} <Time view={view} at={one.escalatedAt} zone={one.zone} />
              </span>
            </p>
          </li>
        ))}
      </ul>
    </Layout>
  );
}
