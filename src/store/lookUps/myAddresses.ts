import type { AddressSeen } from '../../core/lookup.js';
import { linksOf } from '../links.js';
import type { SeenLink } from '../links.js';
import type { LookUpAnswerer } from './answerer.js';

/** What the platforms call themselves, in every language. */
const PLATFORMS: { [platform: string]: string } = { whatsapp: 'WhatsApp', telegram: 'Telegram' };

/** The addresses that are linked with the asker's, each by its link; none while history is hidden. */
export const myAddresses: LookUpAnswerer<'my_addresses'> = async (sql, requests) => {
  const askers = requests.map(({ asker }) => asker).filter(({ hidden }) => !hidden);
  const links = await linksOf(sql, [...new Set(askers.flatMap(({ residentId }) => residentId ?? []))]);
  return requests.map(({ asker }) => {
    const own = asker.hidden ? [] : links.filter((link) => link.toResidentId === asker.residentId);
    const items = own.map((link) => toSeen(link, asker.addressId));
    return { count: items.length, items, names: items.map(nameOf).join(', ') || null };
  });
};

function toSeen(link: SeenLink, addressId: string | null): AddressSeen {
  return link.addressId === addressId
    ? { link: link.id, platform: link.toPlatform, name: link.toName, leaves: 'here' }
    : { link: link.id, platform: link.platform, name: link.name, leaves: 'there' };
}

function nameOf({ platform, name }: AddressSeen): string {
  const called = PLATFORMS[platform] ?? platform;
  return name === null ? called : `${called} (${name})`;
}
