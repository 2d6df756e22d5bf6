import { raw } from 'hono/html';
import type { Child } from 'hono/jsx';
import { PASSWORD_LENGTH } from '../auth/auth.js';
import type { PaceSeen } from '../../core/lookup.js';
import type { Given } from '../form.js';
import type { Key } from '../words.js';
import { Layout } from './layout.js';
import { PaceCard } from './pace.js';
import { Fault, Field, Notice } from './parts.js';
import type { View } from './view.js';

export function SignInPage(props: {
  view: View;
  to?: string;
  username?: string;
  faultKey?: Key;
  notice?: string;
}) {
  const { view } = props;
  return (
    <Door view={view} title="auth.title" lead="auth.lead" faultKey={props.faultKey} notice={props.notice}>
      <form method="post" action="/console/masuk">
        {props.to && <input type="hidden" name="ke" value={props.to} />}
        <Field id="username" label={view.t('auth.username')}>
          <input
            id="username"
            name="username"
            autocomplete="username"
            autocapitalize="none"
            spellcheck={false}
            required
            value={props.username ?? ''}
          />
        </Field>
        <Field id="password" label={view.t('auth.password')}>
          <input id="password" name="password" type="password" autocomplete="current-password" required />
        </Field>
        <button type="submit">{view.t('auth.sign_in')}</button>
      </form>
      <p class="hint">{view.t('auth.forgotten')}</p>
    </Door>
  );
}

export function SecondFactorPage(props: { view: View; to?: string; faultKey?: Key }) {
  const { view } = props;
  return (
    <Door view={view} title="auth.code_title" lead="auth.code_lead" faultKey={props.faultKey}>
      <form method="post" action="/console/masuk/kode">
        {props.to && <input type="hidden" name="ke" value={props.to} />}
        <Field id="code" label={view.t('auth.code')}>
          <input id="code" name="code" autocomplete="one-time-code" required />
        </Field>
        <button type="submit">{view.t('auth.sign_in')}</button>
      </form>
    </Door>
  );
}

export function SetupPage(props: { view: View; faultKey?: Key; given?: Given }) {
  const { view, given = {} } = props;
  return (
    <Door view={view} title="setup.title" lead="setup.lead" faultKey={props.faultKey}>
      <form method="post">
        <Field id="name" label={view.t('setup.name')}>
          <input
            id="name"
            name="name"
            autocomplete="name"
            required
            minlength={2}
            maxlength={80}
            value={given['name'] ?? ''}
          />
        </Field>
        <Field id="username" label={view.t('auth.username')} hint={view.t('auth.username_rule')}>
          <input
            id="username"
            name="username"
            autocomplete="username"
            autocapitalize="none"
            spellcheck={false}
            required
            pattern="[a-zA-Z0-9_.]{3,30}"
            aria-describedby="username-hint"
            value={given['username'] ?? ''}
          />
        </Field>
        <NewPassword view={view} />
        <button type="submit">{view.t('setup.submit')}</button>
      </form>
    </Door>
  );
}

export function PasswordPage(props: { view: View; faultKey?: Key }) {
  const { view } = props;
  return (
    <Door view={view} title="password.title" lead="password.lead" faultKey={props.faultKey}>
      <form method="post">
        <NewPassword view={view} />
        <button type="submit">{view.t('password.submit')}</button>
      </form>
    </Door>
  );
}

/** A page before the console: what it is for, what was wrong, and its form. */
function Door(props: {
  view: View;
  title: Key;
  lead: Key;
  faultKey?: Key | undefined;
  notice?: string | undefined;
  children: Child;
}) {
  const { view } = props;
  return (
    <Layout view={view} title={view.t(props.title)} isConsole>
      <section class="door">
        <h1>{view.t(props.title)}</h1>
        <p>{view.t(props.lead)}</p>
        <Notice view={view} kind={props.notice} />
        <Fault view={view} faultKey={props.faultKey} />
        {props.children}
      </section>
    </Layout>
  );
}

