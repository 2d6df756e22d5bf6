import type { CompiledFlow, Flows } from '../../flow/compiled.js';
import type { Publication } from '../../store/publications.js';
import type { FlowDesk } from '../deps.js';
import { Layout } from './layout.js';
import { Notice, Time, wordOf } from './parts.js';
import type { View } from './view.js';

interface FlowsProps {
  view: View;
  flows: Flows;
  state: ReturnType<FlowDesk['state']>;
  publications: Publication[];
  mayRollBack: boolean;
  mayPropose: boolean;
  notice: string | undefined;
}

/** All flows by area, what was published over them, and what waits for a second person. */
export function FlowsPage(props: FlowsProps) {
  const { view, flows, state } = props;
  const areas = byArea([...flows.byId.values()]);
  return (
    <Layout view={view} title={view.t('flows.title')} isConsole>
      <h1>{view.t('flows.title')}</h1>
      <Notice view={view} kind={props.notice} />
      <p>{view.t('flows.lead', { flows: flows.byId.size, languages: flows.languages.join(', ') })}</p>
      {props.mayPropose && (
        <p>
          <a class="button quiet" href="/console/alur/kata">
            {view.t('flows.words_title')}
          </a>
        </p>
      )}
      <FlowFaults view={view} faults={state.faults} titleKey="flows.not_in_use" />
      {state.overtaken.length > 0 && (
        <p class="notice bad">{view.t('flows.overtaken', { files: state.overtaken.join(', ') })}</p>
      )}
      <Publications {...props} />
      {areas.map(([area, own]) => (
        <details class="area" open={area === 'services'}>
          <summary>
            <h2>{wordOf(view, `flows.area.${area}`, area)}</h2> <span class="quiet-text">{own.length}</span>
          </summary>
          <ul class="rows">
            {own.map((flow) => (
              <li>
                <a href={`/console/alur/${flow.id}`}>{titleOf(flow, view.language)}</a>
                <span class="quiet-text">
                  {' '}
                  {view.t('flows.steps', { n: flow.steps.length })}
                  {flow.intent && ` · ${flow.intent}`}
                </span>
              </li>
            ))}
          </ul>
        </details>
      ))}
    </Layout>
  );
}

function Publications({ view, publications, state, mayRollBack }: FlowsProps) {
  return (
    <section aria-labelledby="terbitan">
      <h2 id="terbitan">{view.t('flows.publications')}</h2>
      {publications.length === 0 ? (
        <p>{view.t('flows.as_shipped')}</p>
      ) : (
        <ul class="rows">
          {publications.map((one) => (
            <li>
              <a href={`/console/alur/terbitan/${one.id}`}>{one.note}</a>{' '}
              <span class={`badge p-${one.id === state.publication ? 'active' : one.state}`}>
                {view.t(one.id === state.publication ? 'flows.state.active' : `flows.state.${one.state}`)}
              </span>
              <br />
              <span class="quiet-text">
                {one.proposer}, <Time view={view} at={one.decidedAt ?? one.proposedAt} />
              </span>
              {mayRollBack && one.state === 'published' && one.id !== state.publication && (
                <RollBack view={view} to={one.id} label={view.t('flows.back_to_this')} />
              )}
            </li>
          ))}
        </ul>
      )}
      {mayRollBack && state.publication !== null && (
        <RollBack view={view} to="asli" label={view.t('flows.back_to_shipped')} />
      )}
    </section>
  );
}

function RollBack({ to, label }: { view: View; to: string; label: string }) {
  return (
    <form method="post" action="/console/alur/terbitan/kembali" class="inline">
      <input type="hidden" name="ke" value={to} />
      <button class="quiet" type="submit">
        {label}
      </button>
    </form>
  );
}

/** Faults of flow files, each with its cure. */
export function FlowFaults(props: {
  view: View;
  faults: readonly { file: string; line: number; what: string; cure: string }[];
  titleKey: 'flows.not_in_use' | 'flows.faults';
}) {
  const { view, faults } = props;
  if (faults.length === 0) return null;
  return (
    <div class="notice bad" role="alert">
      <p>{view.t(props.titleKey, { n: faults.length })}</p>
      <ul>
        {faults.slice(0, MOST_FAULTS).map(({ file, line, what, cure }) => (
          <li>
            <code>
              {file}:{line}
            </code>{' '}
            <span lang="en">
              {what} — {cure}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

const MOST_FAULTS = 20;

export function titleOf(flow: CompiledFlow, language: string): string {
  return (flow.title[language] ?? Object.values(flow.title)[0]!).source;
}

/** By the folder their files lie in: services first, what officers see last. */
function byArea(flows: CompiledFlow[]): [area: string, flows: CompiledFlow[]][] {
  const areas = new Map<string, CompiledFlow[]>();
  for (const flow of flows) {
    const area = flow.file.split('/').at(-2) ?? '';
    areas.set(area, [...(areas.get(area) ?? []), flow]);
  }
  return [...areas].sort(([a], [b]) => placeOf(a) - placeOf(b) || a.localeCompare(b));
}

const ORDER = ['services', 'health', 'aid', 'education', 'complaints', 'market', 'system', 'officer'];

function placeOf(area: string): number {
  const place = ORDER.indexOf(area);
  return place < 0 ? ORDER.length : place;
}
