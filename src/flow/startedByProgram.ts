import type { JsonObject } from '../core/json.js';
import { DRAFT_EXPIRED, onDraftTimer } from './draftClocks.js';
import { FORM_DONE, onFormDone } from './formDone.js';
import { settleAnswer } from './pending.js';
import { endsRest, onRestOver, REST_OVER } from './rests.js';
import { Run } from './run.js';
import { startOnTop } from './start.js';
import { kindOf } from './steps/index.js';
import { DRAFT_REMINDER, waitingStep } from './walk.js';

/** The event of the engine's own timer: it needs no flow file of that name. */
const SETTLE = 'gather';

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
  if (run.flows.byId.get(flow)?.beside) {
    sayBeside(run, flow, vars);
    return;
  }
  if (flow === REST_OVER) onRestOver(run);
  else if (!endsRest(run, flow, vars)) startOnTop(run, flow, vars);
}

/** Says what a flow says without a trace in the session: what waits there goes on waiting, and is not asked again. */
function sayBeside(run: Run, flow: string, vars: JsonObject): void {
  const beside = new Run(run.flows, {}, run.context);
  startOnTop(beside, flow, vars);
  if (beside.asks.length > 0)
    throw new Error(`the flow "${flow}" is said beside what waits, and may ask nothing`);
  run.effects.push(...beside.effects);
}
