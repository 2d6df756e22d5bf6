import type { Run } from './run.js';
import { framesOf, isWorkedOn } from './frames.js';
import { nextRest } from './rests.js';
import { noteWhose } from './whose.js';

/** A draft is reminded of after a day and let go after a week. */
const REMIND_AFTER = 24 * 3600_000;
const EXPIRE_AFTER = 7 * 24 * 3600_000;

/** What every turn ends with: the first-contact card, the clocks of a draft, the time of the question that waits. */
export function finish(run: Run): void {
  const { s, context } = run;
  if (context.resident.isNew) firstContact(run);
  const frames = framesOf(s);
  setRest(run, nextRest(frames));
  const hasDraft = frames.some((frame) => frame.d !== undefined && isWorkedOn(frame));
  if (hasDraft && !s.g) {
    s.g = 1;
    // Who said "stop" is reminded of nothing until they begin anew.
    if (!s.nr)
      run.effects.push({ kind: 'set_timer', timer: 'draft_reminder', dueAt: after(run, REMIND_AFTER) });
    run.effects.push({ kind: 'set_timer', timer: 'draft_expiry', dueAt: after(run, EXPIRE_AFTER) });
  } else if (!hasDraft && s.g) {
    delete s.g;
    run.effects.push(
      { kind: 'cancel_timer', timer: 'draft_reminder' },
      { kind: 'cancel_timer', timer: 'draft_expiry' },
    );
  }
  if (s.t !== undefined) s.q = run.nowMinutes;
  else s.q = undefined;
  noteWhose(run);
}

/** Who we are, once, with the first answer: before it, but never before what to do in an emergency. */
function firstContact(run: Run): void {
  const said = run.effects.flatMap((effect) => (effect.kind === 'send_message' ? [effect.message] : []));
  const first = said[0];
  if (!first || run.context.channel.group) return;
  const card = run.text(run.village ? 'first_contact' : 'first_contact_no_village');
  if (run.isEmergency) said.at(-1)!.text += `\n\n${card}`;
  else first.text = `${card}\n\n${first.text}`;
}

/** One clock for all flows that rest: it rings for the first of them. */
function setRest(run: Run, next: number | undefined): void {
  const { s } = run;
  if (next === s.j) return;
  s.j = next;
  run.effects.push(
    next === undefined
      ? { kind: 'cancel_timer', timer: 'rest' }
      : { kind: 'set_timer', timer: 'rest', dueAt: new Date(next * 60_000).toISOString() },
  );
}

function after(run: Run, milliseconds: number): string {
  return new Date(run.context.now.getTime() + milliseconds).toISOString();
}
