import type { ListingCard, ListingToDecide } from '../../store/web/market.js';
import { Layout } from './layout.js';
import { Field, Notice, wordOf } from './parts.js';
import { localPhone, offer } from './market.js';
import type { View } from './view.js';

/** What an officer decides over on the market. */
export function ListingsPage(props: {
  view: View;
  waiting: ListingToDecide[];
  published: ListingCard[];
  notice: string | undefined;
}) {
  const { view, waiting, published } = props;
  return (
    <Layout view={view} title={view.t('listings.title')} isConsole>
      <h1>{view.t('listings.title')}</h1>
      <Notice view={view} kind={props.notice} />
      {waiting.length === 0 ? (
        <div class="empty">
          <p>{view.t('listings.none')}</p>
        </div>
      ) : (
        waiting.map((listing) => <ToDecide view={view} listing={listing} />)
      )}
      <h2>{view.t('listings.published')}</h2>
      {published.length === 0 && <p>{view.t('listings.none_published')}</p>}
      <ul class="rows">
        {published.map((listing) => (
          <li>
            <p>
              <a href={`/pasar/${listing.code}`}>{listing.title}</a> <span class="code">{listing.code}</span>
              <br />
              <span class="quiet-text">
                {offer(view, listing)} · {listing.village}
              </span>
            </p>
            <TakeDown view={view} code={listing.code} />
          </li>
        ))}
      </ul>
    </Layout>
  );
}

function ToDecide({ view, listing }: { view: View; listing: ListingToDecide }) {
  return (
    <article class="card decide">
      <header>
        <h2>{listing.title}</h2>
        <p>
          <span class="code">{listing.code}</span> · {offer(view, listing)} · {listing.village},{' '}
          {listing.district}
        </p>
      </header>
      {listing.photos.length > 0 && (
        <ul class="files">
          {listing.photos.map((id, index) => (
            <li>
              <a href={`/console/berkas/${id}`}>
                <img
                  src={`/console/berkas/${id}`}
                  alt={view.t('market.photo', { n: index + 1, title: listing.title })}
                  loading="lazy"
                  width="240"
                  height="180"
                />
              </a>
            </li>
          ))}
        </ul>
      )}
      {listing.description && <p>{listing.description}</p>}
      <p class="quiet-text">
        {view.t('listings.seller', {
          name: listing.seller ?? '–',
          contact: listing.contact ? localPhone(listing.contact) : '–',
        })}
      </p>
      {listing.flags.length > 0 && (
        <p class={listing.flags.some((flag) => flag !== 'first') ? 'notice bad' : 'notice'}>
          {listing.flags.map((flag) => wordOf(view, `flag.${flag}`, flag)).join(' · ')}
        </p>
      )}
      {listing.reports.length > 0 && (
        <>
          <h3>{view.t('listings.reports', { n: listing.reports.length })}</h3>
          <ul>
            {listing.reports.map((report) => (
              <li>
                {reasonOf(view, report.reason)}{' '}
                <span class="quiet-text">{view.format.time(new Date(report.at), listing.zone)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      <div class="buttons">
        {listing.status === 'waiting' && (
          <>
            <form method="post" action={`/console/lapak/${listing.code}/setujui`}>
              <button type="submit">{view.t('listings.approve')}</button>
            </form>
            <Reason view={view} code={listing.code} act="tolak" label={view.t('listings.refuse')} />
          </>
        )}
        {listing.status === 'published' && <TakeDown view={view} code={listing.code} />}
      </div>
    </article>
  );
}

function TakeDown({ view, code }: { view: View; code: string }) {
  return <Reason view={view} code={code} act="turunkan" label={view.t('listings.take_down')} />;
}

function Reason(props: { view: View; code: string; act: string; label: string }) {
  const { view, code, act, label } = props;
  return (
    <details class="act">
      <summary>{label}</summary>
      <form method="post" action={`/console/lapak/${code}/${act}`}>
        <Field
          id={`reason-${act}-${code}`}
          label={view.t('listings.reason')}
          hint={view.t('listings.reason_hint')}
        >
          <input id={`reason-${act}-${code}`} name="reason" required maxlength={300} />
        </Field>
        <button type="submit" class="danger">
          {label}
        </button>
      </form>
    </details>
  );
}

/** A report from the public page begins with one of its reasons; one from a chat is in the person's own words. */
function reasonOf(view: View, reason: string): string {
  const [first = '', ...more] = reason.split(': ');
  return [wordOf(view, `report.${first}`, first), ...more].join(': ');
}
