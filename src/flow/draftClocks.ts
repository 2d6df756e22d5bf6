import type { JsonObject } from '../core/json.js';
import { framesOf, isWorkedOn, popChain } from './frames.js';
import { missingOf } from './missing.js';
import { dayOf, EXPIRE_AFTER, toldToGoOn, waitingDraft, wasToldToGoOn } from './restDraft.js';
import type { Run } from './run.js';
import { startOnTop } from './start.js';
import type { Frame } from './types.js';
import { showPending, takeUp, waitingStep } from './walk.js';

/**
 * Requests that were begun and left. They wait for a week from the last word of the person; after one day and after
 * three they are reminded of, a day before the end they are warned. Whoever said "stop" hears none of it.
 */
const DAY = 24 * 60;
const WARN_AFTER = 6 * DAY;
const REMIND_AFTER = [DAY, 3 * DAY, WARN_AFTER];
/** While a person has the word, reminders wait so many minutes. */
const AFTER_PERSON = 6 * 60;
export const DRAFT_EXPIRED = 'draft-expired';

/** What every turn ends with: the clocks are set with the first answer, stopped when nothing waits any more. */
export function settleDraft(run: Run, frames: readonly Frame[], isPersons: boolean): void {
  const { s } = run;
  const hasDraft = frames.some((frame) => frame.d !== undefined && isWorkedOn(frame));
  if (hasDraft) {
    const isNew = s.g === undefined;
    if (isNew || isPersons) s.g = run.nowMinutes;
    if (!isNew) return;
    // Who said "stop" is reminded of nothing until they begin anew.
    if (!s.nr) setTimer(run, 'draft_reminder', s.g! + DAY);
    setTimer(run, 'draft_expiry', s.g! + EXPIRE_AFTER);
  } else if (s.g !== undefined) {
    s.g = undefined;
    run.effects.push(
      { kind: 'cancel_timer', timer: 'draft_reminder' },
      { kind: 'cancel_timer', timer: 'draft_expiry' },
    );
  }
}

/** One of the clocks rang. Whoever went on since then is not disturbed: it is set anew. */
export function onDraftTimer(run: Run, flow: string, vars: JsonObject): void {
  const draft = waitingDraft(run);
  const known = draft?.f === undefined ? undefined : run.flows.byId.get(draft.f);
  if (!draft || !known || !run.flows.byId.has(flow)) return;
  const { s } = run;
  const since = lastWord(run);
  const idle = run.nowMinutes - since;
  if (flow === DRAFT_EXPIRED) {
    if (idle < EXPIRE_AFTER) {
      setTimer(run, 'draft_expiry', since + EXPIRE_AFTER);
      remindNext(run, since, idle);
    } else expire(run, draft, { ...vars, title: run.words(known.title) });
    return;
  }
  if (s.nr) return;
  if (run.context.handedOver) {
    setTimer(run, 'draft_reminder', run.nowMinutes + AFTER_PERSON);
    return;
  }
  remindNext(run, since, idle);
  if (idle < DAY) return;
  startOnTop(run, flow, {
    ...vars,
    title: run.words(known.title),
    missing: missingOf(run, draft),
    expires: dayOf(run, since + EXPIRE_AFTER),
    last: idle >= WARN_AFTER ? 'yes' : '',
  });
  toldToGoOn(run);
}

/** "Lanjut": takes up what waits, on top or beneath. False where nothing does. */
export function resumeDraft(run: Run): boolean {
  const { s } = run;
  delete s.x;
  delete s.m;
  if (wasToldToGoOn(run)) s.l = undefined;
  if (isWorkedOn(s) && waitingStep(run)) {
    showPending(run, run.text('resume', { title: run.words(run.flow.title) }));
    return true;
  }
  const beneath = s.k?.findLastIndex((frame) => isWorkedOn(frame) && frame.t !== undefined) ?? -1;
  if (beneath >= 0) {
    takeUp(run, beneath);
    return true;
  }
  // A question of a flow that another called: its own answers lie beneath.
  if (!waitingStep(run)) return false;
  showPending(run);
  return true;
}

function expire(run: Run, draft: Frame, vars: JsonObject): void {
  // Nothing of the draft is kept: all that hangs on it goes.
  while (run.s.f !== undefined && framesOf(run.s).includes(draft) && popChain(run.s));
  if (framesOf(run.s).some((frame) => frame.d === draft.d)) while (popChain(run.s));
  // Who asked for silence is not told of it either.
  if (!run.s.nr) startOnTop(run, DRAFT_EXPIRED, vars);
}

/** The next reminder that is still to come. */
function remindNext(run: Run, since: number, idle: number): void {
  const next = REMIND_AFTER.find((after) => after > idle);
  if (next !== undefined && !run.s.nr) setTimer(run, 'draft_reminder', since + next);
}

/** When the person was heard last. Sessions of before only knew that the clocks were set. */
function lastWord({ s, nowMinutes }: Run): number {
  return s.g !== undefined && s.g > 1 ? s.g : (s.q ?? nowMinutes);
}

function setTimer(run: Run, timer: 'draft_reminder' | 'draft_expiry', minutes: number): void {
  run.effects.push({ kind: 'set_timer', timer, dueAt: instant(minutes) });
}

function instant(minutes: number): string {
  return new Date(minutes * 60_000).toISOString();
}
