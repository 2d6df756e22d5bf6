import { answerAside, endAside } from '../asides.js';
import { answerPending } from '../pending.js';
import type { Reply } from '../question.js';
import type { Run } from '../run.js';
import { startOnTop } from '../start.js';
import { showPending, waitingStep } from '../walk.js';
import { onNothingWaiting } from './nothingWaiting.js';

/** Hears the answer to a question of the engine's own. */
export function onAside(run: Run, reply: Reply): void {
  const answer = answerAside(run, reply);
  if (answer.kind === 'flow') {
    run.s.l = [run.s.t ?? '', '', run.sentSeconds];
    endAside(run);
    startOnTop(run, answer.flow, answer.arg ? { arg: answer.arg } : {});
    return;
  }
  if (answer.kind === 'stay') {
    run.s.l = [run.s.t ?? '', '', run.sentSeconds];
    endAside(run);
    if (waitingStep(run)) showPending(run, run.text('switch_stay'));
    else run.say(run.text('menu_line'));
    return;
  }
  // Neither yes nor no: what was said may answer the question beneath, or name a flow.
  const waiting = waitingStep(run);
  endAside(run);
  if (waiting) answerPending(run, waiting, reply);
  else if (reply.message) onNothingWaiting(run, reply.message, false);
}
