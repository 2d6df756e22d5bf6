import type { Json, JsonObject } from '../../core/json.js';
import { isTyped, parseAnswer } from '../answers/index.js';
import { readPhone } from '../answers/phone.js';
import type { CompiledAsk } from '../compiled.js';
import { askQuestion, DONE, NEXT, pickOption, SKIP, WAIT } from '../question.js';
import type { Answered, Option, Question, Reply } from '../question.js';
import type { Run } from '../run.js';
import type { Message } from '../understand/vocabulary.js';
import { gather, gathersOf, noneYet, settle } from './gather.js';
import type { StepCompiler } from '../compileFlow.js';
import type { RawStep, StepKind } from './step.js';
import { villageFound, villagePick, villageQuestion } from './village.js';

/**
 * Asks one question and waits for its answer, which goes by the step's name: `answers.phone`, `{phone}`.
 *
 * ```yaml
 * - ask: phone
 *   text: Nomor HP yang bisa dihubungi? Misalnya 0812 3456 7890.
 *   label: Nomor HP
 *   answer: { type: phone }
 *   optional: true
 * ```
 *
 * With `gather` a text may come in several messages, photos or documents as a burst or an album: they are one answer
 * once a short silence or "selesai" ends it.
 *
 * ```yaml
 * - ask: story
 *   text: Ceritakan kejadiannya. Boleh beberapa pesan.
 *   label: Kejadian
 *   answer: { type: text, min: 10, max: 1000 }
 *   gather: true
 * ```
 */
export const ask: StepKind<'ask'> = {
  compile: (raw, c) => ({
    text: c.words(['text'], raw.text),
    label: raw.label ? c.words(['label'], raw.label) : null,
    hint: raw.hint ? c.words(['hint'], raw.hint) : null,
    answer:
      raw.answer.type === 'choice'
        ? {
            type: 'choice',
            options: raw.answer.options.map((option, i) => {
              const overlays = [
                ['options', option.value],
                ['options', i],
              ];
              return {
                value: option.value,
                label: c.words(['answer', 'options', i, 'text'], option.text, [
                  ...overlays.map((key) => [...key, 'text']),
                  ...overlays,
                ]),
                words: [...(option.words ?? []), ...c.moreWords(overlays.map((key) => [...key, 'words']))],
                if: c.expressionOr(['answer', 'options', i, 'if'], option.if, null),
              };
            }),
          }
        : raw.answer,
    optional: raw.optional ?? false,
    gather: gathersAtAll(raw, c),
    sensitive: raw.sensitive ?? false,
  }),
  run: (step, run) => {
    // A changed answer stays until the new one is there, but files would be added to the old ones.
    if (!run.s.e || gathersOf(step) || step.gather) run.forget(step.id);
    askQuestion(run, step, question(step, run));
    return WAIT;
  },
  question,
  answer,
  found: (step, run, result, then) => villageFound(step, run, result, then),
  settle: (step, run) => {
    const gathers = gathersOf(step);
    if (gathers) return settle(run, gathers);
    return isTextOf(step) && fragments(step, run) !== null ? whole(step, run) : undefined;
  },
};

function question(step: CompiledAsk, run: Run): Question {
  if (run.s.x?.k === 'v') return villageQuestion(run);
  let text = run.words(step.text);
  const options = optionsOf(step, run);
  const isNumbered = step.answer.type === 'choice' || step.answer.type === 'yes_no';
  if (
    step.optional &&
    !isNumbered &&
    run.context.channel.choices === 'numbers' &&
    !/lewati|skip/iu.test(text)
  )
    text += `\n${run.text('skip_hint')}`;
  const gathers = gathersOf(step);
  if (gathers && gathers.max > 1 && !/selesai|done/iu.test(text) && !step.optional)
    text += `\n${run.text('gather_hint')}`;
  if (isTextOf(step) && !/selesai|done/iu.test(text)) text += `\n${run.text('gather_text_hint')}`;
  return {
    text,
    options,
    isNumbered,
    ...(step.answer.type === 'location' || step.answer.type === 'contact'
      ? { request: step.answer.type }
      : {}),
  };
}

function optionsOf(step: CompiledAsk, run: Run): Option[] {
  const options: Option[] = [];
  if (step.answer.type === 'choice')
    step.answer.options.forEach((option, n) => {
      if (!option.if || run.holds(option.if))
        options.push({ n, label: run.words(option.label), words: option.words });
    });
  if (step.answer.type === 'yes_no')
    options.push(
      { n: 0, label: run.text('yes'), means: 'ya' },
      { n: 1, label: run.text('no'), means: 'tidak' },
    );
  const gathered = gathersOf(step) ? run.s.a?.[step.id] : undefined;
  if ((Array.isArray(gathered) && gathered.length > 0) || (isTextOf(step) && fragments(step, run) !== null))
    options.push({ n: DONE, label: run.text('done'), means: 'selesai' });
  else if (step.optional) options.push({ n: SKIP, label: run.text('skip'), means: 'lewati' });
  return options;
}

