import type { Effect } from '../../core/effect.js';
import { formPath } from '../../core/formLink.js';
import type { Json, JsonObject } from '../../core/json.js';
import type { CompiledSecureForm } from '../compiled.js';
import { chainOf } from '../frames.js';
import { askQuestion, NEXT, pickOption, SKIP, WAIT } from '../question.js';
import type { Answered, Option, Outcome, Question } from '../question.js';
import type { Run } from '../run.js';
import type { Frame } from '../types.js';
import type { StepKind } from './step.js';

/** Options beside "lewati": what is asked for is shown at the office, or the link is made anew. */
const AT_OFFICE = 0;
const NEW_LINK = 1;
const GO_ON = 2;
/** What people write once they are done, before we know of it. */
const SAYS_DONE =
  /^(?:sudah|udah|sampun|selesai|done|already|lanjut|ok|oke)(?:\s(?:saya|sy|kulo|pak|bu|diisi|isi|kirim|selesai)){0,3}$/iu;

/**
 * Asks for what must not be typed in a chat (NIK, card numbers, photos of cards) by a link to a form of one use, and
 * goes on by itself once that is sent. `into` is then 'filled', or 'office' and 'skipped' where the person chose so.
 * Field types: nik, family_card (No. KK), person_name, date, text, phone, photo. Where the installation has no public
 * https address nothing is asked, and the flow goes to `otherwise`, as it does after "di kantor saja".
 *
 * ```yaml
 * - secure_form: cards
 *   text: Untuk surat ini petugas perlu data KTP dan KK. Isi di halaman aman kami, jangan di chat.
 *   fields:
 *     - { id: nik, type: nik, label: NIK }
 *     - { id: ktp, type: photo, label: Foto KTP, optional: true }
 *   otherwise: at_counter
 *   into: cards
 * ```
 */
export const secureForm: StepKind<'secure_form'> = {
  compile: (raw, c) => {
    const ids = raw.fields.map(({ id }) => id);
    for (const id of ids)
      if (ids.indexOf(id) !== ids.lastIndexOf(id))
        c.fault(['fields'], `two fields are called "${id}"`, 'give one of them another id');
    return {
      text: c.words(['text'], raw.text),
      fields: raw.fields.map((field, i) => ({
        id: field.id,
        type: field.type,
        label: c.words(['fields', i, 'label'], field.label, [['fields', field.id, 'label']]),
        hint:
          field.hint === undefined
            ? null
            : c.words(['fields', i, 'hint'], field.hint, [['fields', field.id, 'hint']]),
        optional: field.optional ?? false,
      })),
      optional: raw.optional ?? false,
      otherwise: c.target(['otherwise'], raw.otherwise),
      into: raw.into ?? raw.secure_form,
    };
  },
  run: (step, run): Outcome =>
    run.context.formUrl
      ? { kind: 'suspend', ask: { id: step.id, effect: asked(step, run) }, into: null }
      : { kind: 'to', at: step.otherwise },
  looked: (step, run, result) => {
    if (note(step, run, result)) return finished(step, run, 'filled');
    askQuestion(run, step, question(step, run));
    return WAIT;
  },
  question,
  answer: (step, run, reply): Answered => {
    const picked = pickOption(run, question(step, run), reply);
    switch (picked?.n) {
      case GO_ON:
        return { kind: 'go', outcome: finished(step, run, 'filled') };
      case AT_OFFICE:
        finished(step, run, 'office');
        return { kind: 'go', outcome: { kind: 'to', at: step.otherwise } };
      case SKIP:
        return { kind: 'go', outcome: finished(step, run, 'skipped') };
      case NEW_LINK:
        return lookUp(step, run, 'renew');
      default:
        if (reply.message && SAYS_DONE.test(reply.message.plain)) return lookUp(step, run, 'done');
        // A number typed all the same was masked at the door.
        if (reply.message?.text.includes('***'))
          return { kind: 'miss', hint: run.text('identity_not_needed'), isMild: true };
        return {
          kind: 'miss',
          hint: run.text('form_hint'),
          isMild: ABOUT_IT.test(reply.message?.plain ?? ''),
        };
    }
  },
  found: (step, run, result, then) => {
    if (note(step, run, result)) return { kind: 'go', outcome: finished(step, run, 'filled') };
    return then.why === 'done' ? { kind: 'again', say: run.text('form_not_yet') } : { kind: 'again' };
  },
};

/** Words about the form itself name no other request. */
const ABOUT_IT = /\b(?:e?-?ktp|kk|nik|foto|photo|formulir|form|halaman|page|link|tautan|isi|kartu)\b/iu;

