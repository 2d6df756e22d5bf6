import { raw } from 'hono/html';
import type { Child } from 'hono/jsx';
import { assetPath } from '../assets.js';
import { Menu } from './menu.js';
import type { View } from './view.js';

const AT_ONCE: ReadonlySet<string> = new Set(['htmx.js', 'hx-sse.js']);

/** The frame of every page: head, band, words of the page, foot. */
export function Layout(props: {
  view: View;
  title: string;
  /** Of the console: its navigation, htmx and live parts. */
  isConsole?: boolean;
  /** Scripts beyond the console's own. */
  scripts?: ('verify.js' | 'simulator.js' | 'htmx.js' | 'hx-sse.js')[];
  /** A board, or a case: as wide as there is room. */
  isBroad?: boolean;
  /** The simulator fills the window. */
  wide?: boolean;
  children: Child;
}) {
  const { view, title } = props;
  const scripts = [
    ...(props.isConsole && view.officer ? (['htmx.js', 'hx-sse.js', 'console.js'] as const) : []),
    ...(props.scripts ?? []),
  ];
  return (
    <>
      {raw('<!doctype html>')}
      <html lang={view.language}>
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>{`${title} · Kentongan`}</title>
          <link rel="icon" href={assetPath('icon.svg')} type="image/svg+xml" />
          <link rel="stylesheet" href={assetPath('style.css')} />
          {props.isConsole && <link rel="stylesheet" href={assetPath('desk.css')} />}
          <meta name="theme-color" content="#17483c" />
          {scripts.length > 0 && (
            <meta name="htmx-config" content='{"includeIndicatorCSS": false, "history": false}' />
          )}
          {scripts.map((script) => (
            // htmx itself is not deferred: a deferred one reads the page before its extension has come, and a live
            // part then stays dead.
            <script src={assetPath(script)} defer={!AT_ONCE.has(script)}></script>
          ))}
        </head>
        <body class={props.wide ? 'wide' : props.isBroad ? 'broad' : ''}>
          <a class="skip" href="#isi">
            {view.t('nav.skip')}
          </a>
          <Band view={view} isConsole={props.isConsole ?? false} />
          <main id="isi" tabindex={-1}>
            {props.isConsole && <AccountNotices view={view} />}
            {props.children}
          </main>
          {!props.wide && <Foot view={view} hasKeys={(props.isConsole ?? false) && view.officer !== null} />}
          {props.isConsole && view.officer && <Keys view={view} />}
        </body>
      </html>
    </>
  );
}

function Band({ view, isConsole }: { view: View; isConsole: boolean }) {
  const links = publicLinks(view);
  return (
    <header class="band">
      <div class="band-in">
        <a class="mark" href={isConsole ? '/console' : '/'}>
          <img src={assetPath('icon.svg')} alt="" width="32" height="32" />
          <span>Kentongan</span>
        </a>
        {isConsole ? (
          <Menu view={view} />
        ) : (
          <nav aria-label={view.t('nav.label')}>
            {links.map(({ href, text, here }) => (
              <a href={href} aria-current={here ? 'page' : undefined}>
                {text}
              </a>
            ))}
          </nav>
        )}
        {isConsole && view.officer && (
          <div class="me">
            <a href="/console/akun">{view.officer.name}</a>
            <form method="post" action="/console/keluar">
              <button class="quiet" type="submit">
                {view.t('auth.sign_out')}
              </button>
            </form>
          </div>
        )}
      </div>
    </header>
  );
}

/** What is to be done about the account of whoever is signed in, until it is. */
function AccountNotices({ view }: { view: View }) {
  const { account, t } = view;
  if (!account) return null;
  const due = account.codeDue;
  return (
    <>
      {account.isUnconfirmed && <p class="notice risk">{t('account.unconfirmed')}</p>}
      {due && (
        <p class="notice risk">
          {due <= view.now
            ? t('account.code_overdue')
            : t('account.code_wanted', { time: view.format.time(due) })}{' '}
          {view.path !== '/console/akun' && <a href="/console/akun">{t('account.to_code')}</a>}
        </p>
      )}
    </>
  );
}

function publicLinks({ t, path }: View) {
  return [
    { href: '/pasar', text: t('nav.market'), here: path.startsWith('/pasar') },
    { href: '/lacak', text: t('nav.track'), here: path.startsWith('/lacak') },
    { href: '/resmi', text: t('nav.official'), here: path.startsWith('/resmi') },
  ];
}

function Foot({ view, hasKeys }: { view: View; hasKeys: boolean }) {
  const other = view.language === 'id' ? 'en' : 'id';
  return (
    <footer class="foot">
      <p>{view.t('foot.free')}</p>
      <p>
        <a href={`?lang=${other}`} lang={other} hreflang={other}>
          {view.t('foot.other_language')}
        </a>
      </p>
      {hasKeys && (
        <p class="scripted-only">
          <button type="button" class="quiet" data-keys>
            {view.t('nav.keys')} <kbd>?</kbd>
          </button>
        </p>
      )}
    </footer>
  );
}

/** The keys that do what the pages' buttons do, told in a window of its own; they can be switched off there. */
function Keys({ view }: { view: View }) {
  const rows = [
    ['j k', 'keys.next'],
    ['Enter', 'keys.open'],
    ['x', 'keys.tick'],
    ['t', 'keys.take'],
    ['v', 'keys.step'],
    ['m', 'keys.missing'],
    ['u', 'keys.undo'],
    ['b', 'keys.back'],
    ['/', 'keys.search'],
    ['?', 'keys.help'],
  ] as const;
  return (
    <dialog id="tombol" aria-labelledby="tombol-judul">
      <h2 id="tombol-judul">{view.t('keys.title')}</h2>
      <dl class="keys">
        {rows.map(([key, text]) => (
          <div>
            <dt>
              {key.split(' ').map((one) => (
                <kbd>{one}</kbd>
              ))}
            </dt>
            <dd>{view.t(text)}</dd>
          </div>
        ))}
      </dl>
      <p class="check">
        <input id="tombol-aktif" type="checkbox" checked />
        <label for="tombol-aktif">{view.t('keys.on')}</label>
      </p>
      <form method="dialog">
        <button type="submit">{view.t('keys.close')}</button>
      </form>
    </dialog>
  );
}
