import type { HandOverReason } from '../core/effect.js';
import type { Run } from './run.js';

/** Gives the conversation to a person and says when one will answer. `text`: a flow's own words for it. */
export function handOver(run: Run, reason: HandOverReason, text?: string): void {
  run.effects.push({ kind: 'hand_over', reason });
  run.say(text ?? whenAnswered(run));
}

function whenAnswered(run: Run): string {
  const { village } = run;
  if (!village) return run.text('handed_over_no_village');
  if (village.isOpenNow || !village.opensNext) return run.text('handed_over');
  return run.text('handed_over_closed', { opens_next: village.opensNext });
}