/** The form that a step waits for, as its flow's variable holds it meanwhile. */
interface Waiting {
  form: string;
  link: number;
  /** ISO: its link works until then. */
  until: string;
  /** It was sent while something else had the word. */
  done?: true;
}

function waitingFor(step: CompiledSecureForm, frame: Frame): Waiting | null {
  const held = frame.v?.[step.into];
  return held !== null && typeof held === 'object' && !Array.isArray(held) && 'form' in held
    ? (held as unknown as Waiting)
    : null;
}

/** Whether the step of a frame waits for this form. */
export function waitsForForm(step: CompiledSecureForm, frame: Frame, form: string): boolean {
  return waitingFor(step, frame)?.form === form;
}

/** The form was sent: the step goes on as soon as it has the word. */
export function noteSent(step: CompiledSecureForm, frame: Frame): void {
  frame.v = { ...frame.v, [step.into]: { ...(frame.v![step.into] as JsonObject), done: true } };
}

/** What the step comes to; the way back leads to it. */
export function finished(
  step: CompiledSecureForm,
  run: Run,
  how: 'filled' | 'office' | 'skipped',
): typeof NEXT {
  run.setVariable(step.into, how);
  run.s.b = [...(run.s.b ?? []).filter((id) => id !== step.id), step.id];
  return NEXT;
}

function question(step: CompiledSecureForm, run: Run): Question {
  const waiting = waitingFor(step, run.s);
  if (waiting?.done)
    return {
      text: run.text('form_done'),
      options: [{ n: GO_ON, label: run.text('form_go_on'), words: ['lanjut', 'ya'] }],
      isNumbered: true,
    };
  // Always in this order: a number that is typed after the link has ended means what it meant before.
  const office: Option = {
    n: AT_OFFICE,
    label: run.text('form_at_office'),
    words: [
      'di kantor saja',
      'kantor',
      'di kantor',
      'di balai desa',
      'balai desa',
      'at the office',
      'office',
      'neng kantor',
    ],
  };
  const renew: Option = {
    n: NEW_LINK,
    label: run.text('form_new_link'),
    words: ['link baru', 'link', 'tautan baru', 'minta link', 'kirim link', 'new link', 'link anyar'],
  };
  const skip: Option[] = step.optional ? [{ n: SKIP, label: run.text('skip'), means: 'lewati' }] : [];
  if (!waiting || !run.context.formUrl || new Date(waiting.until) <= run.context.now)
    return { text: run.text('form_expired'), options: [office, renew, ...skip], isNumbered: true };
  const link = `${run.context.formUrl}${formPath(waiting.form, waiting.link)}`;
  return {
    text: `${run.words(step.text)}\n\n${run.text('form_link', { link })}`,
    options: [office, renew, ...skip],
    isNumbered: true,
  };
}

/** Keeps what is known of the form; whether it is filled in. */
function note(step: CompiledSecureForm, run: Run, result: JsonObject): boolean {
  if (result.outcome === 'done') return true;
  const { form, link, until } = result;
  run.setVariable(step.into, { form, link, until } as Json);
  return false;
}

function lookUp(step: CompiledSecureForm, run: Run, why: 'renew' | 'done'): Answered {
  const effect = asked(step, run, why === 'renew');
  return { kind: 'look_up', ask: { id: step.id, effect }, about: { why } };
}

function asked(step: CompiledSecureForm, run: Run, renew = false): Effect {
  const { draft, resident, title } = requestOf(run);
  return {
    kind: 'open_form',
    draft,
    step: `${run.s.f}.${step.id}`,
    title,
    fields: step.fields.map(({ id, type, label, hint, optional }) => ({
      id,
      type,
      label: run.words(label),
      hint: hint && run.words(hint),
      optional,
    })),
    ...(renew ? { renew } : {}),
    ...(resident === undefined ? {} : { resident }),
  };
}

/** The request that the flow on top serves: its own, or that of whoever called it. */
export function requestOf(run: Run): { draft: string; resident: string | undefined; title: string } {
  const chain = chainOf(run.s);
  const owner = chain.find(({ d }) => d !== undefined) ?? chain.at(-1)!;
  owner.d ??= run.context.newId();
  const flow = run.flows.byId.get(owner.f ?? '');
  const service = flow?.service ? run.flows.serviceWords.get(flow.service) : undefined;
  const title = service?.title ?? flow?.title;
  return { draft: owner.d, resident: owner.p, title: title ? run.words(title) : '' };
}
