import { describe, expect, test } from 'vitest';
import { maskNumber, readFamilyCard, readNik } from '../../src/core/nik.js';

const TODAY = '2026-11-26';

describe('a NIK', () => {
  test.each([
    ['a man’s', '3510121708900001', '3510121708900001'],
    ['a woman’s, with forty added to the day', '3510125708900001', '3510125708900001'],
    ['of another regency and province', '1271010101850003', '1271010101850003'],
    ['of somebody born in this century', '3510122511260001', '3510122511260001'],
    ['of the last century, though the year reads like one ahead', '3510122711260001', '3510122711260001'],
    ['of 29 February', '3510122902960001', '3510122902960001'],
    ['in groups, as on the card', '3510 1217 0890 0001', '3510121708900001'],
    ['with dots', '35.1012.170890.0001', '3510121708900001'],
    ['with the letters O, I and l for digits', '35IOl217O890OOO1', '3510121708900001'],
  ])('%s is taken', (_, written, value) => {
    expect(readNik(written, TODAY)).toEqual({ value });
  });

  test.each([
    ['too short', '351012170890', 'not_16', 12],
    ['too long', '35101217089000012', 'not_16', 17],
    ['words', 'tidak tahu', 'not_digits', 0],
    ['an area that cannot be', '0010121708900001', 'area', 16],
    ['a regency 00', '3500121708900001', 'area', 16],
    ['the day 00', '3510120008900001', 'date', 16],
    ['the day 40, of nobody', '3510124008900001', 'date', 16],
    ['the day 72', '3510127208900001', 'date', 16],
    ['the month 13', '3510121713900001', 'date', 16],
    ['30 February', '3510123002900001', 'date', 16],
    ['29 February of no leap year', '3510122902950001', 'date', 16],
    ['the count 0000', '3510121708900000', 'serial', 16],
  ])('%s is told', (_, written, fault, count) => {
    expect(readNik(written, TODAY)).toEqual({ fault, count });
  });

  test('a year that would lie ahead is one of the last century', () => {
    const tomorrow = '3510122711260001';
    expect(readNik(tomorrow, TODAY)).toEqual({ value: tomorrow });
    // Nobody lives for 111 years: where it can only be that, it is wrong.
    expect(readNik(tomorrow, '2037-11-28')).toEqual({ value: tomorrow });
    expect(readNik('3510122902000001', '1999-12-31')).toEqual({ fault: 'date', count: 16 });
  });

  test('is shown by its ends', () => {
    expect(maskNumber('3510121708900001')).toBe('351012******0001');
  });
});

test('a No. KK carries the day on which it was made: no forty is added to it', () => {
  expect(readFamilyCard('3510120102070003', TODAY)).toEqual({ value: '3510120102070003' });
  expect(readFamilyCard('3510124102070003', TODAY)).toEqual({ fault: 'date', count: 16 });
});
