import { NEXT } from '../question.js';
import type { StepKind } from './step.js';

/**
 * Goes where the first condition that holds says; else to `else`, else on.
 *
 * ```yaml
 * - when: outcome
 *   cases: [{ if: vars.done.outcome == 'done', go: sent }]
 *   else: too_late
 * ```
 */
export const when: StepKind<'when'> = {
  compile: (raw, c) => ({
    cases: raw.cases.map((one, i) => ({
      if: c.expression(['cases', i, 'if'], one.if),
      go: c.target(['cases', i, 'go'], one.go),
    })),
    else: raw.else ? c.target(['else'], raw.else) : null,
  }),
  run: (step, run) => {
    for (const one of step.cases) if (run.holds(one.if)) return { kind: 'to', at: one.go };
    return step.else === null ? NEXT : { kind: 'to', at: step.else };
  },
};
