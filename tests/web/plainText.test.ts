import { afterAll, beforeAll, expect, test } from 'vitest';
import { GINTANGAN, aWeb, withCookie } from './support.js';
import type { Web } from './support.js';

/** What a resident may write anywhere: it turns text around, hides some of it, and is a formula. */
const WORDS = '=HYPERLINK("x")\u202Efdp.tarus\u200B\u2066<b>tebal</b>';
const SHOWN = '⟦RLO⟧fdp.tarus⟦ZWSP⟧⟦LRI⟧&lt;b&gt;tebal&lt;/b&gt;';
const HIDDEN = /[\u061C\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF\u00AD]/u;
/** What streams, is no page, or tells of flows and templates, which no resident writes. */
const LEFT_OUT = /\/alur\/|\/templat\/|\/live|\/keluar|logo\.png|lang=|\/assets\/|\/berkas\/|\.svg/u;
/** Pages of one kind: their addresses differ by what they are about. */
const OF_A_KIND = 3;
const kindOf = (path: string) =>
  path.replaceAll(/[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]|[0-9a-f-]{36}|\d[\d.]*|=[^&]*/gu, '*');

let web: Web;
let codes: string[];
beforeAll(async () => {
  web = await aWeb();
  for (const [username, roles] of [
    ['sekretaris', [{ role: 'sekretaris', village: GINTANGAN }]],
    ['penjaga', [{ role: 'admin', village: null }]],
  ] as const)
    await web.officer({ name: username, username, roles: [...roles] });
  codes = [];
  for (const status of ['open', 'in_hand', 'asked', 'signing', 'ready', 'finished']) {
    const found = await web.case({
      status,
      resident: `Siti ${WORDS}`,
      answers: { business_name: WORDS, address: WORDS },
    });
    codes.push(found.code);
    await web.pool.query('UPDATE cases SET last_words = $2, event_count = 2 WHERE id = $1', [
      found.id,
      WORDS,
    ]);
    await web.pool.query(
      `INSERT INTO case_events (id, case_id, number, kind, data, at) VALUES (gen_random_uuid(), $1, 2, 'case_answered', $2, $3)`,
      [found.id, JSON.stringify({ text: WORDS }), web.clock.now],
    );
    await web.pool.query(
      `INSERT INTO inbound_messages (line_id, external_id, conversation_id, kind, body, sent_at, handled_at)
       VALUES ('telegram:1', $1, $2, 'text', $3, now(), now())`,
      [found.code, found.conversationId, JSON.stringify({ kind: 'text', text: WORDS })],
    );
    await web.pool.query('UPDATE conversations SET handed_over_at = now() WHERE id = $1', [
      found.conversationId,
    ]);
    await web.pool.query(
      `INSERT INTO hand_overs (id, conversation_id, begun_at) SELECT gen_random_uuid(), $1, now()`,
      [found.conversationId],
    );
  }
  for (const status of ['waiting', 'published']) await web.listing({ status, title: WORDS });
});
afterAll(() => web?.drop());

/** All that can be reached by links from these pages, by path. */
async function walk(starts: string[], cookie?: string): Promise<Map<string, { type: string; body: Buffer }>> {
  const pages = new Map<string, { type: string; body: Buffer }>();
  const waiting = [...starts];
  const seen = new Map<string, number>();
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    const kind = kindOf(path);
    if (pages.has(path) || LEFT_OUT.test(path) || (seen.get(kind) ?? 0) >= OF_A_KIND) continue;
    seen.set(kind, (seen.get(kind) ?? 0) + 1);
    const response = await web.app.request(path, cookie === undefined ? {} : withCookie(cookie));
    const body = Buffer.from(await response.arrayBuffer());
    const type = response.headers.get('content-type') ?? '';
    const location = response.headers.get('location');
    if (location) waiting.push(location);
    pages.set(path, { type, body });
    expect(response.status, path).toBeLessThan(500);
    if (!type.startsWith('text/html')) continue;
    for (const [, href] of body.toString().matchAll(/href="([^"]+)"/gu)) {
      const url = new URL(href!.replaceAll('&amp;', '&'), `http://x${path}`);
      if (url.host === 'x') waiting.push(url.pathname + url.search);
    }
  }
  return pages;
}

test.each(['sekretaris', 'penjaga', null])(
  'no page that %s can reach holds a character that turns or hides text, and none is a formula in a file',
  async (who) => {
    const cookie = who === null ? undefined : await web.signIn(who);
    const starts =
      who === null
        ? ['/', '/pasar', '/resmi', ...codes.map((code) => `/lacak/${code}`)]
        : [
            '/console',
            '/console/papan',
            '/console/cari?q=fdp',
            '/console/agenda',
            ...codes.map((code) => `/console/kasus/${code}`),
          ];
    const pages = await walk(starts, cookie);
    let showing = 0;
    for (const [path, { type, body }] of pages) {
      const text = body.toString();
      if (type.startsWith('text/html')) {
        expect(HIDDEN.exec(text)?.[0], path).toBeUndefined();
        expect(text, path).not.toContain('<b>tebal</b>');
        if (text.includes(SHOWN)) showing += 1;
      }
      if (type.startsWith('text/csv')) {
        expect(text.slice(1), path).not.toMatch(HIDDEN);
        expect(text, path).not.toMatch(/(?:^|,|\n)"?[=+@]/u);
      }
    }
    // The walk has met what was written: cases and their list, or the market.
    expect(showing).toBeGreaterThanOrEqual(who === null ? 1 : 4);
  },
  120_000,
);
