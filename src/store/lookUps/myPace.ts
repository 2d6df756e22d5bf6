import { loadPaces } from '../officerPace.js';
import type { LookUpAnswerer } from './answerer.js';

/** How the officer who asks is told of their work. */
export const myPace: LookUpAnswerer<'my_pace'> = async (sql, requests) => {
  const ids = requests.flatMap(({ asker }) => asker.officer?.id ?? []);
  const paces = await loadPaces(sql, ids);
  return requests.map(
    ({ asker }) =>
      paces.get(asker.officer?.id ?? '') ?? {
        pace: 'console',
        quiet_from: '00:00',
        quiet_until: '00:00',
        platform: null,
        platforms: 0,
      },
  );
};
