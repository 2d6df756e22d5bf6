import { dayIn } from './answers/days.js';
import { framesOf, isWorkedOn } from './frames.js';
import { missingOf } from './missing.js';
import type { Run } from './run.js';
import type { Frame } from './types.js';

/** A draft is kept for so many minutes from the last word of the person. */
export const EXPIRE_AFTER = 7 * 24 * 60;

/** "Nanti": what is being filled in rests; it is told what is missing, until when it is kept, and the word to come back. */
export function rest(run: Run): boolean {
  const draft =
    waitingDraft(run) ?? framesOf(run.s).find((frame) => isWorkedOn(frame) && frame.f !== undefined);
  const flow = draft?.f === undefined ? undefined : run.flows.byId.get(draft.f);
  if (!draft || !flow) return false;
  run.say(
    run.text('draft_rests', {
      title: run.words(flow.title),
      missing: missingOf(run, draft),
      until: dayOf(run, run.nowMinutes + EXPIRE_AFTER),
    }),
  );
  toldToGoOn(run);
  return true;
}

/** The mark that somebody was just told to type "lanjut": it then means that, though the question takes it as its answer. */
const TOLD = '~lanjut';

export function toldToGoOn({ s, sentSeconds }: Run): void {
  s.l = [TOLD, s.t ?? '', sentSeconds];
}

export function wasToldToGoOn({ s }: Run): boolean {
  return s.l?.[0] === TOLD && s.l[1] === (s.t ?? '');
}

/** The request that is being filled in, or lies beneath something else. */
export function waitingDraft(run: Run): Frame | undefined {
  return framesOf(run.s).find((frame) => frame.d !== undefined && isWorkedOn(frame));
}

/** The day in the village's zone: `2026-12-01`. */
export function dayOf(run: Run, minutes: number): string {
  return dayIn(new Date(minutes * 60_000), run.zone);
}
