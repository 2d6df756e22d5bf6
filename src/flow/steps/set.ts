import { NEXT } from '../question.js';
import type { StepKind } from './step.js';

/**
 * Keeps a value in a variable.
 *
 * ```yaml
 * - set: months
 *   to: months_between(answers.birth, now)
 * ```
 */
export const set: StepKind<'set'> = {
  compile: (raw, c) => ({ name: raw.set, to: c.expression(['to'], raw.to) }),
  run: (step, run) => {
    run.setVariable(step.name, run.value(step.to));
    return NEXT;
  },
};
