import { expect, test } from 'vitest';
import pino from 'pino';
import { createNudge, type LocalStops } from '../../src/jobs/nudge.js';

const log = pino({ level: 'silent' });

test('a stop in this process is called, others get a job', () => {
  const jobs: string[] = [];
  const called: string[] = [];
  const local: LocalStops = { converse: null, send: new Map([['here', () => called.push('send here')]]) };
  const add = (name: string, _data?: unknown, part?: string) =>
    Promise.resolve(void jobs.push(part ? `${name} ${part}` : name));
  const nudge = createNudge({ add }, local, log);
  nudge.converse();
  nudge.send('here');
  nudge.send('there');
  nudge.notify();
  local.converse = () => called.push('converse here');
  nudge.converse();
  expect(jobs).toEqual(['wake', 'send there', 'notify']);
  expect(called).toEqual(['send here', 'converse here']);
});

test('nudges that come while a job is being added become one more', async () => {
  const waiting: (() => void)[] = [];
  const add = () => new Promise<void>((resolve) => waiting.push(resolve));
  const nudge = createNudge({ add }, { converse: null, send: new Map() }, log);
  for (let n = 0; n < 50; n++) nudge.converse();
  expect(waiting).toHaveLength(1);
  waiting[0]!();
  await expect.poll(() => waiting.length).toBe(2);
  waiting[1]!();
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(waiting).toHaveLength(2);
});

test('a job that cannot be added troubles nobody', async () => {
  const nudge = createNudge(
    { add: () => Promise.reject(new Error('away')) },
    { converse: null, send: new Map() },
    log,
  );
  nudge.notify();
  await new Promise((resolve) => setTimeout(resolve, 10));
  nudge.notify();
});
