import type { Attention } from '../attention.js';
import type { View } from './view.js';

/** What waits besides cases, each with the page that answers it. */
export function AttentionStrip({ view, attention }: { view: View; attention: Attention }) {
  const items = [
    {
      count: attention.calls,
      href: '/console/percakapan',
      text: view.t('attention.calls', { n: attention.calls }),
    },
    {
      count: attention.listings,
      href: '/console/lapak',
      text: view.t('attention.listings', { n: attention.listings }),
    },
    {
      count: attention.invites,
      href: '/console/petugas#undangan',
      text: view.t('attention.invites', { n: attention.invites }),
    },
    {
      count: attention.incidents,
      href: '/console/jalur',
      text: view.t('attention.incidents', { n: attention.incidents }),
    },
    {
      count: attention.codeless,
      href:
        attention.codeless === 1 ? `/console/desa/${attention.firstCodeless}#officeCode` : '/console/desa',
      text: view.t('attention.codeless', { n: attention.codeless }),
    },
  ].filter(({ count }) => count > 0);
  if (items.length === 0) return null;
  return (
    <ul class="attention">
      {items.map(({ href, text }) => (
        <li>
          <a href={href}>{text}</a>
        </li>
      ))}
    </ul>
  );
}
