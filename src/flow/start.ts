import type { JsonObject } from '../core/json.js';
import type { CompiledFlow } from './compiled.js';
import { framesOf, hasWork, isWorkedOn, popChain } from './frames.js';
import { endsRest, onRestOver, REST_OVER } from './rests.js';
import type { Run } from './run.js';
import { kindOf } from './steps/index.js';
import { DRAFT_REMINDER, enter, showPending, takeUp, waitingStep, walk } from './walk.js';

/** Events of the engine's own timers: they need no flow file of that name. */
const SETTLE = 'gather';
const REMIND = DRAFT_REMINDER;
const EXPIRE = 'draft-expired';
/** The intent of the flow that ends reminders. */
const STOP = 'sistem.stop';

/** Another part of the program wants a flow shown: on top of what waits, which is asked again afterwards. */
export function startFlow(run: Run, flow: string, vars: JsonObject): void {
  if (flow === SETTLE) {
    const step = waitingStep(run);
    if (step) kindOf(step.type).settle?.(step as never, run);
    return;
  }
  if (flow === REMIND || flow === EXPIRE) {
    onDraftTimer(run, flow, vars);
    return;
  }
  if (flow === REST_OVER) onRestOver(run);
  else if (!endsRest(run, flow, vars)) startOnTop(run, flow, vars);
}

/** Whether a button may start a flow: notices and what only other flows start are no one's to tap. */
export function mayBeTapped(flow: CompiledFlow): boolean {
  return flow.byButton || flow.opensByLink || flow.intent !== null || flow.understands.length > 0;
}

/**
 * Starts a flow that a person or the program asked for. What was begun stays beneath it; an empty menu does not. The
 * same flow waiting beneath with answers is taken up instead of begun anew.
 */
export function startOnTop(run: Run, flow: string, vars: JsonObject): void {
  const { s } = run;
  delete s.x;
  delete s.m;
  if (run.flows.byId.get(flow)?.intent === STOP) s.nr = 1;
  const beneath =
    s.k?.findLastIndex((frame) => frame.f === flow && isWorkedOn(frame) && frame.t !== undefined) ?? -1;
  if (beneath >= 0 && Object.keys(vars).length === 0) {
    takeUp(run, beneath);
    return;
  }
  const interrupts = run.flows.byId.get(flow)?.interrupts ?? false;
  // A menu nobody has chosen from gives way; only what comes of itself and goes again lets it wait.
  if (s.f !== undefined && !hasWork(s) && !interrupts) {
    if (popChain(s) && s.f === flow && isWorkedOn(s) && Object.keys(vars).length === 0) {
      showPending(run, run.text('back_to', { title: run.words(run.flow.title) }));
      return;
    }
  }
  const at = enter(run, flow, vars, s.f === undefined ? null : 'i');
  if (at !== null) walk(run, at);
}

/** A draft has waited long. Nothing is said where none waits any more. */
function onDraftTimer(run: Run, flow: string, vars: JsonObject): void {
  const draft = framesOf(run.s).find((frame) => frame.d !== undefined && isWorkedOn(frame));
  const known = draft?.f === undefined ? undefined : run.flows.byId.get(draft.f);
  if (!known || !run.flows.byId.has(flow)) return;
  if (run.s.nr && flow === REMIND) return;
  const title = run.words(known.title);
  if (flow === EXPIRE) {
    // Nothing of the draft is kept: all that hangs on it goes.
    while (run.s.f !== undefined && framesOf(run.s).includes(draft!) && popChain(run.s));
    if (framesOf(run.s).some((frame) => frame.d === draft!.d)) clear(run);
    // Who asked for silence is not told of it either.
    if (run.s.nr) return;
  }
  startOnTop(run, flow, { ...vars, title });
}

function clear(run: Run): void {
  while (popChain(run.s));
}
