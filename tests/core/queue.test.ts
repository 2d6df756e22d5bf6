import { expect, test } from 'vitest';
import { shownPlace } from '../../src/core/queue.js';

test.each([
  ['the first showing is the rank', 4, null, 4],
  ['a rank that fell is shown', 2, 4, 2],
  ['a rank that rose is not', 5, 4, 4],
  ['the same stays', 4, 4, 4],
  ['no rank, no place', null, 3, null],
  ['a rank that cannot be shows nothing', 0, 3, null],
  ['half a place shows nothing', 1.5, null, null],
])('%s', (_, rank, shown, expected) => {
  expect(shownPlace(rank, shown)).toBe(expected);
});
