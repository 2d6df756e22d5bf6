import type { EffectResults } from '../../core/effect.js';
import type { PinState } from '../../store/officerPins.js';
import type { LetterToSign } from '../../store/web/signing.js';
import type { Key } from '../words.js';
import { Layout } from './layout.js';
import { Due, Fault, Field, Notice, Time, wordOf } from './parts.js';
import type { View } from './view.js';

/** An officer's own PIN: whether there is one, and the form that sets it. */
export function PinPage(props: {
  view: View;
  state: PinState;
  notice: string | undefined;
  faultKey: Key | undefined;
}) {
  const { view, state } = props;
  return (
    <Layout view={view} title={view.t('pin.title')} isConsole>
      <section class="door">
        <h1>{view.t('pin.title')}</h1>
        <Notice view={view} kind={props.notice} />
        <Fault view={view} faultKey={props.faultKey} />
        <p>{view.t('pin.lead')}</p>
        <p>
          {state.changedAt ? (
            <>
              {view.t('pin.since')} <Time view={view} at={state.changedAt} />
            </>
          ) : (
            view.t('pin.none')
          )}
        </p>
        {state.lockedUntil && (
          <p class="notice bad" role="status">
            {view.t('pin.locked_until')} <Time view={view} at={state.lockedUntil} />
          </p>
        )}
        <form method="post" action="/console/pin">
          <Field id="current" label={view.t('account.current')}>
            <input id="current" name="current" type="password" autocomplete="current-password" required />
          </Field>
          <PinField view={view} id="pin" label="pin.new" hint="pin.rule" />
          <PinField view={view} id="again" label="pin.again" />
          <button type="submit">{view.t(state.isSet ? 'pin.change' : 'pin.make')}</button>
        </form>
        <p class="hint">{view.t('pin.never')}</p>
      </section>
    </Layout>
  );
}

export interface SignProps {
  view: View;
  letters: LetterToSign[];
  /** How the village of the first one signs. */
  way: 'wet' | 'electronic' | null;
  pin: PinState;
  /** What came of the batch that was signed just now. */
  result?: EffectResults['sign_cases'];
  faultKey?: Key;
  /** Tries that are left after a wrong PIN. */
  tries?: number;
}

/** Letters that wait for a signature, each ticked, and the PIN under them. */
export function SignPage(props: SignProps) {
  const { view, letters, pin, result } = props;
  return (
    <Layout view={view} title={view.t('sign.title')} isConsole>
      <section class="door">
        <h1>{view.t('sign.title')}</h1>
        {result && <SignResult view={view} result={result} />}
        {props.faultKey && (
          <p class="notice bad" role="alert">
            {view.t(props.faultKey, { count: props.tries ?? 0 })}
          </p>
        )}
        {props.way === 'wet' ? (
          <p>
            {view.t('sign.on_paper')} <a href="/console/cetak">{view.t('sign.to_pile')}</a>
          </p>
        ) : letters.length === 0 ? (
          <p>
            {view.t('sign.nothing')} <a href="/console">{view.t('sign.to_work')}</a>
          </p>
        ) : !pin.isSet ? (
          <p>
            {view.t('sign.no_pin')} <a href="/console/pin">{view.t('sign.make_pin')}</a>
          </p>
        ) : (
          <form method="post">
            <fieldset class="choices">
              <legend>{view.t('sign.waiting', { count: letters.length })}</legend>
              {letters.map((letter) => (
                <label class="check">
                  <input type="checkbox" name="code" value={letter.code} checked />{' '}
                  <span>
                    <a href={`/console/kasus/${letter.code}`}>{letter.code}</a>
                    {` · ${letter.title}`}
                    {letter.resident && ` · ${letter.resident}`}{' '}
                    <Due view={view} at={letter.dueAt} zone="Asia/Jakarta" isClosed={false} />
                  </span>
                </label>
              ))}
            </fieldset>
            <PinField view={view} id="pin" label="sign.pin" />
            <button type="submit">{view.t('sign.submit')}</button>
            <p class="hint">{view.t('pin.never')}</p>
          </form>
        )}
      </section>
    </Layout>
  );
}

function SignResult({ view, result }: { view: View; result: EffectResults['sign_cases'] }) {
  return (
    <div class={result.count > 0 ? 'notice' : 'notice bad'} role="status">
      <p>{view.t(result.count > 0 ? 'sign.done' : 'sign.none_done', { count: result.count })}</p>
      {result.left.length > 0 && (
        <ul>
          {result.left.map(({ code, reason, missing, by }) => (
            <li>
              <a href={`/console/kasus/${code}`}>{code}</a>
              {': '}
              {missing
                ? view.t('sign.lacks', { fields: missing.join(', ') })
                : by
                  ? view.t('sign.left.by', { name: by })
                  : wordOf(view, `sign.left.${reason}`, view.t('sign.left.other'))}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** Six digits, hidden as they are entered, and kept by no browser. */
function PinField(props: { view: View; id: string; label: Key; hint?: Key }) {
  const { view, id } = props;
  return (
    <Field id={id} label={view.t(props.label)} {...(props.hint ? { hint: view.t(props.hint) } : {})}>
      <input
        id={id}
        name={id}
        type="password"
        inputmode="numeric"
        autocomplete="off"
        pattern="[0-9]{6}"
        minlength={6}
        maxlength={6}
        required
        aria-describedby={props.hint ? `${id}-hint` : undefined}
      />
    </Field>
  );
}
