import { letGoOfTold } from './frames.js';
import type { Run } from './run.js';

/**
 * Somebody else may have the word than when the session was left: another person of the same phone, whoever has the
 * number now, or one half of two chats that were linked. What was told before is let go then; what is being filled in
 * stays, but after a long silence.
 */
export function forgetWhatWasTold(run: Run): void {
  const { s } = run;
  const { id, hiddenBy } = run.context.resident;
  const isOther = s.r !== undefined && s.r.slice(0, 8) !== id.slice(-8);
  const isHiddenNow = (hiddenBy ?? null) !== null && s.r?.endsWith('h') !== true;
  if (!isOther && !isHiddenNow) return;
  letGoOfTold(s, !isOther && hiddenBy === 'silence');
  if (s.fw?.d === undefined) delete s.fw;
  delete s.o;
  delete s.on;
  delete s.l;
  delete s.al;
}

/** Takes down whose words these were, where it can become somebody else. */
export function noteWhose(run: Run): void {
  const { id, hiddenBy, profiles, isLinked } = run.context.resident;
  const isHidden = (hiddenBy ?? null) !== null;
  if (isHidden || isLinked || (profiles ?? 0) > 1) run.s.r = `${id.slice(-8)}${isHidden ? 'h' : ''}`;
  else run.s.r = undefined;
}
