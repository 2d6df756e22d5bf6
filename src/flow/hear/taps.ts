import type { Content } from '../../core/content.js';
import { readPayload } from '../../core/payload.js';
import type { Payload } from '../../core/payload.js';
import { sayWord } from '../always.js';
import { asideQuestion, isAside } from '../asides.js';
import { answerPending } from '../pending.js';
import { showQuestion } from '../question.js';
import type { Reply } from '../question.js';
import type { Run } from '../run.js';
import { mayBeTapped, startOnTop } from '../start.js';
import { isKeypadOf } from '../steps/keypad.js';
import { ALWAYS_WORDS } from '../understand/vocabulary.js';
import type { AlwaysWord } from '../understand/vocabulary.js';
import { showPending, waitingStep } from '../walk.js';
import { onAside } from './aside.js';
import { isSameTap } from './repeats.js';

/** Hears a button. What is no payload of ours, or is of a question that is over, gets the present state. */
export function onTap(run: Run, content: Extract<Content, { kind: 'tap' }>): void {
  const payload = readPayload(content.payload);
  if (payload) onPayload(run, payload, content.payload);
  else stale(run);
}

/** Does what a payload says: answers the question, says a word, starts a flow. */
export function onPayload(run: Run, payload: Payload, text: string): void {
  const { s } = run;
  switch (payload.kind) {
    case 'answer': {
      if (payload.token !== s.t) {
        staleAnswer(run, payload.token);
        return;
      }
      const reply: Reply = { content: { kind: 'tap', payload: text }, message: null, tapped: payload.option };
      if (isAside(run)) onAside(run, reply);
      else {
        const waiting = waitingStep(run);
        if (waiting) answerPending(run, waiting, reply);
        else stale(run);
      }
      return;
    }
    case 'word': {
      const word = ALWAYS_WORDS.find((known): known is AlwaysWord => known === payload.word);
      if (isSameTap(run, text)) return;
      run.s.l = [text, '', run.sentSeconds];
      if (word) sayWord(run, word);
      else stale(run);
      return;
    }
    case 'keypad': {
      // Which places were tapped is kept sealed, though nobody can read digits from it.
      run.sealsInput = true;
      const waiting = isAside(run) ? null : waitingStep(run);
      if (waiting?.type !== 'keypad' || !isKeypadOf(waiting, run, payload.id)) {
        stale(run, run.text('keypad_over'));
        return;
      }
      run.isOnKeypad = true;
      answerPending(run, waiting, {
        content: { kind: 'tap', payload: text },
        message: null,
        tapped: null,
      });
      return;
    }
    case 'flow': {
      if (isSameTap(run, text)) return;
      const flow = run.flows.byId.get(payload.flow);
      if (!flow || !mayBeTapped(flow)) {
        stale(run);
        return;
      }
      run.s.l = [text, '', run.sentSeconds];
      startOnTop(run, flow.id, payload.arg === '' ? {} : { arg: payload.arg });
    }
  }
}

/** A button of a question that is over: a double tap is passed over; else it is told what became of it. */
function staleAnswer(run: Run, token: string): void {
  if (isSameTap(run, token)) return;
  const { l } = run.s;
  if (l?.[0] === token && l[3] !== undefined) {
    run.say(run.text('already_sent', { code: l[3] }));
    return;
  }
  stale(run);
}

function stale(run: Run, told = run.text('stale')): void {
  if (isAside(run)) showQuestion(run, asideQuestion(run), told);
  else if (waitingStep(run)) showPending(run, told);
  else run.say(`${told} ${run.text('menu_line')}`);
}
