import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { createMediaLinks } from '../../src/media/links.js';

const links = createMediaLinks((text) => createHmac('sha256', 'key').update(text).digest('base64url'));
const others = createMediaLinks((text) => createHmac('sha256', 'another').update(text).digest('base64url'));
const now = new Date('2026-11-24T03:00:00Z');
const until = new Date('2026-11-24T03:15:00Z');

function partsOf(link: string): [string, string, string] {
  const url = new URL(link, 'http://x');
  return [url.pathname.split('/').at(-1)!, url.searchParams.get('until')!, url.searchParams.get('sign')!];
}

test('a link opens its file until it ends', () => {
  const parts = partsOf(links.linkTo('a1', until));
  expect(parts[0]).toBe('a1');
  expect(links.isValid(...parts, now)).toBe(true);
  expect(links.isValid(...parts, new Date(until.getTime() - 1000))).toBe(true);
  expect(links.isValid(...parts, until)).toBe(false);
});

test('no other file, no later end, no other key', () => {
  const [id, end, sign] = partsOf(links.linkTo('a1', until));
  expect(links.isValid('a2', end, sign, now)).toBe(false);
  expect(links.isValid(id, String(Number(end) + 1), sign, now)).toBe(false);
  expect(links.isValid(id, end, `${sign}x`, now)).toBe(false);
  expect(links.isValid(id, end, '', now)).toBe(false);
  expect(links.isValid(id, undefined, sign, now)).toBe(false);
  expect(links.isValid(id, '1e99', sign, now)).toBe(false);
  expect(others.isValid(id, end, sign, now)).toBe(false);
});
