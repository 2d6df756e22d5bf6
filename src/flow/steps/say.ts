import type { JsonObject } from '../../core/json.js';
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
 *
 * A list is worded line by line, and what tells of a case says so, that a quoted answer finds it:
 *
 * ```yaml
 * - say: found
 *   text: |-
 *     Permohonan Bapak/Ibu:
 *     {lines}
 *   lines: { from: vars.mine.items, item: '{code} · {service}' }
 *   about: vars.case.code
 * ```
 *
 * A file of the office's goes along with it:
 *
 * ```yaml
 * - say: letter
 *   text: Surat Bapak/Ibu sudah jadi.
 *   document: { file: vars.document, name: vars.file_name }
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
      if: c.expressionOr(['choices', i, 'if'], choice.if, null),
    })),
    lines: raw.lines
      ? {
          from: c.expression(['lines', 'from'], raw.lines.from),
          item: c.words(['lines', 'item'], raw.lines.item),
        }
      : null,
    slot: raw.slot ?? null,
    anew: c.expressionOr(['anew'], raw.anew, null),
    silent: raw.silent ?? false,
    about: c.expressionOr(['about'], raw.about, null),
    photos: c.expressionOr(['photos'], raw.photos, null),
    document: raw.document
      ? {
          file: c.expression(['document', 'file'], raw.document.file),
          name: c.expression(['document', 'name'], raw.document.name),
        }
      : null,
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
    const choices = step.choices
      .filter((choice) => !choice.if || run.holds(choice.if))
      .map((choice) => choiceOf(run, choice));
    run.say(run.words(step.text, linesOf(step, run)), {
      ...(choices.length > 0 ? { choices } : {}),
      ...(photos.length > 0 ? { photos } : {}),
      ...documentOf(step, run),
      ...topicOf(step, run),
      ...placeOf(step, run),
    });
    if (choices.length > 0) offer(run, choices);
    return NEXT;
  },
};

/** An item's own keys are the arguments of its words. */
function linesOf({ lines }: CompiledSay, run: Run): JsonObject | undefined {
  if (!lines) return undefined;
  const items = run.value(lines.from);
  const worded = (Array.isArray(items) ? items : []).map((item) =>
    run.words(
      lines.item,
      item !== null && typeof item === 'object' && !Array.isArray(item) ? item : { item },
    ),
  );
  return { lines: worded.join('\n') };
}

function placeOf(step: CompiledSay, run: Run): Pick<Outgoing, 'slot' | 'anew' | 'silent' | 'about'> {
  const about = step.about ? asText(run.value(step.about)) : '';
  return {
    ...(step.slot === null ? {} : { slot: step.slot }),
    ...(step.slot !== null && step.anew && run.holds(step.anew) ? { anew: true as const } : {}),
    ...(step.silent ? { silent: true as const } : {}),
    ...(about === '' ? {} : { about }),
  };
}

function topicOf({ topic }: CompiledSay, run: Run): Pick<Outgoing, 'topic'> {
  if (!topic) return {};
  const subject = asText(run.value(topic.subject));
  const title = run.words(topic.title);
  return { topic: { subject, title, ...(topic.closes ? { closes: true as const } : {}) } };
}

function documentOf({ document }: CompiledSay, run: Run): Pick<Outgoing, 'document'> {
  const attachmentId = document ? asText(run.value(document.file)) : '';
  return document && attachmentId !== ''
    ? { document: { attachmentId, name: asText(run.value(document.name)) } }
    : {};
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
