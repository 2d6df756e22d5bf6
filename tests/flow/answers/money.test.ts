import { expect, test } from 'vitest';
import { parse, valueOf } from './parse.js';

test.each([
  ['8000', 8000],
  ['8.000', 8000],
  ['8,000', 8000],
  ['Rp 8.000', 8000],
  ['Rp8.000,-', 8000],
  ['50rb', 50_000],
  ['50 ribu', 50_000],
  ['50k', 50_000],
  ['1,5jt', 1_500_000],
  ['1.5 juta', 1_500_000],
  ['2jt', 2_000_000],
  ['1 juta 250 ribu', 1_250_000],
  ['8rb/kg', 8000],
  ['8.000 per kilo', 8000],
  ['harga 15.000', 15_000],
  ['batik 150 rb nego', 150_000],
  ['1.250.000', 1_250_000],
])('"%s" is Rp%d', (typed, rupiah) => {
  expect(valueOf(typed, { type: 'money', nego: true })).toBe(rupiah);
});

test.each(['mahal', '', '5000 6000', 'lima ribu lebih dikit', '1.2.3'])('"%s" is no price', (typed) => {
  expect(valueOf(typed, { type: 'money' })).toBe('hint_money');
});

test('nego is a price of nothing, where the flow allows it', () => {
  expect(valueOf('nego', { type: 'money', nego: true })).toBe(0);
  expect(valueOf('bisa nego', { type: 'money', nego: true })).toBe(0);
  expect(valueOf('nego', { type: 'money' })).toBe('hint_money');
  expect(valueOf('entah', { type: 'money', nego: true })).toBe('hint_money_nego');
});

test('bounds are told as money', () => {
  expect(parse('50', { type: 'money', min: 100 })).toEqual({
    hint: 'hint_money_small',
    arguments: { min: 'Rp100' },
  });
  expect(parse('2 milyar', { type: 'money', max: 1_000_000_000 })).toEqual({
    hint: 'hint_money_large',
    arguments: { max: 'Rp1.000.000.000' },
  });
});
