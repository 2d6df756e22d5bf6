import type { ListingCard, ListingPageRow } from '../../store/web/market.js';
import { Layout } from './layout.js';
import { Field, Notice, Pager, wordOf } from './parts.js';
import type { View } from './view.js';

/** The market as anybody reads it: plain, fast, without a script. */
export function MarketPage(props: {
  view: View;
  search: string;
  listings: ListingCard[];
  page: number;
  hasMore: boolean;
}) {
  const { view, search, listings } = props;
  return (
    <Layout view={view} title={view.t('market.title')}>
      <h1>{view.t('market.title')}</h1>
      <p class="lead">{view.t('market.lead')}</p>
      <form method="get" action="/pasar" role="search" class="search">
        <label for="cari">{view.t('market.search_label')}</label>
        <div class="search-row">
          <input
            id="cari"
            name="cari"
            type="search"
            value={search}
            placeholder={view.t('market.search_hint')}
            maxlength={80}
          />
          <button type="submit">{view.t('market.search')}</button>
        </div>
      </form>
      {search && <p role="status">{view.t('market.found', { n: listings.length, search })}</p>}
      {listings.length === 0 ? (
        <div class="empty">
          <p>{view.t(search ? 'market.none_found' : 'market.none')}</p>
        </div>
      ) : (
        <ul class="stalls">
          {listings.map((listing) => (
            <li class="stall">
              <a href={`/pasar/${listing.code}`}>
                {listing.photo ? (
                  <img src={`/pasar/foto/${listing.photo}`} alt="" loading="lazy" width="320" height="240" />
                ) : (
                  <span class="no-photo" aria-hidden="true" />
                )}
                <span class="stall-title">{listing.title}</span>
              </a>
              <span class="price">{offer(view, listing)}</span>
              <span class="quiet-text">
                {listing.village}, {listing.district}
              </span>
            </li>
          ))}
        </ul>
      )}
      <Pager
        view={view}
        page={props.page}
        hasMore={props.hasMore}
        href={(page) =>
          `/pasar?${new URLSearchParams({ ...(search && { cari: search }), halaman: String(page) }).toString()}`
        }
      />
    </Layout>
  );
}

/** Reasons of a report; the words are `report.<reason>`. */
export const REPORT_REASONS = ['not_there', 'wrong_price', 'fraud', 'forbidden', 'other'] as const;

export function ListingPage(props: { view: View; listing: ListingPageRow; notice: string | undefined }) {
  const { view, listing } = props;
  return (
    <Layout view={view} title={listing.title}>
      <p class="back">
        <a href="/pasar">{view.t('market.back')}</a>
      </p>
      <Notice view={view} kind={props.notice} />
      <article class="listing">
        <div class="listing-photos">
          {listing.photos.map((id, index) => (
            <a href={`/pasar/foto/${id}`}>
              <img
                src={`/pasar/foto/${id}`}
                alt={view.t('market.photo', { n: index + 1, title: listing.title })}
                loading={index === 0 ? 'eager' : 'lazy'}
                width="640"
                height="480"
              />
            </a>
          ))}
          {listing.photos.length === 0 && <span class="no-photo" aria-hidden="true" />}
        </div>
        <div class="listing-words">
          <h1>{listing.title}</h1>
          <p class="price big">{offer(view, listing)}</p>
          {listing.status === 'sold' && <p class="notice">{view.t('market.sold')}</p>}
          <dl class="answers">
            <Line label={view.t('market.quantity')} text={amount(view, listing)} />
            <Line
              label={view.t('market.category')}
              text={wordOf(view, `category.${listing.category}`, listing.category)}
            />
            <Line label={view.t('market.place')} text={placeOf(listing)} />
            <Line label={view.t('market.seller')} text={listing.seller} />
            <Line
              label={view.t('market.since')}
              text={listing.publishedAt && view.format.day(listing.publishedAt, listing.zone)}
            />
          </dl>
          {listing.description && <p>{listing.description}</p>}
          <Contact view={view} listing={listing} />
          <p class="hint">{view.t('market.care')}</p>
          <details class="act">
            <summary>{view.t('market.report')}</summary>
            <form method="post" action={`/pasar/${listing.code}/lapor`}>
              <Field id="reason" label={view.t('market.report_reason')}>
                <select id="reason" name="reason" required>
                  {REPORT_REASONS.map((reason) => (
                    <option value={reason}>{view.t(`report.${reason}`)}</option>
                  ))}
                </select>
              </Field>
              <Field id="more" label={view.t('market.report_more')}>
                <textarea id="more" name="more" rows={3} maxlength={250}></textarea>
              </Field>
              <button type="submit" class="danger">
                {view.t('market.report_submit')}
              </button>
            </form>
          </details>
        </div>
      </article>
    </Layout>
  );
}

/** The contact that the seller agreed to publish; nothing of anybody else's making. */
function Contact({ view, listing }: { view: View; listing: ListingPageRow }) {
  if (listing.status !== 'published') return null;
  if (!listing.contact) return <p>{view.t('market.no_contact', { code: listing.code })}</p>;
  if (!/^62\d{8,13}$/u.test(listing.contact))
    return <p class="contact">{view.t('market.contact', { contact: listing.contact })}</p>;
  return (
    <p class="contact buttons">
      <a class="button" href={`tel:+${listing.contact}`}>
        {view.t('market.call', { phone: localPhone(listing.contact) })}
      </a>
      <a class="button quiet" href={`https://wa.me/${listing.contact}`} rel="noreferrer">
        {view.t('market.whatsapp')}
      </a>
    </p>
  );
}

/** '081234567890'; a contact of another kind as it is. */
export function localPhone(contact: string): string {
  return contact.replace(/^62(?=\d+$)/u, '0');
}

function Line({ label, text }: { label: string; text: string | null }) {
  if (!text) return null;
  return (
    <div>
      <dt>{label}</dt>
      <dd>{text}</dd>
    </div>
  );
}

/** 'Rp12.000/kg', 'Rp12.000/kg, bisa nego', 'Harga nego'. */
export function offer(view: View, listing: ListingCard): string {
  if (listing.price === null) return view.t('market.by_agreement');
  const price = view.format.money(listing.price) + (listing.unit ? `/${listing.unit}` : '');
  return listing.isNegotiable ? view.t('market.negotiable', { price }) : price;
}

function amount(view: View, { quantity, unit }: ListingCard): string | null {
  if (quantity === null) return null;
  return [view.format.number(quantity), unit].filter(Boolean).join(' ');
}

function placeOf({ place, village, district }: ListingPageRow): string {
  return [place, village, district].filter(Boolean).join(', ');
}
