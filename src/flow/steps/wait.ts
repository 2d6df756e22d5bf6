import type { Run } from '../run.js';
import type { CompiledWait } from '../compiled.js';
import { WAIT } from '../question.js';
import type { StepKind } from './step.js';

const MINUTE = 60_000;
const SPANS: { [span: string]: number } = { m: 1, h: 60, d: 24 * 60 };

/**
 * Rests for a time (`for`: 30m, 6h, 3d), or until a moment that an expression gives (`until`, ISO). What the person
 * writes meanwhile is heard as if nothing waited; "batal" ends the rest, and the flow with it. When the time has come
 * the flow goes on by itself, on top of what waits then.
 *
 * With `event`, what the program tells under that name (an internal row of the conversation: `case-notice`, …) ends the
 * rest before its time, and is not said by itself then; what it brought is the variable `into`. `into` is null where
 * the time ended it.
 *
 * ```yaml
 * - wait: for_news
 *   for: 3d
 *   event: case-notice
 *   into: news
 *   text: Kami tunggu kabar dari petugas, paling lama tiga hari. Ketik "menu" untuk layanan lain.
 * ```
 */
export const wait: StepKind<'wait'> = {
  compile: (raw, c) => {
    if ((raw.for === undefined) === (raw.until === undefined))
      c.fault(
        [],
        'a rest needs one end: nobody waits for ever',
        'give it `for:` (30m, 6h, 3d) or `until:`, not both',
      );
    return {
      minutes: raw.for === undefined ? null : minutesOf(raw.for),
      until: c.expressionOr(['until'], raw.until, null),
      event: raw.event ?? null,
      into: raw.into ?? null,
      text: raw.text ? c.words(['text'], raw.text) : null,
    };
  },
  run: (step, run) => {
    if (step.text) run.say(run.words(step.text));
    if (step.into) run.setVariable(step.into, null);
    run.s.s = step.id;
    run.s.t = undefined;
    run.s.u = Math.max(run.nowMinutes, endOf(step, run));
    return WAIT;
  },
};

function minutesOf(written: string): number {
  return Number(written.slice(0, -1)) * SPANS[written.at(-1)!]!;
}

/** When the rest is over, in minutes since 1970; a moment that cannot be told is now. */
function endOf(step: CompiledWait, run: Run): number {
  if (step.minutes !== null) return run.nowMinutes + step.minutes;
  const value = step.until ? run.value(step.until) : null;
  const at = typeof value === 'string' ? new Date(value).getTime() : NaN;
  return Number.isNaN(at) ? run.nowMinutes : Math.ceil(at / MINUTE);
}
