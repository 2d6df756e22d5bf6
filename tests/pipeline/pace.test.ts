import { expect, test } from 'vitest';
import { CHANNEL_LIMITS } from '../../src/core/limits.js';
import { createPace } from '../../src/pipeline/pace.js';

test('over any ten seconds a line keeps to its rate', () => {
  let at = 0;
  const pace = createPace(CHANNEL_LIMITS.telegram, () => at);
  const begun: number[] = [];
  for (; at < 20_000; at += 7) {
    for (let n = pace.allowance(); n > 0; n--) {
      pace.take();
      begun.push(at);
    }
  }
  for (let from = 0; from < 10_000; from += 500)
    expect(begun.filter((one) => one >= from && one < from + 10_000).length).toBeLessThanOrEqual(303);
  expect(begun.length).toBeGreaterThan(590);
});

test('chats rest as long as their platform wants, groups longer', () => {
  let at = 0;
  const pace = createPace(CHANNEL_LIMITS.telegram, () => at);
  pace.restChat('a', false);
  pace.restChat('b', true);
  expect(pace.restingChats()).toEqual(['a', 'b']);
  expect(pace.nextMs()).toBe(1_000);
  at = 1_000;
  expect(pace.restingChats()).toEqual(['b']);
  at = 3_000;
  expect(pace.restingChats()).toEqual([]);
  expect(pace.nextMs()).toBeNull();
});

test('a line at rest lets nothing begin until its rest is over, or ended', () => {
  let at = 0;
  const pace = createPace(CHANNEL_LIMITS.telegram, () => at);
  pace.restLine(5_000);
  expect(pace.allowance()).toBe(0);
  expect(pace.nextMs()).toBe(5_000);
  at = 5_000;
  expect(pace.allowance()).toBeGreaterThan(0);
  pace.restLine(5_000);
  pace.restLine(0);
  expect(pace.allowance()).toBeGreaterThan(0);
});

test('what came to the end of its rest since it was looked at is still to be looked at again', () => {
  let at = 0;
  const pace = createPace(CHANNEL_LIMITS.telegram, () => at);
  pace.restChat('a', false);
  expect(pace.restingChats()).toEqual(['a']);
  at = 2_000;
  expect(pace.nextMs()).toBe(1);
  expect(pace.restingChats()).toEqual([]);
  expect(pace.nextMs()).toBeNull();
  pace.restLine(1_000);
  expect(pace.allowance()).toBe(0);
  at = 4_000;
  expect(pace.nextMs()).toBe(1);
  expect(pace.allowance()).toBeGreaterThan(0);
  expect(pace.nextMs()).toBeNull();
});
