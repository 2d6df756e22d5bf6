import type { Content } from '../core/content.js';
import type { HandOverReason } from '../core/effect.js';
import { referenceOf } from './fileReference.js';
import { hasWork } from './frames.js';
import type { Run } from './run.js';

/** Gives the conversation to a person and says when one will answer. `text`: a flow's own words for it. */
export function handOver(run: Run, reason: HandOverReason, text?: string): void {
  run.effects.push({ kind: 'hand_over', reason });
  run.say(text ?? whenAnswered(run));
}

/** A voice note is for a person to hear: theirs is the word from here on. */
export function handOverVoice(run: Run, content: Extract<Content, { kind: 'voice' }>): void {
  run.effects.push({
    kind: 'hand_over',
    reason: 'voice',
    text: run.text('passed_on', { kind: 'voice', what: '' }).trim(),
    files: [referenceOf(content)],
  });
  run.say(
    run.text('voice_handed_over', {
      open: run.village?.isOpenNow || !run.village?.opensNext ? 'yes' : 'no',
      draft: hasWork(run.s) ? 'yes' : 'no',
    }),
  );
}

function whenAnswered(run: Run): string {
  const { village } = run;
  if (!village) return run.text('handed_over_no_village');
  if (village.isOpenNow || !village.opensNext) return run.text('handed_over');
  return run.text('handed_over_closed', { opens_next: village.opensNext });
}
