import { shownName } from '../../core/line.js';
import type { IncidentRow, LineSeen } from '../../store/web/lines.js';
import { Layout } from './layout.js';
import { LineCard } from './line.js';
import { Notice, wordOf } from './parts.js';
import type { View } from './view.js';

export interface LinesProps {
  view: View;
  lines: LineSeen[];
  incidents: IncidentRow[];
  /** Whether lines may be added, restarted, linked and removed here. */
  isKeeper: boolean;
  /** QR codes as SVG, by line, of accounts that wait to be linked: for keepers alone. */
  codes: ReadonlyMap<string, string>;
  /** The simulator is on: a real line starts at the next start, which ends it. */
  isSimulated: boolean;
  /** Lines that the environment names, with the variable. */
  environment: ReadonlyMap<string, string>;
}

/** The lines and what went wrong, with the way to mend it where it is known; live. */
export function LinesPage(props: LinesProps & { notice: string | undefined }) {
  const { view, isKeeper } = props;
  return (
    <Layout view={view} title={view.t('lines.title')} isConsole>
      <h1>{view.t('lines.title')}</h1>
      <Notice view={view} kind={props.notice} />
      {isKeeper && (
        <p>
          <a class="button quiet" href="/console/jalur/tambah">
            {view.t('lines.add')}
          </a>
        </p>
      )}
      <div id="jalur" hx-sse:connect="/console/jalur/live" hx-swap="innerHTML" hx-target="this">
        <LinesPart {...props} />
      </div>
    </Layout>
  );
}

/** The part that changes by itself. */
export function LinesPart(props: LinesProps) {
  const { view, lines, incidents } = props;
  return (
    <>
      {lines.length === 0 && (
        <div class="empty">
          <p>{view.t('lines.none')}</p>
        </div>
      )}
      <ul class="lines">
        {lines.map((line) => (
          <LineCard
            view={view}
            line={line}
            isKeeper={props.isKeeper}
            isSimulated={props.isSimulated}
            code={props.codes.get(line.id)}
            variable={props.environment.get(line.id)}
          />
        ))}
      </ul>
      <h2 id="insiden">{view.t('lines.incidents')}</h2>
      {incidents.length === 0 ? (
        <p>{view.t('lines.no_incidents')}</p>
      ) : (
        <ul class="rows">
          {incidents.map((incident) => (
            <Incident view={view} incident={incident} />
          ))}
        </ul>
      )}
    </>
  );
}

function Incident({ view, incident }: { view: View; incident: IncidentRow }) {
  return (
    <li>
      <p>
        <strong>{wordOf(view, `incident.${incident.kind}`, incident.kind)}</strong>
        {incident.village && ` · ${incident.village}`}
        {incident.line && ` · ${shownName(incident.line)}`}
        <br />
        <span class="quiet-text">
          {view.format.time(incident.openedAt)} · {detailOf(view, incident)}
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
  );
}

/** What is known of it, as it was written down ('code K7QF-2M9P-X'); of a gap, from when to when. */
function detailOf(view: View, { kind, detail }: IncidentRow): string {
  const [from, to] = [detail['from'], detail['to']];
  if (kind === 'possible_gap' && typeof from === 'string' && typeof to === 'string')
    return view.t('incident.gap_detail', {
      from: view.format.time(new Date(from)),
      to: view.format.time(new Date(to)),
    });
  return Object.entries(detail)
    .flatMap(([name, value]) =>
      name !== 'line' && (typeof value === 'string' || typeof value === 'number') && value !== ''
        ? [`${name.replaceAll('_', ' ')} ${value}`]
        : [],
    )
    .join(' · ');
}
