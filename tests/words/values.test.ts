import { expect, test } from 'vitest';
import {
  wordDate,
  wordDateTime,
  wordMoney,
  wordMonth,
  wordNumber,
  wordPhone,
} from '../../src/words/values.js';

test('money reads as people write it', () => {
  expect(wordMoney(8000)).toBe('Rp8.000');
  expect(wordMoney(1_250_000)).toBe('Rp1.250.000');
});

test('numbers read by their language', () => {
  expect(wordNumber(1234.5, 'id')).toBe('1.234,5');
  expect(wordNumber(1234.5, 'en')).toBe('1,234.5');
});

test('days and months read in words', () => {
  expect(wordDate('2026-11-24', 'id')).toBe('24 November 2026');
  expect(wordDate('2026-08-17', 'en')).toBe('17 August 2026');
  expect(wordMonth('2026-08', 'id')).toBe('Agustus 2026');
});

test('an instant reads by the village’s clock', () => {
  expect(wordDateTime('2026-11-25T07:00:00Z', 'id', 'Asia/Jakarta')).toBe('Rabu, 25 November 2026, 14.00');
});

test('what is no day or instant stays as it is', () => {
  expect(wordDate('kapan-kapan', 'id')).toBe('kapan-kapan');
  expect(wordDateTime('nanti', 'id', 'Asia/Jakarta')).toBe('nanti');
});

test('a phone number reads in groups', () => {
  expect(wordPhone('6281234567890')).toBe('0812-3456-7890');
});
