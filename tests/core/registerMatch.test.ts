import { describe, expect, test } from 'vitest';
import { matchSaid } from '../../src/core/registerMatch.js';
import type { Candidate, Said } from '../../src/core/registerMatch.js';

const said: Said = {
  searchName: 'siti aminah',
  birthDate: '1980-08-17',
  searchHamlet: 'krajan',
  rt: '002',
  rw: '001',
};
const one = (over: Partial<Candidate> = {}): Candidate => ({
  ...said,
  id: 'a',
  similarity: 1,
  ...over,
});

describe('who somebody is in the register', () => {
  test('is certain by name, birth date and an address that does not speak against it', () => {
    expect(matchSaid(said, [one(), one({ id: 'b', birthDate: '1990-01-01' })])).toEqual({
      outcome: 'certain',
      candidates: ['a'],
    });
    const moved = one({ rt: '005' });
    expect(matchSaid(said, [moved]).outcome).toBe('certain');
  });

  test('is doubtful where two are the same, or where they live elsewhere altogether', () => {
    expect(matchSaid(said, [one(), one({ id: 'b' })])).toEqual({
      outcome: 'doubtful',
      candidates: ['a', 'b'],
    });
    expect(matchSaid(said, [one({ searchHamlet: 'kedung', rt: '009', rw: '004' })]).outcome).toBe('doubtful');
  });

  test('is never certain without a birth date', () => {
    expect(matchSaid({ ...said, birthDate: null }, [one()]).outcome).toBe('doubtful');
  });

  test('is doubtful where day and month are exchanged, or the name is spelled otherwise', () => {
    const early = { ...said, birthDate: '1980-08-07' };
    expect(matchSaid(early, [one({ birthDate: '1980-07-08' })]).outcome).toBe('doubtful');
    expect(matchSaid(said, [one({ searchName: 'siti amanah', similarity: 0.5 })]).outcome).toBe('doubtful');
  });

  test('is nobody where only the name, or only the birth date, is the same', () => {
    expect(matchSaid(said, [one({ birthDate: '1955-02-03' })])).toEqual({ outcome: 'none', candidates: [] });
    expect(matchSaid(said, [one({ searchName: 'budi', similarity: 0.05 })]).outcome).toBe('none');
    expect(matchSaid(said, []).outcome).toBe('none');
  });

  test('shows an officer at most five, the likeliest first', () => {
    const many = Array.from({ length: 9 }, (_, n) => one({ id: `x${n}`, rt: '007', rw: '007' }));
    const { candidates } = matchSaid(said, [...many, one({ id: 'best' })]);
    expect(candidates).toEqual(['best']);
    const { candidates: five } = matchSaid({ ...said, birthDate: null }, [...many, one({ id: 'best' })]);
    expect([five[0], five.length]).toEqual(['best', 5]);
  });
});
