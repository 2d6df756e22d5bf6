import { expect, test } from 'vitest';
import { valueOf } from './parse.js';

test.each([
  ['rt 02 rw 01', '002/001'],
  ['RT.003/RW.004', '003/004'],
  ['rt3/4', '003/004'],
  ['rt 3, rw 4', '003/004'],
  ['2/1', '002/001'],
  ['2 1', '002/001'],
  ['RW 4 RT 3', '003/004'],
  ['dusun krajan rt 12 rw 5', '012/005'],
])('"%s" is %s', (typed, pair) => {
  expect(valueOf(typed, { type: 'rt_rw' })).toBe(pair);
});

test.each(['krajan', '3', 'rt 3'])('"%s" names no RT and RW', (typed) => {
  expect(valueOf(typed, { type: 'rt_rw' })).toBe('hint_rt_rw');
});
