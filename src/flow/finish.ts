import type { Outgoing } from '../core/outgoing.js';
import { plainText } from '../core/plainText.js';
import { settleDraft } from './draftClocks.js';
import { framesOf } from './frames.js';
import type { Run } from './run.js';
import { nextRest } from './rests.js';
import { noteWhose } from './whose.js';

/**
 * What every turn ends with: the first-contact card, the clocks of a draft, the time of the question that waits, and
 * nothing that turns or hides text in what is said: a name or an answer may bring such.
 * `isPersons`: the turn answers a person, not a clock or a notice.
 */
export function finish(run: Run, isPersons: boolean): void {
  const { s, context } = run;
  if (context.resident.isNew) firstContact(run);
  const frames = framesOf(s);
  setRest(run, nextRest(frames));
  settleDraft(run, frames, isPersons);
  if (s.t !== undefined) s.q = run.nowMinutes;
  else s.q = undefined;
  noteWhose(run);
  for (const effect of run.effects) if (effect.kind === 'send_message') showPlain(effect.message);
}

function showPlain(message: Outgoing): void {
  message.text = plainText(message.text);
  for (const choice of message.choices ?? []) choice.label = plainText(choice.label);
  if (message.topic) message.topic.title = plainText(message.topic.title);
  if (message.document) message.document.name = plainText(message.document.name);
  if (message.location?.label !== undefined) message.location.label = plainText(message.location.label);
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
