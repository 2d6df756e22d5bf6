import { expect, test } from 'vitest';
import { valueOf } from './parse.js';

test.each([
  ['08.30', '08:30'],
  ['8:30', '08:30'],
  ['jam 9', '09:00'],
  ['jam 2 siang', '14:00'],
  ['jam 12 siang', '12:00'],
  ['jam 11 siang', '11:00'],
  ['4 sore', '16:00'],
  ['jam 7 malam', '19:00'],
  ['setengah 8', '07:30'],
  ['setengah 8 malam', '19:30'],
  ['jam 12 malam', '00:00'],
  ['2 pm', '14:00'],
  ['12 am', '00:00'],
])('"%s" is %s', (typed, time) => {
  expect(valueOf(typed, { type: 'time' })).toBe(time);
});

test.each(['nanti', '25.00', '8.75'])('"%s" is no time', (typed) => {
  expect(valueOf(typed, { type: 'time' })).toBe('hint_time');
});
