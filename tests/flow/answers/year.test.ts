import { expect, test } from 'vitest';
import { parse, valueOf } from './parse.js';

test.each([
  ['2019', 2019],
  ['th 2019', 2019],
  ['sejak tahun 1998', 1998],
  ['98', 1998],
  ['19', 2019],
  ['tahun lalu', 2025],
  ['tahun ini', 2026],
  ['5 tahun lalu', 2021],
  ['kira2 5 thn', 2021],
])('"%s" is %d', (typed, year) => {
  expect(valueOf(typed, { type: 'year', from: 1950, to: 'now' })).toBe(year);
});

test.each(['lama', '12345', 'sejak dulu'])('"%s" is no year', (typed) => {
  expect(valueOf(typed, { type: 'year' })).toBe('hint_year');
});

test('bounds are told', () => {
  expect(parse('1940', { type: 'year', from: 1950 })).toEqual({
    hint: 'hint_year_early',
    arguments: { from: '1950' },
  });
  expect(parse('2030', { type: 'year', to: 'now' })).toEqual({
    hint: 'hint_year_late',
    arguments: { to: '2026' },
  });
});
