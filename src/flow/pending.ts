import type { CompiledStep } from './compiled.js';
import { askToSwitch, askWhich } from './asides.js';
import { cancel } from './always.js';
import { chainOf, hasWork } from './frames.js';
import { startOnTop } from './start.js';
import { showQuestion } from './question.js';
import type { Answered, Reply } from './question.js';
import type { Run } from './run.js';
import type { Session } from './types.js';
import { kindOf } from './steps/index.js';
import { offer } from './steps/say.js';
import { choose, isErrand, isNamedClearly, namedFlows } from './understand/intent.js';
import { follow, isPausedMeanwhile, showPending, walk } from './walk.js';

/** After so many answers that were not understood, a person is offered. */
const MOST_MISSES = 3;

/** Hands a reply to the step that waits. */
export function answerPending(run: Run, step: CompiledStep, reply: Reply): void {
  if (isPausedMeanwhile(run)) return;
  settleAnswer(run, step, kindOf(step.type).answer!(step as never, run, reply), reply);
}

/** Follows what a step made of a reply. `reply` is null where a look-up's answer came between. */
export function settleAnswer(run: Run, step: CompiledStep, answered: Answered, reply: Reply | null): void {
  switch (answered.kind) {
    case 'quiet':
      return;
    case 'again':
      showPending(run, answered.say);
      return;
    case 'beside':
      startOnTop(run, answered.flow, {});
      return;
    case 'look_up':
      run.suspend(answered.ask, { ...answered.about, k: 'found', id: answered.ask.id });
      return;
    case 'miss':
      miss(run, step, answered, reply);
      return;
    case 'go':
      consume(run, answered.confirms && reply?.message ? reply.message.plain : '');
      if (answered.outcome.kind === 'cancel') {
        cancel(run);
        return;
      }
      {
        const at = follow(run, step, answered.outcome);
        if (at !== null) walk(run, at);
      }
  }
}

/** The question is over: its buttons are stale from here on, and a second tap on the same one is known. */
export function consume(run: Run, confirmedBy: string): void {
  run.s.l = [run.s.t ?? '', confirmedBy, run.sentSeconds];
  run.s.t = undefined;
  run.s.m = undefined;
  run.s.x = undefined;
}

function miss(
  run: Run,
  step: CompiledStep,
  missed: Extract<Answered, { kind: 'miss' }>,
  reply: Reply | null,
): void {
  const { s } = run;
  if (reply?.message && !missed.isMild) {
    // Whoever called the flow on top is what they are at already.
    const own = chainOf(s).map(({ f }) => f);
    const found = namedFlows(run.flows, reply.message, run.context.officer !== null).filter(
      (named) => !own.includes(named.flow.id) && isErrand(named.flow),
    );
    const { one, several } = choose(found);
    if (one && isNamedClearly(one)) {
      // Where nothing is filled in there is nothing to ask: a menu is left as soon as another thing is named.
      if (hasWork(s)) askToSwitch(run, one);
      else startOnTop(run, one.flow.id, one.arg ? { arg: one.arg } : {});
      return;
    }
    if (several.length > 0 && isNamedClearly(several[0]!)) {
      askWhich(run, several);
      return;
    }
  }
  if (!missed.isMild) s.m = (s.m ?? 0) + 1;
  if ((s.m ?? 0) >= MOST_MISSES) {
    offerPerson(run);
    return;
  }
  showQuestion(run, kindOf(step.type).question!(step as never, run), missed.hint, missed.isOwn);
}

/** Three times not understood: a person can help. The question keeps waiting. */
export function offerPerson(run: Run): void {
  const choices = [
    { label: run.text('officer_button'), payload: PERSON_OFFER[0] },
    { label: run.text('try_again'), payload: PERSON_OFFER[1] },
  ];
  run.say(run.text('miss_offer'), { choices });
  offer(run, choices);
}

const PERSON_OFFER = ['w.petugas', 'w.ulangi'] as const;

/** Whether choices that wait are those of `offerPerson`. */
export function isPersonOffer(offered: Session['o']): boolean {
  return offered?.length === 2 && PERSON_OFFER.every((payload, at) => offered[at]![1] === payload);
}
