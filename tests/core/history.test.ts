import { expect, test } from 'vitest';
import { hiddenOf, type HistoryFacts } from '../../src/core/history.js';

const NOW = new Date('2026-11-26T03:00:00Z');
const ago = (days: number, minutes = 0): Date =>
  new Date(NOW.getTime() - (days * 24 * 60 + minutes) * 60_000);
const facts = (more: Partial<HistoryFacts>): HistoryFacts => ({
  hiddenSince: null,
  confirmedAt: null,
  lastInboundAt: ago(1),
  profiles: 0,
  chosenAt: null,
  hasHistory: true,
  ...more,
});

test.each<[string, Partial<HistoryFacts>, ReturnType<typeof hiddenOf>]>([
  ['who wrote yesterday sees everything', {}, null],
  ['nobody has written yet', { lastInboundAt: null }, null],
  ['silent for 90 days, to the minute', { lastInboundAt: ago(90) }, null],
  ['silent for longer', { lastInboundAt: ago(90, 1) }, { since: NOW, why: 'silence' }],
  ['silent for longer, but there is nothing to hide', { lastInboundAt: ago(200), hasHistory: false }, null],
  ['silent, and has shown since who they are', { lastInboundAt: ago(200), confirmedAt: ago(0, 1) }, null],
  ['hidden before, and not shown yet', { hiddenSince: ago(3) }, { since: ago(3), why: 'silence' }],
  ['one is left', { profiles: 1, chosenAt: ago(2) }, { since: ago(2), why: 'profiles' }],
  ['one is left, and has shown who they are', { profiles: 1, confirmedAt: ago(2) }, null],
  ['two, and nothing was shown', { profiles: 2, chosenAt: ago(2) }, { since: ago(2), why: 'profiles' }],
  ['two, shown half an hour ago but for a minute', { profiles: 2, confirmedAt: ago(0, 29) }, null],
  ['two, shown half an hour ago', { profiles: 2, confirmedAt: ago(0, 30) }, { since: NOW, why: 'profiles' }],
  ['silent goes before several', { profiles: 2, lastInboundAt: ago(91) }, { since: NOW, why: 'silence' }],
])('%s', (_, more, expected) => {
  expect(hiddenOf(facts(more), NOW)).toEqual(expected);
});
