import { expect, test } from 'vitest';
import { parse, valueOf } from './parse.js';

test.each([
  ['3', 3],
  ['3 orang', 3],
  ['1,5', 1.5],
  ['1.000', 1000],
  ['tiga', 3],
  ['telu', 3],
  ['tello', 3],
  ['three', 3],
  ['dua belas', 12],
  ['-2', -2],
])('"%s" is %d', (typed, value) => {
  expect(valueOf(typed, { type: 'number' })).toBe(value);
});

test.each(['banyak', '3 atau 4', 'kira kira ada tiga orang di rumah'])('"%s" is no number', (typed) => {
  expect(valueOf(typed, { type: 'number' })).toBe('hint_number');
});

test('bounds are told', () => {
  expect(parse('0', { type: 'number', min: 1 })).toEqual({
    hint: 'hint_number_small',
    arguments: { min: '1' },
  });
  expect(parse('5000', { type: 'number', max: 1000 })).toEqual({
    hint: 'hint_number_large',
    arguments: { max: '1.000' },
  });
});
