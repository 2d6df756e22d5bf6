import { framesOf } from './frames.js';
import type { Run } from './run.js';

/** The draft of the flow on top, made now where it has none yet. */
export function draftOf(run: Run): string {
  run.s.d ??= run.context.newId();
  return run.s.d;
}

/** The draft of the request that is being filled in, also from a flow that it called. */
export function draftBeneath(run: Run): string {
  return framesOf(run.s).find(({ d }) => d !== undefined)?.d ?? draftOf(run);
}