function answer(step: CompiledAsk, run: Run, reply: Reply): Answered {
  if (run.s.x?.k === 'v') return villagePick(step, run, reply);
  const gathers = gathersOf(step);
  if (gathers && (reply.content.kind === 'photo' || reply.content.kind === 'document'))
    return gather(run, gathers, reply.content);
  const picked = pickOption(run, question(step, run), reply);
  if (picked?.n === SKIP || (gathers && step.optional && hasNone(run, step, reply)))
    return take(step, run, null);
  if (picked?.n === DONE && isTextOf(step)) return whole(step, run);
  if (picked?.n === DONE && gathers) {
    const count = (run.s.a?.[step.id] as Json[] | undefined)?.length ?? 0;
    if (count < gathers.min)
      return {
        kind: 'miss',
        hint: run.text('gather_more', { min: gathers.min, count }),
        isOwn: true,
        isMild: true,
      };
    return { kind: 'go', outcome: over(run, step) };
  }
  const { answer: spec } = step;
  if (spec.type === 'choice') {
    const option = picked ? spec.options[picked.n] : undefined;
    return option ? take(step, run, option.value) : missed(step, run, run.text('hint_choice'));
  }
  if (spec.type === 'yes_no')
    return picked ? take(step, run, picked.n === 0) : missed(step, run, run.text('hint_yes_no'));
  if (spec.type === 'location') return location(step, run, reply);
  if (spec.type === 'contact' || (spec.type === 'phone' && reply.content.kind === 'contact'))
    return contact(step, run, reply);
  if (gathers) {
    const none = noneYet(run, gathers, reply, step.optional);
    if (none?.kind === 'miss') return step.hint ? { ...none, hint: run.words(step.hint) } : none;
    return missed(step, run, run.text(spec.type === 'photo' ? 'hint_photo' : 'hint_document'));
  }
  if (!reply.message) return missed(step, run, run.text('hint_text'));
  const shorn = withoutIdentityNumbers(reply.message, run);
  if (!shorn) {
    run.say(run.text('identity_not_needed'));
    return { kind: 'again' };
  }
  if (spec.type === 'village') return lookForVillage(step, run, shorn);
  if (!isTyped(spec)) return missed(step, run, run.text('hint_text'));
  if (isTextOf(step)) {
    if (shorn !== reply.message) run.say(run.text('identity_not_needed'));
    return oneMore(step, run, shorn.text);
  }
  const parsed = parseAnswer(spec, shorn, {
    now: run.context.now,
    zone: run.zone,
    language: run.language,
    vocabulary: run.flows.vocabulary,
  });
  if ('value' in parsed) {
    if (shorn !== reply.message) run.say(run.text('identity_not_needed'));
    return take(step, run, parsed.value);
  }
  const more: JsonObject = {};
  for (const [name, value] of Object.entries(parsed.arguments ?? {}))
    if (value !== undefined) more[name] = value;
  // A bound that was passed is told as such, whatever the flow's own hint says.
  return Object.keys(more).length > 0 && parsed.hint !== 'hint_quantity_units'
    ? { kind: 'miss', hint: run.text(parsed.hint, more), isOwn: true }
    : missed(step, run, run.text(parsed.hint, more));
}

/** Whether somebody says in other words than "lewati" that there is no photo, before one came. */
function hasNone(run: Run, step: CompiledAsk, { message }: Reply): boolean {
  const files = run.s.a?.[step.id];
  const isEmpty = !Array.isArray(files) || files.length === 0;
  return message !== null && isEmpty && run.flows.vocabulary.isAnswerWord(message, 'tanpa_foto');
}

/** A silence of this many milliseconds ends a text that comes in several messages: people type slowly. */
const TEXT_SILENCE = 8_000;

function gathersAtAll(raw: RawStep<'ask'>, c: StepCompiler): boolean {
  if (!raw.gather) return false;
  if (raw.answer.type !== 'text' && raw.answer.type !== 'photo' && raw.answer.type !== 'document')
    c.fault(
      ['gather'],
      `an answer of the type ${raw.answer.type} comes in one message`,
      'gather texts, photos or documents only',
    );
  return true;
}

function isTextOf(step: CompiledAsk): boolean {
  return step.gather && step.answer.type === 'text';
}

/** What came so far of a text in several messages; null: nothing. */
function fragments(step: CompiledAsk, run: Run): string | null {
  const value = run.answers[step.id];
  return typeof value === 'string' ? value : null;
}

