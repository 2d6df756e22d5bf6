import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { readCode } from '../../src/core/code.js';
import { findLinkCodes, isShownLinkCode, newLinkCode, readLinkCode } from '../../src/core/linkCode.js';

test('a link code reads back however it is typed, and is no code of a case or a listing', () => {
  for (let n = 0; n < 500; n++) {
    const code = newLinkCode((size) => randomBytes(size));
    expect(code).toMatch(/^(?!P)[0-9A-Z]{4}-[0-9A-Z]{4}$/u);
    for (const typed of [code, code.toLowerCase(), code.replace('-', ' '), code.replace('-', '')])
      expect(readLinkCode(typed)).toEqual({ kind: 'link', code });
    expect(readCode(code)).toEqual({ kind: 'none' });
    expect(isShownLinkCode(code)).toBe(true);
  }
});

test('every single slip and every swap of neighbours is told', () => {
  const code = newLinkCode(() => Uint8Array.from([1, 2, 3, 4, 5, 6, 7])).replace('-', '');
  for (let at = 0; at < code.length; at++) {
    for (const other of '0123456789ABCDEFGHJKMNQRSTVWXYZ') {
      const typed = code.slice(0, at) + other + code.slice(at + 1);
      if (other !== code[at]) expect(readLinkCode(typed).kind).not.toBe('link');
    }
    const swapped = code.slice(0, at) + (code[at + 1] ?? '') + code[at] + code.slice(at + 2);
    if (swapped !== code && swapped.length === code.length)
      expect(readLinkCode(swapped).kind).not.toBe('link');
  }
});

test('it is found among other words, and ordinary words are none', () => {
  const code = newLinkCode(() => Uint8Array.from([1, 2, 3, 4, 5, 6, 7]));
  expect(findLinkCodes(`akun saya ${code.replace('-', ' ').toLowerCase()} ya`)).toEqual({
    kind: 'link',
    codes: [code],
  });
  // Of some codes the first half makes another with the word before it.
  for (let n = 0; n < 500; n++) {
    const made = newLinkCode((size) => randomBytes(size));
    const found = findLinkCodes(`akun saya ${made.replace('-', ' ').toLowerCase()} ya`);
    expect(found).toMatchObject({ kind: 'link', codes: expect.arrayContaining([made]) as string[] });
  }
  for (const text of ['whatsapp', 'telegram', 'akun telegram saya', '08123456', 'WA'])
    expect(findLinkCodes(text).kind, text).not.toBe('link');
  expect(isShownLinkCode('12345678')).toBe(false);
});
