import type { JsonObject } from '../core/json.js';
import type { CompiledFlow } from './compiled.js';
import { hasWork, isWorkedOn, popChain } from './frames.js';
import type { Run } from './run.js';
import { enter, showPending, takeUp, walk } from './walk.js';

/** The intent of the flow that ends reminders. */
const STOP = 'sistem.stop';

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
