import { Layout } from './layout.js';
import { wordOf } from './parts.js';
import type { View } from './view.js';

type Lines = { platform: string; name: string; village: string | null }[];

/** The front page: what this is, and where to go. */
export function HomePage({ view, lines, hasSimulator }: { view: View; lines: Lines; hasSimulator: boolean }) {
  const { t } = view;
  return (
    <Layout view={view} title={t('home.title')}>
      <section class="hero">
        <h1>{t('home.title')}</h1>
        <p class="lead">{t('home.lead')}</p>
        {lines.length > 0 && (
          <>
            <p>{t('home.write_to')}</p>
            <LineList view={view} lines={lines} />
          </>
        )}
      </section>
      <ul class="doors">
        <Door href="/pasar" title={t('nav.market')} text={t('home.market')} />
        <Door href="/lacak" title={t('nav.track')} text={t('home.track')} />
        <Door href="/resmi" title={t('nav.official')} text={t('home.official')} />
        <Door href="/console" title={t('home.console_title')} text={t('home.console')} />
        {hasSimulator && (
          <Door href="/simulator" title={t('home.simulator_title')} text={t('home.simulator')} />
        )}
      </ul>
      <section class="card emergency">
        <h2>{t('home.emergency_title')}</h2>
        <p>{t('home.emergency')}</p>
        <p>
          <a class="button danger" href="tel:112">
            {t('home.emergency_call')}
          </a>
        </p>
      </section>
    </Layout>
  );
}

/** "Is this really us": the only accounts by which the office writes, and the code of the day that its chats tell. */
export function OfficialPage({ view, lines, code }: { view: View; lines: Lines; code: string }) {
  const { t } = view;
  return (
    <Layout view={view} title={t('official.title')}>
      <section class="narrow">
        <h1>{t('official.title')}</h1>
        <p class="lead">{t('official.lead')}</p>
        {lines.length === 0 ? (
          <p class="notice">{t('official.none')}</p>
        ) : (
          <LineList view={view} lines={lines} />
        )}
        <div class="card track">
          <h2>{t('official.code_title')}</h2>
          <p class="code">{code}</p>
          <p>{t('official.code_how')}</p>
        </div>
        <h2>{t('official.never_title')}</h2>
        <ul class="never">
          <li>{t('official.never_nik')}</li>
          <li>{t('official.never_money')}</li>
          <li>{t('official.never_apk')}</li>
          <li>{t('official.never_pin')}</li>
        </ul>
        <h2>{t('official.fake_title')}</h2>
        <p>{t('official.fake')}</p>
        <p>{t('official.doubt')}</p>
      </section>
    </Layout>
  );
}

function LineList({ view, lines }: { view: View; lines: Lines }) {
  return (
    <ul class="line-list">
      {lines.map((line) => (
        <li>
          <strong>{line.name}</strong> <span>{wordOf(view, `platform.${line.platform}`, line.platform)}</span>
          {line.village && <span> · {line.village}</span>}
        </li>
      ))}
    </ul>
  );
}

function Door({ href, title, text }: { href: string; title: string; text: string }) {
  return (
    <li>
      <a href={href}>
        <strong>{title}</strong>
        <span>{text}</span>
      </a>
    </li>
  );
}