/** One more message of a text: the answer is whole after a silence, or with "selesai". */
function oneMore(step: CompiledAsk, run: Run, text: string): Answered {
  const before = fragments(step, run);
  run.keep(step, before === null ? text : `${before}\n${text}`);
  const dueAt = new Date(run.context.now.getTime() + TEXT_SILENCE).toISOString();
  run.effects.push({ kind: 'set_timer', timer: 'gather', dueAt });
  return { kind: 'quiet' };
}

/** All messages of a text together are the answer, where they are long enough and not too long. */
function whole(step: CompiledAsk, run: Run): Answered {
  run.effects.push({ kind: 'cancel_timer', timer: 'gather' });
  if (step.answer.type !== 'text') return { kind: 'again' };
  const parsed = parseAnswer(step.answer, run.flows.vocabulary.read(fragments(step, run) ?? ''), {
    now: run.context.now,
    zone: run.zone,
    language: run.language,
    vocabulary: run.flows.vocabulary,
  });
  if ('value' in parsed) return take(step, run, parsed.value);
  // Too short: more may follow. Too long: it is written anew.
  if (parsed.hint === 'hint_text_long') run.forget(step.id);
  const more: JsonObject = {};
  for (const [name, value] of Object.entries(parsed.arguments ?? {}))
    if (value !== undefined) more[name] = value;
  return { kind: 'miss', hint: run.text(parsed.hint, more), isOwn: true, isMild: true };
}

function take(step: CompiledAsk, run: Run, value: Json): Answered {
  run.keep(step, value);
  return { kind: 'go', outcome: over(run, step) };
}

/** The question is over: it is on the way back. */
function over(run: Run, step: CompiledAsk): typeof NEXT {
  run.s.b = [...(run.s.b ?? []).filter((id) => id !== step.id), step.id];
  return NEXT;
}

function missed(step: CompiledAsk, run: Run, general: string): Answered {
  return step.hint
    ? { kind: 'miss', hint: run.words(step.hint), isOwn: true }
    : { kind: 'miss', hint: general };
}

function location(step: CompiledAsk, run: Run, reply: Reply): Answered {
  if (reply.content.kind === 'location')
    return take(step, run, { latitude: reply.content.latitude, longitude: reply.content.longitude });
  return missed(step, run, run.text(step.optional ? 'hint_location_text' : 'hint_location'));
}

function contact(step: CompiledAsk, run: Run, reply: Reply): Answered {
  if (reply.content.kind !== 'contact') return missed(step, run, run.text('hint_contact'));
  // A number that proves who somebody is must be their own; one to be called at may be a neighbour's.
  if (step.answer.type === 'contact' && !reply.content.isOwn)
    return { kind: 'miss', hint: run.text('hint_contact_own'), isOwn: true };
  const phone =
    readPhone(reply.content.phone) ?? (step.answer.type === 'contact' ? reply.content.phone : null);
  return phone ? take(step, run, phone) : missed(step, run, run.text('hint_phone'));
}

function lookForVillage(step: CompiledAsk, run: Run, message: Message): Answered {
  const { district, name } = withDistrict(message.text);
  if (name.length < 3) return missed(step, run, run.text('hint_village'));
  return {
    kind: 'look_up',
    ask: {
      id: step.id,
      look_up: 'find_village',
      args: { text: name, ...(district ? { district } : {}) },
    },
    about: { text: message.text },
  };
}

/** "karangrejo kec blimbingsari" names the district too. */
function withDistrict(text: string): { name: string; district: string | null } {
  const found = /^(.*?)[\s,]+(?:kec(?:amatan)?\.?|district)\s+(.+)$/iu.exec(text);
  const name = (found?.[1] ?? text)
    .replace(/^(?:(?:saya|sy|warga|dari|desa|ds|kel(?:urahan)?)\.?\s+)+/iu, '')
    .trim();
  return { name, district: found?.[2]?.trim() ?? null };
}

const MASKED = /\d{6}\*{3,}\d{4}/gu;

/** The message without masked identity numbers; null where nothing else was said. The same message where it had none. */
function withoutIdentityNumbers(message: Message, run: Run): Message | null {
  if (!message.text.includes('***')) return message;
  const rest = message.text
    .replace(MASKED, ' ')
    .replace(/\b(?:nik|no\.?\s*kk|kk|ktp|nomor)\b[\s:.]*/giu, ' ');
  const text = rest.replace(/\s+/gu, ' ').replace(/^[\s,;:.-]+|[\s,;:.-]+$/gu, '');
  return text.length < 2 ? null : run.flows.vocabulary.read(text);
}
