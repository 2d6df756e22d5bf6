import { expect, test } from 'vitest';
import { splitText } from '../../src/channels/splitText.js';

test.each<[string, string, string[]]>([
  ['what fits is one part', 'halo', ['halo']],
  ['what fits exactly is one part', 'a'.repeat(20), ['a'.repeat(20)]],
  ['nothing is no part', ' \n', []],
  [
    'it is cut at a paragraph',
    `${'a'.repeat(12)}\n\n${'b b '.repeat(4)}`.trim(),
    ['a'.repeat(12), 'b b b b b b b b'],
  ],
  ['else at a line', `${'a'.repeat(12)}\n${'b'.repeat(12)}`, ['a'.repeat(12), 'b'.repeat(12)]],
  ['else after a sentence', 'Halo Bapak. Surat sudah jadi', ['Halo Bapak.', 'Surat sudah jadi']],
  ['else between words', 'aaaa bbbb cccc dddd eeee', ['aaaa bbbb cccc dddd', 'eeee']],
  ['else anywhere', 'a'.repeat(45), ['a'.repeat(20), 'a'.repeat(20), 'a'.repeat(5)]],
])('%s', (_, text, expected) => expect(splitText(text, 20)).toEqual(expected));

test('a character of two halves is never cut through', () => {
  const parts = splitText(`${'a'.repeat(19)}${'😀'.repeat(12)}`, 20);
  expect(parts.every((part) => part.isWellFormed())).toBe(true);
  expect(parts.join('')).toBe(`${'a'.repeat(19)}${'😀'.repeat(12)}`);
});

test('no part is longer than allowed, and no word is lost', () => {
  const text = Array.from(
    { length: 900 },
    (_, n) => `kata${n}${n % 17 === 0 ? '.\n\n' : n % 5 === 0 ? '\n' : ''}`,
  ).join(' ');
  const parts = splitText(text, 300);
  expect(Math.max(...parts.map((part) => part.length))).toBeLessThanOrEqual(300);
  expect(parts.join(' ').split(/\s+/u)).toEqual(text.split(/\s+/u));
});
