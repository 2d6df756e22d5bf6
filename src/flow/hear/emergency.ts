import { isAside } from '../asides.js';
import type { CompiledStep } from '../compiled.js';
import { answerPending } from '../pending.js';
import type { Run } from '../run.js';
import { startOnTop } from '../start.js';
import { kindOf } from '../steps/index.js';
import { hearAny } from '../understand/alarm.js';
import { isWhollyOption } from '../understand/options.js';
import type { Message } from '../understand/vocabulary.js';
import { waitingStep } from '../walk.js';
import { passOn } from './passOn.js';
import { isAfterPause } from './text.js';

/**
 * Answers a message that tells of an emergency, before anything else. False where it tells of none. Where it only may be
 * one, or is wholly a choice that waits, 112 is named first and the message is heard as what it else is: a form loses
 * nothing, and nobody in need is passed over.
 */
export function heardEmergency(run: Run, message: Message, event: { at: Date }, late: boolean): boolean {
  const { s, flows } = run;
  const alarm = hearAny(flows, message);
  if (alarm === null) return false;
  const waiting = waitingStep(run);
  const isLikelierAnswer =
    isOfferedChoice(run, waiting, message) || (alarm.degree === 'faint' && isOpenAnswer(run, waiting));
  if (alarm.degree === 'maybe' || isLikelierAnswer) {
    if (!run.context.handedOver && run.context.officer === null) run.say(run.text('if_urgent'));
    return false;
  }
  const { kind } = alarm;
  const flow = flows.byIntent.get(kind) ?? flows.byId.get('emergency');
  if (!flow) return false;
  // Said again to the same question that takes free words, it is also the answer: nobody is asked in a circle.
  const isSaidAgain = s.l?.[0] === `!${kind}` && s.l[1] === (s.t ?? '') && waiting?.type === 'ask';
  const isAnswer = isSaidAgain && waiting.answer.type === 'text';
  run.isEmergency = true;
  const token = s.t;
  startOnTop(run, flow.id, { kind });
  // The officer who has the word hears of it as of everything else.
  if (run.context.handedOver) passOn(run, message);
  if (late) {
    // 112 comes first, in the same message.
    const canBeTold = run.village?.state === 'active';
    run.sayAfter(run.text(canBeTold ? 'emergency_late_told' : 'emergency_late'));
    run.effects.push({
      kind: 'raise_incident',
      incident: 'late_emergency',
      detail: { kind, text: message.text, sent: event.at.toISOString() },
    });
  }
  if (run.asks.length > 0) return true;
  run.s.l = [`!${kind}`, token ?? '', run.sentSeconds];
  if (isAnswer && run.s.t === token)
    answerPending(run, waiting, { content: { kind: 'text', text: message.text }, message, tapped: null });
  return true;
}

/** Whether the message is nothing but the name of a choice that waits: "kecelakaan" to "Karena apa meninggalnya?". */
function isOfferedChoice(run: Run, waiting: CompiledStep | null, message: Message): boolean {
  // After a pause nobody remembers the question: then it is a cry.
  if (run.context.handedOver || isAside(run) || !waiting || isAfterPause(run)) return false;
  if (waiting.type !== 'choose' && !(waiting.type === 'ask' && waiting.answer.type === 'choice'))
    return false;
  return isWhollyOption(kindOf(waiting.type).question!(waiting as never, run).options, message);
}

/** Whether any words would answer the question that waits. */
function isOpenAnswer(run: Run, waiting: CompiledStep | null): boolean {
  return (
    !run.context.handedOver && !isAside(run) && waiting?.type === 'ask' && waiting.answer.type === 'text'
  );
}
