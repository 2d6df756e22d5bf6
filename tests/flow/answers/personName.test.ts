import { expect, test } from 'vitest';
import { valueOf } from './parse.js';

test.each([
  ['siti aminah', 'Siti Aminah'],
  ['SITI AMINAH', 'Siti Aminah'],
  ['Siti Aminah', 'Siti Aminah'],
  ['nama saya siti', 'Siti'],
  ['sy Budi Santoso', 'Budi Santoso'],
  ["a'an", "A'an"],
  ['H. Slamet, S.Pd', 'H. Slamet, S.Pd'],
  ['nur-aini.', 'Nur-Aini'],
])('"%s" is %s', (typed, name) => {
  expect(valueOf(typed, { type: 'person_name' })).toBe(name);
});

test.each([
  '1',
  'x',
  '0812345678',
  'Budi 2',
  'saya mau minta surat usaha buat pinjam uang di bank',
  'ya',
  'apa saja syaratnya',
  'what is needed',
])('"%s" is no name', (typed) => {
  expect(valueOf(typed, { type: 'person_name' })).toBe('hint_person_name');
});
