import { sayWord } from '../always.js';
import { askWhich } from '../asides.js';
import { offerPerson } from '../pending.js';
import type { Run } from '../run.js';
import { startOnTop } from '../start.js';
import { flowOfCode } from './codes.js';
import { heardUnbound } from './officer.js';
import { choose, isNamedClearly, meantWord, namedFlows } from '../understand/intent.js';
import type { Message } from '../understand/vocabulary.js';

/** No question waits: a code is looked up, a flow that is named begins, of several one is chosen, else the menu. */
export function onNothingWaiting(run: Run, message: Message, late: boolean): void {
  const { flows } = run;
  const meant = flowOfCode(run, message);
  if (meant) {
    startOnTop(run, meant.flow, { arg: meant.arg });
    return;
  }
  const word = meantWord(flows, message);
  if (word) {
    sayWord(run, word);
    return;
  }
  const { one, several } = choose(namedFlows(flows, message, run.context.officer !== null));
  // What an officer writes is more likely for a resident than a wish of their own, unless it names that clearly.
  if (!(one && isNamedClearly(one)) && heardUnbound(run, message)) return;
  if (one) {
    startOnTop(run, one.flow.id, one.arg ? { arg: one.arg } : {});
    return;
  }
  if (several.length > 0) {
    askWhich(run, several);
    return;
  }
  if (late) {
    sayWord(run, 'menu');
    return;
  }
  run.s.m = (run.s.m ?? 0) + 1;
  if (run.s.m >= 3) {
    offerPerson(run);
    return;
  }
  const { m } = run.s;
  const unclear = flows.byIntent.get('tidak_jelas');
  if (unclear) startOnTop(run, unclear.id, {});
  else {
    run.say(run.text('not_understood'));
    sayWord(run, 'menu');
  }
  run.s.m = m;
}
