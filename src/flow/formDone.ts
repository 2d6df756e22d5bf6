import type { JsonObject } from '../core/json.js';
import type { CompiledSecureForm } from './compiled.js';
import { chainOf, framesOf, hasWork, popChain } from './frames.js';
import { consume } from './pending.js';
import type { Run } from './run.js';
import { finished, noteSent, waitsForForm } from './steps/secureForm.js';
import type { Frame } from './types.js';
import { showPending, walk } from './walk.js';

/** What the program tells of a form that was sent (effects/finishForm.ts); it needs no flow file of that name. */
export const FORM_DONE = 'form-done';

/**
 * A form was sent: the step that waits for it goes on by itself. Where another request has the word it goes on after
 * that; where nobody waits for it any more, that is said.
 */
export function onFormDone(run: Run, { form }: JsonObject): void {
  if (typeof form !== 'string') return;
  const frame = framesOf(run.s).find((one) => waitingAt(run, one, form) !== null);
  if (!frame) {
    run.say(run.text('form_late'));
    showPending(run);
    return;
  }
  const step = waitingAt(run, frame, form)!;
  // A menu that was called up meanwhile gives way.
  while (run.s.k !== undefined && waitingAt(run, run.s, form) === null && !hasWork(run.s)) popChain(run.s);
  const isOnTop = waitingAt(run, run.s, form) !== null;
  // While a person has the word nothing is asked; it goes on when the bot is called back.
  if (!isOnTop || run.context.handedOver) {
    noteSent(step, frame);
    run.say(run.text(isOnTop ? 'form_done' : 'form_done_later'));
    return;
  }
  consume(run, '');
  finished(step, run, 'filled');
  run.say(run.text('form_done'));
  run.joinNext(chainOf(run.s).at(-1)!.f);
  walk(run, step.at + 1);
}

/** The step of a frame that waits for this form. */
function waitingAt(run: Run, frame: Frame, form: string): CompiledSecureForm | null {
  const flow = frame.f === undefined ? undefined : run.flows.byId.get(frame.f);
  const step = flow?.steps[flow.places.get(frame.s ?? '') ?? -1];
  return step?.type === 'secure_form' && waitsForForm(step, frame, form) ? step : null;
}
