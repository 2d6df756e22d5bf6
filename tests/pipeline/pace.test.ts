import { expect, test } from 'vitest';
import { CHANNEL_LIMITS } from '../../src/core/limits.js';
import { createPace } from '../../src/pipeline/pace.js';

test('no second has more than the rate of the line, and it is nearly used', () => {
  let at = 0;
  const pace = createPace(CHANNEL_LIMITS.telegram, () => at);
  const begun: number[] = [];
  for (; at < 20_000; at += 7) {
    for (let n = pace.allowance(); n > 0; n--) {
      pace.take();
      begun.push(at);
    }
  }
  for (let from = 0; from < 19_000; from += 50)
    expect(begun.filter((one) => one >= from && one < from + 1_000).length).toBeLessThanOrEqual(30);
  expect(begun.length).toBeGreaterThan(530);
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
  at = 3_300;
  expect(pace.restingChats()).toEqual([]);
  expect(pace.nextMs()).toBeNull();
});

test('what went out as several counts as several, for its chat and for the line', () => {
  let at = 0;
  const pace = createPace(CHANNEL_LIMITS.telegram, () => at);
  expect(pace.allowance()).toBe(3);
  pace.take();
  pace.restChat('a', false, 10);
  expect(pace.allowance()).toBe(0);
  at = 259;
  expect(pace.allowance()).toBe(0);
  at = 9_999;
  expect(pace.restingChats()).toEqual(['a']);
  at = 10_000;
  expect(pace.restingChats()).toEqual([]);
  expect(pace.allowance()).toBe(3);
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
