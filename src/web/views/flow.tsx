import type { Played, PlaySettings } from '../../core/flowDesk.js';
import type { CompiledFlow } from '../../flow/compiled.js';
import { HEAD, LINE, type DrawnEdge, type DrawnNode, type Drawing } from '../flowDrawing.js';
import { titleOf } from './flows.js';
import { Layout } from './layout.js';
import { wordOf } from './parts.js';
import type { View } from './view.js';

interface PlayProps {
  view: View;
  flow: CompiledFlow;
  languages: readonly string[];
  drawing: Drawing;
  play: { settings: PlaySettings; said: readonly string[]; played: Played };
}

/** A flow: drawn, and played beside its drawing. */
export function FlowPage(props: PlayProps & { mayPropose: boolean }) {
  const { view, flow, drawing } = props;
  const title = titleOf(flow, view.language);
  return (
    <Layout view={view} title={title} isConsole>
      <p class="back">
        <a href="/console/alur">{view.t('flows.title')}</a>
      </p>
      <h1>{title}</h1>
      <p class="quiet-text">
        <code>{flow.file}</code> · {view.t('flows.version', { hash: flow.hash })}
        {flow.intent && ` · ${flow.intent}`}
      </p>
      {flow.understands.length > 0 && (
        <p class="quiet-text">
          {view.t('flows.understands', { phrases: flow.understands.slice(0, 8).join(', ') })}
        </p>
      )}
      {props.mayPropose && (
        <p>
          <a class="button quiet" href={`/console/alur/${flow.id}/ubah`}>
            {view.t('flows.edit')}
          </a>
        </p>
      )}
      <div id="main">
        <Play {...props} />
      </div>
      <details class="steps-list">
        <summary>{view.t('flows.as_list')}</summary>
        <ol>
          {drawing.nodes
            .filter(({ type }) => type !== 'flow')
            .map((node) => (
              <li>
                <strong>{node.name || view.t('flows.over')}</strong>{' '}
                <span class="quiet-text">{kindOf(view, node)}</span>
                {node.condition && <code> {node.condition}</code>}
                {node.text && <p class="plain-text">{node.text}</p>}
              </li>
            ))}
        </ol>
      </details>
    </Layout>
  );
}

/** The drawing with where the conversation stands, and the conversation. */
export function Play(props: PlayProps) {
  const { view, flow, drawing } = props;
  const { settings, said, played } = props.play;
  return (
    <div class="flow-split">
      <section class="drawing" aria-label={view.t('flows.drawing')} tabindex={0}>
        <Picture view={view} flow={flow} drawing={drawing} played={played} />
      </section>
      <section class="playing" aria-label={view.t('flows.play')}>
        <h2>{view.t('flows.play')}</h2>
        <p class="hint">{view.t('flows.play_hint')}</p>
        <div class="play-chat" tabindex={0} role="log" aria-label={view.t('flows.play_log')}>
          {played.lines.map((line) =>
            line.who === 'act' ? (
              <p class="act">
                <code>{line.text}</code>
              </p>
            ) : (
              <div class={line.who === 'person' ? 'bubble mine' : 'bubble'}>
                <p class="text">{line.text}</p>
                {line.buttons.length > 0 && (
                  <p class="labels">
                    {line.buttons.map((label) => (
                      <span>{label}</span>
                    ))}
                  </p>
                )}
              </div>
            ),
          )}
          {played.here === null && said.length > 0 && <p class="quiet-text">{view.t('flows.ended')}</p>}
        </div>
        {played.fault && (
          <p class="notice bad" role="alert" lang="en">
            {played.fault}
          </p>
        )}
        <form
          method="post"
          action={`/console/alur/${flow.id}/main`}
          hx-post={`/console/alur/${flow.id}/main`}
          hx-target="#main"
          hx-swap="innerHTML"
        >
          {said.map((line) => (
            <input type="hidden" name="sudah" value={line} />
          ))}
          <Buttons view={view} played={played} />
          <label for="kata">{view.t('flows.say')}</label>
          <div class="say">
            <input id="kata" name="kata" autocomplete="off" maxlength={500} />
            <button type="submit">{view.t('flows.send')}</button>
          </div>
          <div class="play-settings">
            <label for="saluran">{view.t('flows.channel')}</label>
            <select id="saluran" name="saluran">
              {(['telegram', 'whatsapp'] as const).map((channel) => (
                <option value={channel} selected={channel === settings.channel}>
                  {channel === 'telegram' ? 'Telegram' : 'WhatsApp'}
                </option>
              ))}
            </select>
            <label for="bahasa">{view.t('flows.language')}</label>
            <select id="bahasa" name="bahasa">
              {props.languages.map((language) => (
                <option value={language} selected={language === settings.language}>
                  {wordOf(view, `language.${language}`, language)}
                </option>
              ))}
            </select>
            <a href={`/console/alur/${flow.id}`}>{view.t('flows.again')}</a>
          </div>
        </form>
      </section>
    </div>
  );
}

