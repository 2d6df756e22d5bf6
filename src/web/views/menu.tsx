import { type Permission, scopeOf } from '../policy.js';
import type { Key } from '../words.js';
import type { View } from './view.js';

/** One page that the menu leads to. */
interface Place {
  href: string;
  text: Key;
  permission: Permission;
  /** Further addresses, and all below them, that belong to it. */
  also?: readonly string[];
  /** Needed through the day as well: beside the daily pages where the window has room, else in its group. */
  isOften?: true;
}

/** So many links stand in one row of a phone (360 px), beside the button that opens the rest. */
const IN_SIGHT = 4;

/** What an officer opens all day, in this order. */
const DAILY: readonly Place[] = [
  {
    href: '/console',
    text: 'nav.work',
    permission: 'cases.read',
    also: ['/console/kasus', '/console/massal'],
  },
  { href: '/console/papan', text: 'nav.board', permission: 'cases.read' },
  { href: '/console/cari', text: 'nav.search', permission: 'cases.read' },
  { href: '/console/loket', text: 'nav.counter', permission: 'counter.open' },
];

/** All else, by what it is about. Whoever has few daily pages has the first of these in sight. */
const GROUPS: readonly { title: Key; places: readonly Place[] }[] = [
  {
    title: 'nav.group_work',
    places: [
      { href: '/console/percakapan', text: 'nav.calls', permission: 'calls.answer', isOften: true },
      { href: '/console/lapak', text: 'nav.listings', permission: 'listings.decide' },
      { href: '/console/posyandu', text: 'nav.schedules', permission: 'schedules.manage' },
      { href: '/console/kabupaten', text: 'nav.figures', permission: 'figures.read' },
    ],
  },
  {
    title: 'nav.group_letters',
    places: [
      { href: '/console/cetak', text: 'nav.pile', permission: 'letters.write', isOften: true },
      { href: '/console/agenda', text: 'nav.agenda', permission: 'letters.write' },
      { href: '/console/templat', text: 'nav.templates', permission: 'templates.manage' },
    ],
  },
  {
    title: 'nav.group_village',
    places: [
      {
        href: '/console/desa',
        text: 'nav.village',
        permission: 'village.settings',
        also: ['/console/jam', '/console/layanan'],
      },
      { href: '/console/petugas', text: 'nav.officers', permission: 'officers.manage' },
      { href: '/console/rt', text: 'nav.rt', permission: 'rt.manage' },
      { href: '/console/register', text: 'nav.register', permission: 'register.manage' },
    ],
  },
  {
    title: 'nav.group_settings',
    places: [
      { href: '/console/balasan', text: 'nav.replies', permission: 'replies.manage' },
      { href: '/console/alur', text: 'nav.flows', permission: 'flows.read' },
      { href: '/console/jalur', text: 'nav.lines', permission: 'lines.read' },
      { href: '/console/audit', text: 'nav.audit', permission: 'audit.read' },
    ],
  },
];

/**
 * The console's menu: the daily pages always in sight, the rest by what it is about, one tap away. It opens without a script
 * (`details`), and shows only what the officer may open.
 */
export function Menu({ view }: { view: View }) {
  const { t } = view;
  const { row, groups } = placesOf(view);
  if (row.length === 0) return null;
  const often = groups.flatMap(({ places }) => places.filter(({ isOften }) => isOften));
  const here = groups.flatMap(({ places }) => places).find((place) => isHere(view, place));
  return (
    <nav class="menu" aria-label={t('nav.label')}>
      <ul class="menu-row">
        {row.map((place) => (
          <li>
            <PlaceLink view={view} place={place} />
          </li>
        ))}
        {often.map((place) => (
          <li class="roomy-only">
            <PlaceLink view={view} place={place} />
          </li>
        ))}
      </ul>
      {groups.length > 0 && (
        <details class="menu-rest" data-menu>
          <summary class={here ? (here.isOften ? 'inside often' : 'inside') : undefined}>
            {t('nav.rest')}
          </summary>
          <div class="menu-groups">
            {groups.map(({ title, places }) => (
              <div class={places.every(({ isOften }) => isOften) ? 'narrow-only' : undefined}>
                <p id={idOf(title)}>{t(title)}</p>
                <ul aria-labelledby={idOf(title)}>
                  {places.map((place) => (
                    <li class={place.isOften && 'narrow-only'}>
                      <PlaceLink view={view} place={place} />
                    </li>
                  ))}
                </ul>
              </div>
            ))}
          </div>
        </details>
      )}
    </nav>
  );
}

function PlaceLink({ view, place }: { view: View; place: Place }) {
  return (
    <a href={place.href} aria-current={isHere(view, place) ? 'page' : undefined}>
      {view.t(place.text)}
    </a>
  );
}

/** What may be opened: in one row, and the rest in its groups. */
function placesOf({ officer }: View): { row: Place[]; groups: { title: Key; places: Place[] }[] } {
  if (!officer) return { row: [], groups: [] };
  const may = ({ permission }: Place) => scopeOf(officer, permission) !== null;
  const daily = DAILY.filter(may);
  const rest = GROUPS.map(({ title, places }) => ({ title, places: places.filter(may) }));
  const first = rest.flatMap(({ places }) => places).slice(0, IN_SIGHT - daily.length);
  return {
    row: [...daily, ...first],
    groups: rest
      .map(({ title, places }) => ({ title, places: places.filter((place) => !first.includes(place)) }))
      .filter(({ places }) => places.length > 0),
  };
}

function isHere({ path }: View, { href, also }: Place): boolean {
  const isBelow = (of: string) => path === of || path.startsWith(`${of}/`);
  // The work list stands above all other addresses.
  return (href === '/console' ? path === href : isBelow(href)) || (also ?? []).some(isBelow);
}

function idOf(title: Key): string {
  return title.replace('nav.group_', 'menu-');
}
