import type { Choice, Outgoing } from '../../core/outgoing.js';
import { spellPayload } from '../../core/payload.js';
import type { CompiledSay } from '../compiled.js';
import { NEXT } from '../question.js';
import type { Run } from '../run.js';
import type { StepKind } from './step.js';
import { asText } from '../asText.js';

/**
 * Says something and goes on. Choices do not wait: each starts a flow or is one of the words that always work.
 *
 * ```yaml
 * - say: shown
 *   text: 'Permohonan {case_code}: {case_status}.'
 *   choices: [{ text: Batalkan, flow: cancel-case, arg: vars.case.code }]
 * ```
 */
export const say: StepKind<'say'> = {
  compile: (raw, c) => ({
    text: c.words(['text'], raw.text),
    choices: (raw.choices ?? []).map((choice, i) => ({
      label: c.words(['choices', i, 'text'], choice.text, [
        ['choices', i, 'text'],
        ['choices', i],
        ...(choice.flow ? [['choices', choice.flow]] : []),
        ...(choice.word ? [['choices', choice.word]] : []),
      ]),
      word: choice.word ?? null,
      flow: choice.flow ?? null,
      arg: c.expressionOr(['choices', i, 'arg'], choice.arg, null),
    })),
    photos: c.expressionOr(['photos'], raw.photos, null),
    topic: raw.topic
      ? {
          subject: c.expression(['topic', 'subject'], raw.topic.subject),
          title: c.words(['topic', 'title'], raw.topic.title, [['topic']]),
          closes: raw.topic.closes ?? false,
        }
      : null,
  }),
  run: (step, run) => {
    const photos = step.photos ? photosOf(run, step) : [];
    const choices = step.choices.map((choice) => choiceOf(run, choice));
    run.say(run.words(step.text), {
      ...(choices.length > 0 ? { choices } : {}),
      ...(photos.length > 0 ? { photos } : {}),
      ...topicOf(step, run),
    });
    if (choices.length > 0) offer(run, choices);
    return NEXT;
  },
};

function topicOf({ topic }: CompiledSay, run: Run): Pick<Outgoing, 'topic'> {
  if (!topic) return {};
  const subject = asText(run.value(topic.subject));
  const title = run.words(topic.title);
  return { topic: { subject, title, ...(topic.closes ? { closes: true as const } : {}) } };
}

/** Remembers choices that wait for nothing, so that a number or label typed later means them. */
export function offer(run: Run, choices: Choice[]): void {
  run.s.o = choices.map((choice) => [choice.label, choice.payload]);
  run.s.on = 1;
}

function choiceOf(run: Run, choice: CompiledSay['choices'][number]): Choice {
  const payload = choice.flow
    ? spellPayload({
        kind: 'flow',
        flow: choice.flow,
        arg: choice.arg ? asText(run.value(choice.arg)) : '',
      })
    : spellPayload({ kind: 'word', word: choice.word ?? 'menu' });
  return { label: run.words(choice.label), payload };
}

export function photosOf(run: Run, step: { photos: CompiledSay['photos'] }): string[] {
  const value = step.photos ? run.value(step.photos) : null;
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((photo) => typeof photo === 'string') : [];
}