/** The buttons of the last message, as taps. */
function Buttons({ played }: { view: View; played: Played }) {
  const last = played.lines.findLast(({ who }) => who === 'bot');
  if (!last || last.buttons.length === 0) return null;
  return (
    <p class="taps">
      {last.buttons.map((label) => (
        <button class="quiet" type="submit" name="ketuk" value={label}>
          {label}
        </button>
      ))}
    </p>
  );
}

function Picture({
  view,
  flow,
  drawing,
  played,
}: {
  view: View;
  flow: CompiledFlow;
  drawing: Drawing;
  played: Played;
}) {
  const visited = new Set(played.visited);
  const classOf = (node: DrawnNode) => {
    const key = `${flow.id}.${node.name}`;
    const where = played.here === key ? ' here' : visited.has(key) ? ' visited' : '';
    return `node n-${node.type}${where}`;
  };
  return (
    <svg
      role="img"
      aria-label={view.t('flows.drawing_of', { title: titleOf(flow, view.language), n: flow.steps.length })}
      viewBox={`0 0 ${drawing.width} ${drawing.height}`}
      width={drawing.width}
      height={drawing.height}
    >
      <defs>
        <marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
          <path d="M0 0 8 4 0 8z" class="tip" />
        </marker>
      </defs>
      {drawing.edges.map((edge) => (
        <path class="edge" d={pathOf(edge)} marker-end="url(#tip)" />
      ))}
      {drawing.nodes.map((node) => (
        <g class={classOf(node)} transform={`translate(${round(node.x)} ${round(node.y)})`}>
          <title>{[node.condition, node.text].filter(Boolean).join('\n') || node.name}</title>
          <rect width={node.width} height={node.height} rx="8" />
          <text class="name" x="10" y="16">
            {kindOf(view, node)}
            {node.name && `: ${shortened(node.name, node.width)}`}
          </text>
          {node.lines.map((line, i) => (
            <text x="10" y={HEAD + 10 + i * LINE}>
              {line}
            </text>
          ))}
        </g>
      ))}
      {drawing.edges.map(
        ({ label }) =>
          label && (
            <g class="edge-label">
              <title>{label.whole}</title>
              <text x={round(label.x)} y={round(label.y) + 4} text-anchor="middle">
                {label.text}
              </text>
            </g>
          ),
      )}
    </svg>
  );
}

function kindOf(view: View, node: { type: string }): string {
  return wordOf(view, `flows.kind.${node.type}`, node.type);
}

function shortened(name: string, width: number): string {
  const letters = Math.floor((width - 80) / 7);
  return name.length <= letters ? name : `${name.slice(0, letters - 1)}…`;
}

function pathOf({ points }: DrawnEdge): string {
  return points.map(({ x, y }, i) => `${i === 0 ? 'M' : 'L'}${round(x)} ${round(y)}`).join('');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
