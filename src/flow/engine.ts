import type { JsonObject } from '../core/json.js';
import type { Flows } from './compiled.js';
import { finish } from './finish.js';
import { onMessage } from './onMessage.js';
import { settleAnswer } from './pending.js';
import { Run } from './run.js';
import { startFlow } from './startedByProgram.js';
import { kindOf } from './steps/index.js';
import type { FlowEvent, Session, Turn, TurnContext } from './types.js';
import { catchUpAfter, catchUpBefore } from './versions.js';
import { follow, sayNotActive, walk, waitingStep } from './walk.js';
import { forgetWhatWasTold } from './whose.js';
import { asText } from './asText.js';

/**
 * One turn of a conversation: takes what happened and gives back where the conversation then stands, what is to be
 * done and what it waits for. Pure and synchronous: time, ids and data are handed in. The session handed in is not
 * changed. A suspended turn (`asks`) goes on when it is called with `{ kind: 'answers' }`, the session that it
 * returned and the same context. Throws on a fault of a flow or of the program; the caller isolates it.
 */
export function advance(flows: Flows, session: Session, event: FlowEvent, context: TurnContext): Turn {
  const run = new Run(flows, session, context);
  switch (event.kind) {
    case 'message':
      forgetWhatWasTold(run);
      onMessage(run, event);
      break;
    case 'start':
      forgetWhatWasTold(run);
      catchUpBefore(run);
      startFlow(run, event.flow, event.vars);
      catchUpAfter(run);
      break;
    case 'answers':
      goOn(run, event.results);
      break;
  }
  if (run.asks.length === 0) finish(run, event.kind !== 'start');
  return run.done();
}

/** Takes up a suspended turn with what it waited for. */
function goOn(run: Run, results: { [ask: string]: JsonObject[string] }): void {
  const then = run.takeUp();
  const id = asText(then.id);
  if (!(id in results)) throw new Error(`the answer to "${id}" is missing`);
  const result = results[id]!;
  if (then.k === 'step') {
    if (typeof then.into === 'string') run.setVariable(then.into, result);
    const { flow, s } = run;
    const step = flow.steps[flow.places.get(s.s!)!]!;
    if (
      step.type === 'do' &&
      step.effect === 'open_case' &&
      isObject(result) &&
      result.refused === 'not_active'
    ) {
      sayNotActive(run);
      return;
    }
    const own = kindOf(step.type);
    if (own.looked) {
      const at = follow(run, step, own.looked(step as never, run, isObject(result) ? result : {}));
      if (at !== null) walk(run, at);
      return;
    }
    // The number of a request, for a second tap on "Kirim" later on.
    if (step.type === 'do' && run.s.l && isObject(result) && typeof result.code === 'string')
      run.s.l = [run.s.l[0], run.s.l[1], run.s.l[2], result.code];
    walk(run, step.at + 1);
    return;
  }
  const step = waitingStep(run);
  const kind = step && kindOf(step.type);
  if (!step || !kind?.found) throw new Error('nothing waits for what was looked up');
  settleAnswer(run, step, kind.found(step as never, run, isObject(result) ? result : {}, then), null);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
