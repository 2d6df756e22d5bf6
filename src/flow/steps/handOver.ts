import { NEXT } from '../question.js';
import { handOver as toPerson } from '../handOver.js';
import type { StepKind } from './step.js';

/**
 * Gives the conversation to a person of the village. Without a text the engine says when one will answer.
 *
 * ```yaml
 * - hand_over: open
 *   reason: asked
 *   text: Baik, petugas {village} sudah kami panggil.
 * ```
 */
export const handOver: StepKind<'hand_over'> = {
  compile: (raw, c) => ({ reason: raw.reason, text: raw.text ? c.words(['text'], raw.text) : null }),
  run: (step, run) => {
    toPerson(run, step.reason, step.text ? run.words(step.text) : undefined);
    return NEXT;
  },
};
