import { describe, expect, test } from 'vitest';
import {
  addFigures,
  DURATIONS,
  hoursWithin,
  keptShare,
  meanStars,
  NO_FIGURES,
} from '../../src/core/figures.js';

/** A histogram of cases that took so many hours. */
function took(...hours: number[]): number[] {
  const counts = Array.from({ length: DURATIONS.length + 1 }, () => 0);
  for (const hour of hours) {
    const span = DURATIONS.findIndex((bound) => hour < bound);
    counts[span === -1 ? DURATIONS.length : span]! += 1;
  }
  return counts;
}

describe('how long cases took', () => {
  test('the spans reach from a quarter of an hour to more than two months', () => {
    expect(DURATIONS[0]).toBe(0.25);
    expect(DURATIONS.at(-1)! / 24).toBeGreaterThan(60);
  });

  test.each([
    ['nothing finished tells nothing', [], null],
    ['one case', [10], 10],
    ['an odd number', [1, 5, 300], 5],
    [
      'many quick ones and a few slow ones',
      [...Array.from({ length: 90 }, () => 3), ...Array.from({ length: 10 }, () => 700)],
      3,
    ],
  ])('the half of %s', (_, hours, expected) => {
    const half = hoursWithin(took(...hours), 0.5);
    if (expected === null) return expect(half).toBeNull();
    // Within the span that holds it: a quarter to either side.
    expect(half).toBeGreaterThan(expected / 1.26);
    expect(half).toBeLessThan(expected * 1.26);
  });

  test('the slow tenth shows in nine of ten, not in the half', () => {
    const durations = took(...Array.from({ length: 85 }, () => 4), ...Array.from({ length: 15 }, () => 200));
    expect(hoursWithin(durations, 0.5)).toBeLessThan(6);
    expect(hoursWithin(durations, 0.9)).toBeGreaterThan(150);
  });

  test('what took longer than the last bound counts as the last bound', () => {
    expect(hoursWithin(took(1e6), 0.9)).toBe(DURATIONS.at(-1));
  });
});

describe('figures of several areas', () => {
  const some = {
    ...NO_FIGURES,
    opened: 3,
    finished: 2,
    kept: 1,
    missed: 1,
    rated: 2,
    stars: 9,
    durations: took(5, 30),
  };

  test('add up, with their spans', () => {
    const sum = [some, some].reduce(addFigures, NO_FIGURES);
    expect(sum).toMatchObject({ opened: 6, finished: 4, kept: 2, missed: 2, rated: 4, stars: 18 });
    expect(sum.durations).toEqual(took(5, 30, 5, 30));
  });

  test('tell shares only where there is something to tell', () => {
    expect(keptShare(some)).toBe(0.5);
    expect(meanStars(some)).toBe(4.5);
    expect(keptShare(NO_FIGURES)).toBeNull();
    expect(meanStars(NO_FIGURES)).toBeNull();
  });
});