export function AccountPage(props: {
  view: View;
  username: string;
  hasSecondFactor: boolean;
  /** Their roles sign in with one. */
  mustHaveSecondFactor: boolean;
  /** How they are told of their work. */
  pace?: PaceSeen | undefined;
  /** Made anew: shown once. */
  spares?: string[];
  notice?: string;
  faultKey?: Key;
  /** Just begun: shown once. */
  enrolment?: { uri: string; spares: string[]; qr: string };
}) {
  const { view, enrolment } = props;
  const current = (id: string) => (
    <Field id={id} label={view.t('account.current')}>
      <input id={id} name="current" type="password" autocomplete="current-password" required />
    </Field>
  );
  return (
    <Layout view={view} title={view.t('account.title')} isConsole>
      <h1>{view.t('account.title')}</h1>
      <Notice view={view} kind={props.notice} />
      <Fault view={view} faultKey={props.faultKey} />
      <p>
        {view.t('account.who', { name: view.officer?.name ?? '', username: props.username })}
        {' · '}
        <a href={`?lang=${view.language === 'id' ? 'en' : 'id'}`}>{view.t('foot.other_language')}</a>
        {' · '}
        <a href="/console/pin">{view.t('pin.title')}</a>
      </p>
      {props.spares && (
        <section class="card once" role="status">
          <h2>{view.t('account.spares')}</h2>
          <Spares view={view} spares={props.spares} />
        </section>
      )}
      {enrolment ? (
        <section class="card">
          <h2>{view.t('account.enrol_title')}</h2>
          <p>{view.t('account.enrol_lead')}</p>
          <figure class="qr" aria-label={view.t('account.enrol_qr')}>
            {raw(enrolment.qr)}
          </figure>
          <p class="secret">{secretOf(enrolment.uri)}</p>
          <p>
            <a href={enrolment.uri}>{view.t('account.enrol_open')}</a>
          </p>
          <h3>{view.t('account.spares')}</h3>
          <Spares view={view} spares={enrolment.spares} />
          <form method="post" action="/console/akun/kode/pasang">
            <Field id="code" label={view.t('auth.code')}>
              <input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" required />
            </Field>
            <button type="submit">{view.t('account.enrol_submit')}</button>
          </form>
        </section>
      ) : (
        <div class="two">
          {props.pace && <PaceCard view={view} pace={props.pace} />}
          <section class="card">
            <h2>{view.t('account.password_title')}</h2>
            <form method="post" action="/console/akun/kata-sandi">
              {current('current')}
              <NewPassword view={view} />
              <button type="submit">{view.t('password.submit')}</button>
            </form>
          </section>
          <section class="card">
            <h2>{view.t('account.code_title')}</h2>
            <p>{view.t(props.hasSecondFactor ? 'account.code_is_on' : 'account.code_is_off')}</p>
            {props.hasSecondFactor && props.mustHaveSecondFactor ? (
              <p class="hint">{view.t('account.code_must')}</p>
            ) : (
              <form
                method="post"
                action={props.hasSecondFactor ? '/console/akun/kode/lepas' : '/console/akun/kode'}
              >
                {current('current-code')}
                <button type="submit" class={props.hasSecondFactor ? 'quiet' : ''}>
                  {view.t(props.hasSecondFactor ? 'account.code_off' : 'account.code_on')}
                </button>
              </form>
            )}
            {props.hasSecondFactor && (
              <details class="act">
                <summary>{view.t('account.spares_new')}</summary>
                <p class="hint">{view.t('account.spares_new_lead')}</p>
                <form method="post" action="/console/akun/kode/cadangan">
                  {current('current-spares')}
                  <button type="submit" class="quiet">
                    {view.t('account.spares_new')}
                  </button>
                </form>
              </details>
            )}
          </section>
        </div>
      )}
    </Layout>
  );
}

function Spares({ view, spares }: { view: View; spares: string[] }) {
  return (
    <>
      <p>{view.t('account.spares_lead')}</p>
      <ul class="spares">
        {spares.map((spare) => (
          <li>{spare}</li>
        ))}
      </ul>
    </>
  );
}

function NewPassword({ view }: { view: View }) {
  return (
    <>
      <Field
        id="password"
        label={view.t('password.new')}
        hint={view.t('password.rule', { least: PASSWORD_LENGTH })}
      >
        <input
          id="password"
          name="password"
          type="password"
          autocomplete="new-password"
          required
          minlength={PASSWORD_LENGTH}
          maxlength={128}
          aria-describedby="password-hint"
        />
      </Field>
      <Field id="again" label={view.t('password.again')}>
        <input
          id="again"
          name="again"
          type="password"
          autocomplete="new-password"
          required
          minlength={PASSWORD_LENGTH}
          maxlength={128}
        />
      </Field>
    </>
  );
}

/** The key of an otpauth: link, in groups that can be typed. */
function secretOf(uri: string): string {
  return (new URL(uri).searchParams.get('secret') ?? '').replace(/(.{4})(?=.)/gu, '$1 ');
}
