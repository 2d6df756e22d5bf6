import { valuesOf } from './lookUp.js';
import type { StepKind } from './step.js';

/**
 * Runs another flow and comes back. Its variables begin with `with`; what it `returns` comes back into `into`.
 *
 * ```yaml
 * - call: receipt
 *   flow: receipt
 *   with: { code: vars.case.code }
 * ```
 */
export const call: StepKind<'call'> = {
  compile: (raw, c) => ({ flow: raw.flow, with: c.values(['with'], raw.with), into: raw.into ?? null }),
  run: (step, run) => ({ kind: 'call', flow: step.flow, vars: valuesOf(run, step.with), into: step.into }),
};
