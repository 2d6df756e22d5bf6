import type { Json } from '../../core/json.js';
import { wordAnswer } from '../answers/wording.js';
import type { CompiledAsk, CompiledConfirm } from '../compiled.js';
import { FOR_WHOM, helpedNow } from '../forWhom.js';
import { askQuestion, NEXT, pickOption, renewToken, WAIT } from '../question.js';
import type { Answered, Option, Question, Reply } from '../question.js';
import type { Run } from '../run.js';
import { matchOption } from '../understand/options.js';
import { applies } from './do.js';
import { photosOf } from './say.js';
import type { StepKind } from './step.js';

/** The option that makes a request somebody else's: no step's place. */
const FOR_OTHER = 93;

/**
 * Shows all labelled answers and waits for Kirim, Ubah or Batal. "Ubah" asks which one, asks it again and comes back.
 *
 * ```yaml
 * - confirm: summary
 *   text: Mohon diperiksa. Kalau sudah benar, kirim.
 * ```
 */
export const confirm: StepKind<'confirm'> = {
  compile: (raw, c) => ({
    text: c.words(['text'], raw.text),
    send: raw.send ? c.words(['send'], raw.send) : null,
    photos: c.expressionOr(['photos'], raw.photos, null),
  }),
  run: (step, run) => {
    delete run.s.e;
    askQuestion(run, step, question(step, run));
    return WAIT;
  },
  question: (step, run) => (run.s.x?.k === 'c' ? whichQuestion(step, run) : question(step, run)),
  answer,
};

function question(step: CompiledConfirm, run: Run): Question {
  const helped = isRequest(run) ? helpedNow(run) : null;
  const lines = [
    ...(helped ? [`• ${run.text('for_whom', { name: helped.name })}`] : []),
    ...summary(step, run).map(({ label, value }) => `• ${label}: ${value}`),
  ];
  const photos = photosOf(run, step);
  return {
    text: [lines.join('\n'), run.words(step.text)].filter((part) => part !== '').join('\n\n'),
    options: [
      { n: 0, label: step.send ? run.words(step.send) : run.text('send'), means: 'kirim' },
      { n: 1, label: run.text('change'), means: 'ubah' },
      { n: 2, label: run.text('cancel') },
    ],
    isNumbered: true,
    ...(photos.length > 0 ? { photos } : {}),
  };
}

/** What was answered, in the order of the flow. */
function summary(step: CompiledConfirm, run: Run): { ask: CompiledAsk; label: string; value: string }[] {
  const { answers } = run;
  return changeable(step, run).map((ask) => ({
    ask,
    label: run.words(ask.label!),
    value: shownValue(ask, wordAnswer(run, ask.answer, answers[ask.id] as Json), answers[ask.id] === null),
  }));
}

/** Of a sensitive answer its beginning: enough for its author to know it again, and the message is stored. */
function shownValue(ask: CompiledAsk, value: string, isEmpty: boolean): string {
  return ask.sensitive && !isEmpty ? `${[...value][0] ?? ''}•••` : value;
}

function changeable(step: CompiledConfirm, run: Run): CompiledAsk[] {
  const { answers, flow } = run;
  return [...flow.asks.values()].filter(
    (ask) =>
      ask.label !== null && ask.at < step.at && answers[ask.id] !== undefined && applies(run, flow, ask.id),
  );
}

function whichQuestion(step: CompiledConfirm, run: Run): Question {
  return {
    text: run.text('change_which'),
    options: [
      ...changeable(step, run).map((ask) => ({ n: ask.at, label: run.words(ask.label!) })),
      ...forOther(run),
    ],
    isNumbered: true,
  };
}

/** What is asked of the village may be for somebody else. Not in the list of buttons that everybody sees: few need it. */
function forOther(run: Run): Option[] {
  return isRequest(run) ? [{ n: FOR_OTHER, label: run.text('for_other') }] : [];
}

function isRequest(run: Run): boolean {
  return run.flow.hasDraft && run.flow.service !== null && run.flows.byId.has(FOR_WHOM);
}

function startForWhom(run: Run): Answered {
  delete run.s.x;
  return { kind: 'beside', flow: FOR_WHOM };
}

function answer(step: CompiledConfirm, run: Run, reply: Reply): Answered {
  if (run.s.x?.k === 'c') return pickChange(step, run, reply);
  const picked = pickOption(run, question(step, run), reply);
  if (reply.message && matchOption(forOther(run), reply.message, run.flows.vocabulary, false))
    return startForWhom(run);
  // "nama usaha" or "ubah alamat" says at once which one.
  const named = picked && picked.n !== 1 ? null : labelIn(step, run, reply);
  if (named) return change(run, named.n);
  switch (picked?.n) {
    case 0:
      return { kind: 'go', outcome: NEXT, confirms: true };
    case 1:
      run.s.x = { k: 'c' };
      renewToken(run);
      return { kind: 'again' };
    case 2:
      return { kind: 'go', outcome: { kind: 'cancel' } };
    default:
      return { kind: 'miss', hint: run.text('hint_choice') };
  }
}

/** The answer whose label was typed, with or without a word for changing it. */
function labelIn(step: CompiledConfirm, run: Run, reply: Reply): Option | null {
  if (!reply.message) return null;
  const { vocabulary } = run.flows;
  const words = reply.message.words.filter((word) => !vocabulary.isAnswerWord(vocabulary.read(word), 'ubah'));
  if (words.length === 0) return null;
  return matchOption(whichQuestion(step, run).options, vocabulary.read(words.join(' ')), vocabulary, false);
}

function pickChange(step: CompiledConfirm, run: Run, reply: Reply): Answered {
  const picked = pickOption(run, whichQuestion(step, run), reply);
  if (picked?.n === FOR_OTHER) return startForWhom(run);
  return picked ? change(run, picked.n) : { kind: 'miss', hint: run.text('hint_choice') };
}

/** Asks one answer again; from there the walk passes over what is answered, back to the summary. */
function change(run: Run, at: number): Answered {
  run.s.e = 1;
  delete run.s.x;
  return { kind: 'go', outcome: { kind: 'to', at, again: true } };
}
