import type { Json, JsonObject } from '../../core/json.js';
import { fits } from '../answers/fits.js';
import { wordAnswer } from '../answers/wording.js';
import type { CompiledAsk, CompiledRepeat } from '../compiled.js';
import { helpedNow } from '../forWhom.js';
import { askQuestion, NEXT, pickOption, WAIT } from '../question.js';
import type { Answered, Outcome, Question, Reply } from '../question.js';
import type { Run } from '../run.js';
import type { StepKind } from './step.js';
import { itemsByChat } from '../checklist.js';

/** So many answers are shown in the offer, and so much of each. */
const MOST_LINES = 5;
const LONGEST = 60;

/**
 * "Sama seperti dulu?" At the start of a service's flow, before its first words: whoever had the same service before
 * is offered the same again, with what they said then. "Ya" takes the answers over and goes straight to the summary:
 * two taps in all. Answers that fit the questions no more are asked again, as are those that were kept sealed, photos
 * that are required, and what a `call` between asks. "Tidak" begins as ever. Who never had it, whose history is
 * hidden, or who asks for somebody else, is asked nothing: the flow goes on.
 *
 * It stands first in the flow of every letter:
 *
 * ```yaml
 * - repeat: as_before
 * ```
 *
 * `text` says something before the offer; the offer itself is the engine's (`repeat_ask` of the system texts).
 */
export const repeat: StepKind<'repeat'> = {
  compile: (raw, c) => {
    if (!c.serviceId)
      c.fault([], 'this flow has no service that could be asked for again', 'add `service:` at its top');
    return { text: raw.text ? c.words(['text'], raw.text) : null, service: c.serviceId ?? '' };
  },
  run: (step, run) => {
    const { resident } = run.context;
    run.s.e = undefined;
    if (kept(step, run)) return offer(step, run);
    if (resident.isNew || (resident.hiddenBy ?? null) !== null || helpedNow(run) !== null) return NEXT;
    return {
      kind: 'suspend',
      ask: { id: step.id, look_up: 'earlier_request', args: { service: step.service } },
      into: null,
    };
  },
  looked: (step, run, result) => {
    if (result.found !== true || !isObject(result.answers)) return NEXT;
    const answers = stillFitting(step, run, result.answers);
    // Nobody says yes to what they cannot see.
    if (!Object.keys(answers).some((id) => run.flow.asks.get(id)?.label)) return NEXT;
    run.setVariable(step.id, { answers, opened: result.opened ?? null });
    return offer(step, run);
  },
  question,
  answer,
};

function offer(step: CompiledRepeat, run: Run): Outcome {
  askQuestion(run, step, question(step, run), step.text ? run.words(step.text) : undefined);
  return WAIT;
}

function question(step: CompiledRepeat, run: Run): Question {
  const earlier = kept(step, run);
  const lines = Object.entries(earlier?.answers ?? {}).flatMap(([id, value]) => {
    const ask = run.flow.asks.get(id);
    if (!ask?.label) return [];
    return [`• ${run.words(ask.label)}: ${shortened(wordAnswer(run, ask.answer, value))}`];
  });
  const shown = lines.slice(0, MOST_LINES).join('\n') + (lines.length > MOST_LINES ? '\n…' : '');
  return {
    text: run.text('repeat_ask', {
      title: run.words(run.flow.title),
      opened: earlier?.opened?.slice(0, 10) ?? '',
      summary: shown,
    }),
    options: [
      { n: 0, label: run.text('repeat_yes'), means: 'ya' },
      { n: 1, label: run.text('repeat_no'), means: 'tidak' },
    ],
    isNumbered: true,
  };
}

function answer(step: CompiledRepeat, run: Run, reply: Reply): Answered {
  const picked = pickOption(run, question(step, run), reply);
  if (!picked) return { kind: 'miss', hint: run.text('hint_choice') };
  const earlier = kept(step, run);
  if (run.s.v) {
    run.s.v = { ...run.s.v };
    delete run.s.v[step.id];
  }
  if (picked.n === 0 && earlier) takeOver(step, run, earlier.answers);
  return { kind: 'go', outcome: NEXT };
}

/** From here the walk passes over what is answered, to the first question that is not, or to the summary. */
function takeOver(step: CompiledRepeat, run: Run, answers: JsonObject): void {
  const taken: JsonObject = { ...run.s.a, ...answers };
  for (const ask of run.flow.asks.values())
    if (ask.at > step.at && ask.optional && taken[ask.id] === undefined) taken[ask.id] = null;
  run.s.a = taken;
  run.s.e = 2;
  const optional = itemsByChat(run, step.service).filter((item) => item.optional);
  if (optional.length > 0)
    run.setVariable(
      'collected',
      optional.map((item) => item.id),
    );
}

/** Answers of before that the questions of today would take, in the order of the flow. */
function stillFitting(step: CompiledRepeat, run: Run, answers: JsonObject): JsonObject {
  const before = run.s.a;
  const fitting: JsonObject = {};
  for (const ask of run.flow.asks.values()) {
    const value = answers[ask.id];
    if (ask.at < step.at || ask.sensitive || value === undefined || value === null) continue;
    if (!fits(run, ask.answer, value)) continue;
    // Conditions are looked at with the answers so far.
    run.s.a = { ...before, ...fitting };
    if (applies(run, ask)) fitting[ask.id] = value;
  }
  run.s.a = before;
  return fitting;
}

function applies(run: Run, ask: CompiledAsk): boolean {
  return !ask.if || run.holds(ask.if);
}

function kept(step: CompiledRepeat, run: Run): { answers: JsonObject; opened: string | null } | null {
  const value = run.s.v?.[step.id];
  if (!isObject(value) || !isObject(value.answers)) return null;
  return { answers: value.answers, opened: typeof value.opened === 'string' ? value.opened : null };
}

function shortened(text: string): string {
  const letters = [...text.replace(/\s+/gu, ' ')];
  return letters.length <= LONGEST ? letters.join('') : `${letters.slice(0, LONGEST - 1).join('')}…`;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
