import type { IncidentRow, LineRow } from '../../store/web/lines.js';
import { Layout } from './layout.js';
import { Notice, wordOf } from './parts.js';
import type { View } from './view.js';

/** The lines and what went wrong, with the way to mend it where it is known. */
export function LinesPage(props: {
  view: View;
  lines: LineRow[];
  incidents: IncidentRow[];
  notice: string | undefined;
}) {
  const { view, lines, incidents } = props;
  return (
    <Layout view={view} title={view.t('lines.title')} isConsole>
      <h1>{view.t('lines.title')}</h1>
      <Notice view={view} kind={props.notice} />
      {lines.length === 0 && (
        <div class="empty">
          <p>{view.t('lines.none')}</p>
        </div>
      )}
      <ul class="lines">
        {lines.map((line) => (
          <li class="card">
            <h2>{line.name}</h2>
            <p>
              <span class={`badge l-${line.state}`}>{wordOf(view, `line.${line.state}`, line.state)}</span>{' '}
              {wordOf(view, `platform.${line.platform}`, line.platform)}
              {line.village && ` · ${line.village}`}
            </p>
            {line.reason && <p>{line.reason}</p>}
            <p class="quiet-text">
              {line.lastReceivedAt
                ? view.t('lines.last', { ago: view.format.ago(line.lastReceivedAt, view.now) })
                : view.t('lines.never')}
              {line.waiting > 0 && ` · ${view.t('lines.waiting', { n: line.waiting })}`}
            </p>
          </li>
        ))}
      </ul>
      <h2 id="insiden">{view.t('lines.incidents')}</h2>
      {incidents.length === 0 ? (
        <p>{view.t('lines.no_incidents')}</p>
      ) : (
        <ul class="rows">
          {incidents.map((incident) => (
            <li>
              <p>
                <strong>{wordOf(view, `incident.${incident.kind}`, incident.kind)}</strong>
                {incident.village && ` · ${incident.village}`}
                {incident.lineId && ` · ${incident.lineId}`}
                <br />
                <span class="quiet-text">
                  {view.format.time(incident.openedAt)} · {detailOf(incident)}
                </span>
              </p>
              {incident.mayClose && (
                <form method="post" action={`/console/insiden/${incident.id}/tutup`}>
                  <button class="quiet" type="submit">
                    {view.t('lines.close')}
                  </button>
                </form>
              )}
            </li>
          ))}
        </ul>
      )}
    </Layout>
  );
}

/** What is known of it, as it was written down: 'code K7QF-2M9P-X'. */
function detailOf({ detail }: IncidentRow): string {
  return Object.entries(detail)
    .flatMap(([name, value]) =>
      typeof value === 'string' || typeof value === 'number' ? [`${name.replaceAll('_', ' ')} ${value}`] : [],
    )
    .join(' · ');
}
