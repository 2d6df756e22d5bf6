import type { JsonObject } from '../core/json.js';
import type { CompiledFlow } from './compiled.js';
import { FORM_DONE, onFormDone } from './formDone.js';
import { DRAFT_EXPIRED, onDraftTimer } from './draftClocks.js';
import { hasWork, isWorkedOn, popChain } from './frames.js';
import { settleAnswer } from './pending.js';
import { endsRest, onRestOver, REST_OVER } from './rests.js';
import type { Run } from './run.js';
import { kindOf } from './steps/index.js';
import { DRAFT_REMINDER, enter, showPending, takeUp, waitingStep, walk } from './walk.js';

/** The event of the engine's own timer: it needs no flow file of that name. */
const SETTLE = 'gather';
/** The intent of the flow that ends reminders. */
const STOP = 'sistem.stop';

/** Another part of the program wants a flow shown: on top of what waits, which is asked again afterwards. */
export function startFlow(run: Run, flow: string, vars: JsonObject): void {
  if (flow === SETTLE) {
    const step = waitingStep(run);
    const answered = step && kindOf(step.type).settle?.(step as never, run);
    if (step && answered) settleAnswer(run, step, answered, null);
    return;
  }
  if (flow === DRAFT_REMINDER || flow === DRAFT_EXPIRED) {
    onDraftTimer(run, flow, vars);
    return;
  }
  if (flow === FORM_DONE) {
    onFormDone(run, vars);
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
