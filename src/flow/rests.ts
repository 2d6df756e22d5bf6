import type { JsonObject } from '../core/json.js';
import { framesOf, raise } from './frames.js';
import type { CompiledOf } from './compiled.js';
import type { Run } from './run.js';
import type { Frame } from './types.js';
import { walk } from './walk.js';

/** The engine's own event: a flow that rests (`wait`) goes on. */
export const REST_OVER = 'rest-over';
/** While a person has the word nothing is said of itself: it is tried again after so many minutes. */
const AFTER_PERSON = 60;

/** A rest's time has come: the flow goes on. Whose time has not come yet stays; `finish` sets the clock anew. */
export function onRestOver(run: Run): void {
  const due = framesOf(run.s).find((frame) => frame.u !== undefined && frame.u <= run.nowMinutes);
  // The clock that rang is used up.
  run.s.j = undefined;
  if (!due) return;
  if (run.context.handedOver) due.u = run.nowMinutes + AFTER_PERSON;
  else goOn(run, due, null);
}

/** Whether a flow rests until just this happens: then that ends its rest, and is not said by itself. */
export function endsRest(run: Run, event: string, vars: JsonObject): boolean {
  if (run.s.j === undefined) return false;
  const waiting = framesOf(run.s).find((frame) => restOf(run, frame)?.event === event);
  if (!waiting) return false;
  goOn(run, waiting, vars);
  return true;
}

/** The earliest end of a rest, in minutes since 1970; undefined where nothing rests. */
export function nextRest(frames: readonly Frame[]): number | undefined {
  let next: number | undefined;
  for (const { u } of frames) if (u !== undefined && (next === undefined || u < next)) next = u;
  return next;
}

function goOn(run: Run, frame: Frame, vars: JsonObject | null): void {
  const step = restOf(run, frame);
  raise(run.s, frame);
  run.s.u = undefined;
  if (!step) return;
  if (step.into && vars) run.setVariable(step.into, vars);
  walk(run, step.at + 1);
}

function restOf(run: Run, frame: Frame): CompiledOf<'wait'> | null {
  if (frame.u === undefined || frame.f === undefined) return null;
  const flow = run.flows.byId.get(frame.f);
  const step = flow?.steps[flow.places.get(frame.s ?? '') ?? -1];
  return step?.type === 'wait' ? step : null;
}
