import { expect, test } from 'vitest';
import { valueOf } from './parse.js';

test.each([
  ['0812 3456 7890', '6281234567890'],
  ['0812-3456-7890', '6281234567890'],
  ['+62 812 3456 7890', '6281234567890'],
  ['0062 812 3456 7890', '6281234567890'],
  ['62081234567890', '6281234567890'],
  ['81234567890', '6281234567890'],
  ['nomor saya 081234567890', '6281234567890'],
  ['(0812) 3456.7890', '6281234567890'],
])('"%s" is %s', (typed, phone) => {
  expect(valueOf(typed, { type: 'phone' })).toBe(phone);
});

test.each(['0333 421 111', '0801234567', '12345', 'tidak ada', '08123456789012345'])(
  '"%s" is no mobile number',
  (typed) => {
    expect(valueOf(typed, { type: 'phone' })).toBe('hint_phone');
  },
);
