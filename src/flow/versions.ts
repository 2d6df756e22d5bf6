import type { Run } from './run.js';
import { framesOf, letGoOfGone } from './frames.js';
import { offer } from './steps/say.js';
import { showPending, waitingStep, walk } from './walk.js';

/**
 * The same where the program says something in between: what is gone is told before it; where the step that waited is
 * gone, what comes in its place is asked after it.
 */
export function catchUpBefore(run: Run): void {
  const isGone = framesOf(run.s).some(({ f }) => f !== undefined && !run.flows.byId.has(f));
  if (!isGone) return;
  const { wasOnTop } = letGoOfGone(run.s, (flow) => run.flows.byId.has(flow));
  if (wasOnTop && run.s.f === undefined) run.say(run.text('flow_gone'));
}

export function catchUpAfter(run: Run): void {
  if (run.asks.length === 0 && run.s.t !== undefined && run.s.f !== undefined && !waitingStep(run))
    catchUp(run);
}

/**
 * A flow may have been edited while its question waited. At the same step it goes on with its answers; if that step
 * is gone, at the nearest one before it by the order of the version that began, and the person is told. False where
 * the present state was said instead of an answer being taken.
 */
export function catchUp(run: Run): boolean {
  const { s, flows } = run;
  const { wasOnTop } = letGoOfGone(s, (flow) => flows.byId.has(flow));
  if (wasOnTop && s.f === undefined) {
    const choices = [{ label: run.text('menu'), payload: 'w.menu' }];
    run.say(run.text('flow_gone'), { choices });
    offer(run, choices);
    return false;
  }
  const flow = run.flowOrNull;
  if (!flow || s.h === undefined || s.h === flow.hash || s.s === undefined) return true;
  const began = s.h;
  s.h = flow.hash;
  if (flow.places.has(s.s)) {
    const step = waitingStep(run);
    if (step?.type === 'choose' || (step?.type === 'ask' && step.answer.type === 'choice')) {
      // The same number may mean another option by now: shown again before it counts.
      showPending(run, run.text('flow_changed', { title: run.words(flow.title) }));
      return false;
    }
    return true;
  }
  const order = flows.history.get(flow.id)?.get(began) ?? [];
  const before = order.slice(0, Math.max(0, order.indexOf(s.s))).filter((id) => flow.places.has(id));
  const last = before.at(-1);
  run.say(run.text('flow_changed', { title: run.words(flow.title) }));
  walk(run, last === undefined ? 0 : flow.places.get(last)!, true);
  return false;
}
