import { expect, test } from 'vitest';
import { parse, valueOf } from './parse.js';

test('words are kept as typed, without space around and doubled within', () => {
  expect(valueOf('  Warung   Bu Siti \n lantai 2 ', { type: 'text' })).toBe('Warung Bu Siti \n lantai 2');
});

test('length is counted in letters, and told', () => {
  expect(parse('ab', { type: 'text', min: 3 })).toEqual({ hint: 'hint_text_short', arguments: { min: 3 } });
  expect(parse('abcd', { type: 'text', max: 3 })).toEqual({ hint: 'hint_text_long', arguments: { max: 3 } });
  expect(valueOf('🌶️🌶️ cabai', { type: 'text', max: 12 })).toBe('🌶️🌶️ cabai');
});

test.each(['', '   ', '???', '...'])('"%s" says nothing', (typed) => {
  expect(valueOf(typed, { type: 'text' })).toBe('hint_text');
});
