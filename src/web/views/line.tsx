import { raw } from 'hono/html';
import { lineKind, shownName } from '../../core/line.js';
import type { LineSeen } from '../../store/web/lines.js';
import type { Key } from '../words.js';
import { wordOf } from './parts.js';
import type { View } from './view.js';

interface LineProps {
  view: View;
  line: LineSeen;
  isKeeper: boolean;
  isSimulated: boolean;
  code: string | undefined;
  variable: string | undefined;
}

/** One line: how it stands and what to do about it. */
export function LineCard(props: LineProps) {
  const { view, line } = props;
  const kind = lineKind(line.id);
  const state = !line.isHeld ? 'unheld' : line.isLinking ? 'linking' : line.state;
  return (
    <li class="card line">
      <h2>{nameOf(line)}</h2>
      <p>
        <span class={`badge l-${BADGE[state] ?? line.state}`}>
          {wordOf(view, `line.${state}`, line.state)}
        </span>{' '}
        {wordOf(view, `kind.${kind}`, kind)}
        {line.stateAt && (
          <span class="quiet-text"> · {view.t('lines.since', { time: view.format.time(line.stateAt) })}</span>
        )}
      </p>
      <Cure view={view} state={state === 'unheld' && props.isSimulated ? 'simulated' : state} kind={kind} />
      {line.isHeld && line.reason && !line.isLinking && (
        <p class="quiet-text">{view.t('lines.reason', { reason: line.reason })}</p>
      )}
      <Linking {...props} />
      <Facts view={view} line={line} />
      {kind === 'whatsapp-web' && <p class="notice risk">{view.t('lines.risk')}</p>}
      {props.isKeeper && <Changes {...props} />}
    </li>
  );
}

/** Colours of states that the line itself does not have. */
const BADGE: { [state: string]: string } = { linking: 'degraded', unheld: 'stopped' };

function nameOf(line: LineSeen): string {
  // Until it has connected once nobody knows its name.
  return line.name === line.id ? line.id.slice(line.id.indexOf(':') + 1) : shownName(line.name);
}

/** What to do, where something is to be done: for this kind of line, or for any. */
function Cure({ view, state, kind }: { view: View; state: string; kind: string }) {
  const words = wordOf(view, `cure.${state}.${kind}`, wordOf(view, `cure.${state}`, ''));
  return words === '' ? null : <p>{words}</p>;
}

/** The QR code with its steps. It is redrawn as WhatsApp gives new ones; a void one is not shown. */
function Linking({ view, line, isKeeper, code }: LineProps) {
  if (!line.isLinking) return null;
  if (!isKeeper) return <p>{view.t('lines.link_by_keeper')}</p>;
  return (
    <div class="linking">
      <ol class="steps">
        <li>{view.t('lines.link_1')}</li>
        <li>{view.t('lines.link_2')}</li>
        <li>{view.t('lines.link_3')}</li>
      </ol>
      {code ? (
        <div class="qr" role="img" aria-label={view.t('lines.qr')}>
          {raw(code)}
        </div>
      ) : (
        <p class="notice">{view.t('lines.qr_waits')}</p>
      )}
    </div>
  );
}

function Facts({ view, line }: { view: View; line: LineSeen }) {
  const ago = (at: Date | null) => (at ? view.format.ago(at, view.now) : view.t('lines.never'));
  const facts: [Key, string][] = [
    ['lines.serves', line.villages.length > 0 ? line.villages.join(', ') : view.t('lines.serves_all')],
    ['lines.last_in', ago(line.lastReceivedAt)],
    ['lines.last_out', ago(line.lastSentAt)],
  ];
  if (line.waiting > 0 && line.waitingSince)
    facts.push([
      'lines.outbox',
      view.t('lines.outbox_since', { n: line.waiting, ago: view.format.ago(line.waitingSince, view.now) }),
    ]);
  if (line.untold > 0) facts.push(['lines.untold', view.t('lines.untold_n', { n: line.untold })]);
  if (line.lastError)
    facts.push([
      'lines.last_error',
      `${line.lastError}${line.lastErrorAt ? ` (${view.format.time(line.lastErrorAt)})` : ''}`,
    ]);
  return (
    <dl class="answers">
      {facts.map(([key, text]) => (
        <div>
          <dt>{view.t(key)}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  );
}

/** What a keeper may do with it; each asks once more on a page of its own. */
function Changes({ view, line, variable }: LineProps) {
  const to = (change: string) => `/console/jalur/${encodeURIComponent(line.id)}/${change}`;
  const kind = lineKind(line.id);
  if (kind === 'simulator') return null;
  const needsLink = kind === 'whatsapp-web' && line.state === 'down';
  const label = (what: Key) => `${view.t(what)}: ${nameOf(line)}`;
  return (
    <>
      <div class="buttons">
        <a
          class={needsLink ? 'button' : 'button quiet'}
          href={to('mulai-ulang')}
          aria-label={label(needsLink ? 'lines.relink' : 'lines.restart')}
        >
          {view.t(needsLink ? 'lines.relink' : 'lines.restart')}
        </a>
        <a class="button quiet" href={to('desa')} aria-label={label('lines.serve')}>
          {view.t('lines.serve')}
        </a>
        {!variable && (
          <a class="button quiet" href={to('hapus')} aria-label={label('lines.remove')}>
            {view.t('lines.remove')}
          </a>
        )}
      </div>
      {variable && <p class="quiet-text">{view.t('lines.of_environment', { variable })}</p>}
    </>
  );
}
