import type { Beneficiary, Effect, EffectKind } from '../../core/effect.js';
import type { Json, JsonObject } from '../../core/json.js';
import type { CompiledDo, CompiledFlow } from '../compiled.js';
import { draftBeneath, draftOf } from '../draft.js';
import { endHelp, helpedNow } from '../forWhom.js';
import { EFFECTS } from '../names.js';
import type { EffectNames } from '../names.js';
import type { Run } from '../run.js';
import { valuesOf } from './lookUp.js';
import { requestOf } from './secureForm.js';
import type { StepKind } from './step.js';
import { asText } from '../asText.js';

/**
 * Makes something happen and waits for its result: an effect of core/effect.ts by its kind. `open_case` and
 * `publish_listing` take the draft, the answers and the photos by themselves.
 *
 * ```yaml
 * - do: open_case
 *   into: case
 * ```
 */
export const doStep: StepKind<'do'> = {
  compile: (raw, c) => {
    const kind = raw.do in EFFECTS ? (raw.do as EffectKind) : null;
    const names: EffectNames | null = kind ? EFFECTS[kind] : null;
    if (!kind || !names) {
      const usable = Object.entries(EFFECTS).flatMap(([name, known]) => (known ? [name] : []));
      c.fault(['do'], `a flow cannot do "${raw.do}"`, `use one of: ${usable.join(', ')}`);
      return { effect: 'end_hand_over', with: [], into: null };
    }
    for (const name of Object.keys(raw.with ?? {}))
      if (![...names.with, ...names.more].includes(name))
        c.fault(
          ['with', name],
          `${kind} takes no "${name}"`,
          `it takes: ${[...names.with, ...names.more].join(', ') || 'nothing'}`,
        );
    for (const name of names.with)
      if (!(name in (raw.with ?? {}))) c.fault(['do'], `${kind} needs "${name}"`, `add with: { ${name}: … }`);
    if (kind === 'open_case' && !c.serviceId && !raw.with?.service)
      c.fault(['do'], 'this flow has no service to open a case of', 'add `service:` at the top of the flow');
    return { effect: kind, with: c.values(['with'], raw.with), into: raw.into ?? names.into };
  },
  run: (step, run) => ({
    kind: 'suspend',
    ask: { id: step.id, effect: effectOf(step, run) },
    into: step.into,
  }),
};

function effectOf(step: CompiledDo, run: Run): Effect {
  const values = valuesOf(run, step.with);
  if (step.effect === 'open_case') return openCase(run, values);
  if (step.effect === 'publish_listing') return publishListing(run);
  if (step.effect === 'use_form') return useForm(run, values);
  if (step.effect === 'match_register' || step.effect === 'note_introduction')
    values.draft = draftBeneath(run);
  if (step.effect === 'set_village') values.village = idOf(values.village ?? null);
  // `set_timer` is written in snake_case in flows like everything else there.
  if ('due_at' in values) {
    values.dueAt = values.due_at!;
    delete values.due_at;
  }
  for (const [name, value] of Object.entries(values)) if (value === null) delete values[name];
  return { kind: step.effect, ...values } as unknown as Effect;
}

function openCase(run: Run, values: JsonObject): Effect {
  const { flow } = run;
  const service = asText(values.service ?? flow.service);
  const { open, sealed, files } = sorted(run, flow);
  return {
    kind: 'open_case',
    draft: draftOf(run),
    service,
    flow: flow.id,
    answers: open,
    ...(Object.keys(sealed).length > 0 ? { private: sealed } : {}),
    ...(Object.keys(files).length > 0 ? { attachments: files } : {}),
    ...(run.s.p === undefined ? {} : { resident: run.s.p }),
    ...(run.flows.services[service]?.confidential ? { confidential: true } : {}),
    ...(typeof values.who === 'string' ? { who: values.who } : {}),
    ...(typeof values.named === 'string' ? { named: values.named } : {}),
    ...helped(run),
  };
}

/** Whom it is for, where that is somebody else; the next request is one's own again. */
function helped(run: Run): { beneficiary?: Beneficiary } {
  const beneficiary = helpedNow(run);
  if (!beneficiary) return {};
  endHelp(run);
  return { beneficiary };
}

function useForm(run: Run, values: JsonObject): Effect {
  const { draft, resident } = requestOf(run);
  return {
    kind: 'use_form',
    form: asText(values.form),
    draft,
    ...(resident === undefined ? {} : { resident }),
  };
}

function publishListing(run: Run): Effect {
  const { open, files } = sorted(run, run.flow);
  return {
    kind: 'publish_listing',
    draft: draftOf(run),
    fields: open,
    photos: Object.values(files).flat(),
    ...(run.s.p === undefined ? {} : { resident: run.s.p }),
  };
}

/** Answers that stand: in the open, sensitive, and files; without those of questions that no longer apply. */
function sorted(run: Run, flow: CompiledFlow) {
  const open: JsonObject = {};
  const sealed: JsonObject = {};
  const files: { [question: string]: string[] } = {};
  const { answers } = run;
  for (const [id, value] of Object.entries(answers)) {
    if (value === null) continue;
    const ask = flow.asks.get(id);
    if (!ask) {
      // An item of the checklist.
      if (Array.isArray(value)) files[id] = value.filter((file) => typeof file === 'string');
      continue;
    }
    if (!applies(run, flow, id)) continue;
    if (ask.answer.type === 'photo' || ask.answer.type === 'document') files[id] = value as string[];
    else if (ask.sensitive) sealed[id] = value;
    else open[id] = value;
  }
  return { open, sealed, files };
}

/**
 * Whether a question still belongs: a changed answer may have made another one idle. Conditions on the person or the
 * village are not looked at again: a name that was asked for is known by now.
 */
export function applies(run: Run, flow: CompiledFlow, id: string): boolean {
  const condition = flow.asks.get(id)?.if;
  if (!condition || (condition.answers.length === 0 && condition.vars.length === 0)) return true;
  return run.holds(condition);
}

function idOf(village: Json): Json {
  return village !== null && typeof village === 'object' && !Array.isArray(village)
    ? (village.id ?? null)
    : village;
}
