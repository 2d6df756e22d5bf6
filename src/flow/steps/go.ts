import type { StepKind } from './step.js';

/**
 * Goes to another step of the flow.
 *
 * ```yaml
 * - go: shown
 * ```
 */
export const go: StepKind<'go'> = {
  compile: (raw, c) => ({ target: c.target(['go'], raw.go) }),
  run: (step) => ({ kind: 'to', at: step.target }),
};
