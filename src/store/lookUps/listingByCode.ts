import { findCode } from '../../core/code.js';
import type { LookUpAnswerer } from './answerer.js';
import { LISTING, LISTING_FROM, seesListing, toListingSeen, type SeenListing } from './listingRows.js';

/** One listing as a buyer sees it: published, or the asker's own. */
export const listingByCode: LookUpAnswerer<'listing_by_code'> = async (sql, requests, { now }) => {
  const codes = requests.map(({ args }) => {
    const found = findCode(args.code);
    return found.kind === 'listing' ? found.code : null;
  });
  const { rows } = await sql.query<SeenListing & { isShown: boolean }>(
    `SELECT ${LISTING}, l.status = 'published' AND (l.expires_at IS NULL OR l.expires_at > $2) AS "isShown"
     FROM ${LISTING_FROM} WHERE l.code = ANY ($1::text[])`,
    [codes.filter((code) => code !== null), now],
  );
  const byCode = new Map(rows.map((row) => [row.code, row]));
  return requests.map(({ asker, args }, n) => {
    const row = byCode.get(codes[n] ?? '');
    if (row && (row.isShown || seesListing(asker, row))) return { ...toListingSeen(row), found: true };
    return { ...NOTHING, code: args.code, found: false };
  });
};

const NOTHING = {
  title: '',
  status: '',
  price: null,
  unit: null,
  quantity: null,
  village: '',
  contact: null,
  seller: null,
  photo: null,
  published: null,
};
