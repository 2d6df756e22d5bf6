import { PAYLOAD_BYTES } from '../core/payload.js';
import { CONVERSATION_ARGUMENTS, SYSTEM_TEXTS } from '../words/systemTexts.js';
import type { SystemKey } from '../words/systemTexts.js';
import { ALWAYS_FLOWS } from './always.js';
import type { CompiledFlow, CompiledStep, Flows, Localized } from './compiled.js';
import type { CompileResult } from './compileFlow.js';
import { BOUND } from './answers/days.js';
import { EFFECTS, LOOK_UPS, ROOTS, START_VARS } from './names.js';
import { mayBeTapped } from './start.js';
import { waits } from './steps/index.js';
import { CHOOSE_VILLAGE } from './walk.js';
import type { FlowFault } from './yamlFile.js';

/** What the narrowest channels show of a choice: a button of the Cloud API, and a row of its lists. */
const BUTTON_LABEL = 20;
const ROW_LABEL = 24;
const MOST_BUTTONS = 3;
/** People lose their way in longer menus. */
const MANY_CHOICES = 7;
const MOST_CHOICES = 10;
/** A code of ours with its dashes, the usual argument of a button. */
const ARG_BYTES = 14;
const TEXT = 4096;

/** Looks over all flows together: names that nobody defined, ways that lead nowhere, choices that do not fit. */
export function checkFlows(flows: Flows, results: readonly CompileResult[]): FlowFault[] {
  return [
    ...results.flatMap((result) => [
      ...checkNames(flows, results, result),
      ...checkWays(result.flow),
      ...checkChoices(result.flow),
      ...checkAnswers(result.flow),
    ]),
    ...checkIntents(results),
    ...checkSystem(flows),
    ...checkWordsThatAlwaysWork(flows),
    ...checkStarted(flows),
  ];
}

function fault(flow: CompiledFlow, line: number, what: string, cure: string, warning = false): FlowFault {
  return { file: flow.file, line, what, cure, ...(warning ? { warning } : {}) };
}

/** Variables that a flow may find, and the parts that are known of them; null: any part. */
function variablesOf(
  flow: CompiledFlow,
  results: readonly CompileResult[],
): Map<string, readonly string[] | null> {
  const known = new Map<string, readonly string[] | null>([
    ['arg', []],
    ['kind', []],
  ]);
  for (const name of START_VARS[flow.id] ?? []) known.set(name, null);
  for (const { flow: other } of results)
    for (const step of other.steps)
      if (step.type === 'call' && step.flow === flow.id)
        for (const [name] of step.with) known.set(name, null);
  for (const step of flow.steps) {
    if (step.type === 'set') known.set(step.name, null);
    if (step.type === 'look_up') known.set(step.into, LOOK_UPS[step.what].result);
    if (step.type === 'do' && step.into) known.set(step.into, EFFECTS[step.effect]?.result ?? []);
    if (step.type === 'call' && step.into) known.set(step.into, null);
    if (step.type === 'choose' && step.into) known.set(step.into, null);
  }
  return known;
}

function checkNames(
  flows: Flows,
  results: readonly CompileResult[],
  { flow, texts, expressions }: CompileResult,
): FlowFault[] {
  const faults: FlowFault[] = [];
  const variables = variablesOf(flow, results);
  const say = (line: number, what: string, cure: string): void => {
    faults.push(fault(flow, line, what, cure));
  };
  for (const { words, line, step } of texts) {
    const own = itemKeys(flow, step);
    for (const { name } of argumentsIn(words))
      if (!isArgument(flow, variables, name) && own !== null && !own.includes(name))
        say(
          line,
          `nothing fills {${name}}`,
          `use an answer, a variable, or one of: ${CONVERSATION_ARGUMENTS.join(', ')}`,
        );
    for (const text of Object.values(words))
      if (text.source.length > TEXT)
        say(line, 'the text is longer than a message may be', `shorten it to ${TEXT} characters`);
  }
  for (const { expression, line } of expressions) {
    for (const root of expression.roots)
      if (!(ROOTS as readonly string[]).includes(root) && !variables.has(root) && !flow.asks.has(root))
        say(
          line,
          `"${root}" in "${expression.source}" is neither an answer nor a variable`,
          `use ${ROOTS.join(', ')}, or a name of this flow`,
        );
    for (const answer of expression.answers)
      if (!flow.asks.has(answer) && !isChecklistItem(flows, flow, answer))
        say(
          line,
          `there is no question "${answer}" in this flow`,
          `questions are: ${[...flow.asks.keys()].join(', ') || 'none'}`,
        );
    for (const variable of expression.vars)
      if (!variables.has(variable))
        say(
          line,
          `nothing sets the variable "${variable}"`,
          `set it with set:, into: or with:; known are: ${[...variables.keys()].join(', ')}`,
        );
  }
  for (const step of flow.steps)
    for (const { id, line } of flowsNamed(step))
      if (!flows.byId.has(id))
        say(
          line,
          `there is no flow "${id}"`,
          'check its spelling; a flow is known by the name after `flow:`',
        );
  for (const step of flow.steps)
    for (const choice of step.type === 'say' ? step.choices : []) {
      const started = choice.flow === null ? undefined : flows.byId.get(choice.flow);
      if (started && !mayBeTapped(started))
        say(
          step.line,
          `the choice "${choice.label.id?.source ?? step.id}" starts "${started.id}", which no button may start`,
          `add \`by_button: true\` to ${started.file} if it is meant for it`,
        );
    }
  if (flow.service && !flows.serviceWords.has(flow.service))
    say(
      1,
      `there is no service "${flow.service}" in services.yaml`,
      `use one of: ${[...flows.serviceWords.keys()].join(', ')}`,
    );
  return faults;
}

/** Arguments that the words of an item of `from` may use besides: whatever the list holds. null: anything. */
function itemKeys(flow: CompiledFlow, step: string): readonly string[] | null {
  const found = flow.steps[flow.places.get(step) ?? -1];
  return found?.type === 'choose' && found.from ? null : [];
}

function isArgument(
  flow: CompiledFlow,
  variables: ReadonlyMap<string, readonly string[] | null>,
  name: string,
): boolean {
  if ((CONVERSATION_ARGUMENTS as readonly string[]).includes(name)) return true;
  if (flow.asks.has(name) || variables.has(name)) return true;
  if (name.startsWith('has_')) return isArgument(flow, variables, name.slice(4));
  for (let cut = name.lastIndexOf('_'); cut > 0; cut = name.lastIndexOf('_', cut - 1)) {
    const [of, part] = [name.slice(0, cut), name.slice(cut + 1)];
    const parts = variables.get(of);
    if (parts === null || parts?.includes(part)) return true;
    if (flow.asks.has(of)) return true;
    if (of === 'service' && flow.service && ['title', 'promise', 'counter'].includes(part)) return true;
  }
  return false;
}

function argumentsIn(words: Localized): { name: string }[] {
  return Object.values(words).flatMap((text) => [...text.arguments]);
}

function isChecklistItem(flows: Flows, flow: CompiledFlow, id: string): boolean {
  return flows.serviceWords.get(flow.service ?? '')?.checklist.some((item) => item.id === id) ?? false;
}

function flowsNamed(step: CompiledStep): { id: string; line: number }[] {
  if (step.type === 'call') return [{ id: step.flow, line: step.line }];
  if (step.type === 'choose')
    return step.options.flatMap(({ flow }) => (flow ? [{ id: flow, line: step.line }] : []));
  if (step.type === 'say')
    return step.choices.flatMap(({ flow }) => (flow ? [{ id: flow, line: step.line }] : []));
  return [];
}

/** Where a step may lead within its flow. */
function waysFrom(step: CompiledStep): number[] {
  const next = step.at + 1;
  const ways = (() => {
    switch (step.type) {
      case 'go':
        return [step.target];
      case 'when':
        return [...step.cases.map((one) => one.go), step.else ?? next];
      case 'choose':
        return [
          ...step.options.map((option) => option.go ?? (option.flow ? -1 : next)),
          ...(step.from ? [step.go ?? next, next] : []),
        ];
      case 'end':
        return [-1];
      default:
        return [next];
    }
  })();
  return step.if ? [...ways, next] : ways;
}

function checkWays(flow: CompiledFlow): FlowFault[] {
  const faults: FlowFault[] = [];
  const reached = new Set<number>();
  const open = [0];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const step = flow.steps[at];
    if (!step || reached.has(at)) continue;
    reached.add(at);
    open.push(...waysFrom(step));
  }
  for (const step of flow.steps)
    if (!reached.has(step.at))
      faults.push(
        fault(
          flow,
          step.line,
          `no way leads to the step "${step.id}"`,
          'go to it from somewhere, or take it out',
        ),
      );
  const circle = circleIn(flow);
  if (circle)
    faults.push(
      fault(
        flow,
        circle.line,
        `from the step "${circle.id}" the flow goes in a circle without asking anything`,
        'put a question, a condition or an end in between',
      ),
    );
  return faults;
}

/** A step that leads back to itself without any step between that waits, or null. */
function circleIn(flow: CompiledFlow): CompiledStep | null {
  const state = new Map<number, 'open' | 'done'>();
  const visit = (at: number): CompiledStep | null => {
    const step = flow.steps[at];
    if (!step || waits(step) || state.get(at) === 'done') return null;
    if (state.get(at) === 'open') return step;
    state.set(at, 'open');
    for (const way of waysFrom(step)) {
      const found = visit(way);
      if (found) return found;
    }
    state.set(at, 'done');
    return null;
  };
  for (const step of flow.steps) {
    const found = visit(step.at);
    if (found) return found;
  }
  return null;
}

function checkChoices(flow: CompiledFlow): FlowFault[] {
  const faults: FlowFault[] = [];
  for (const step of flow.steps) {
    const labels = labelsOf(step);
    if (labels.length === 0) continue;
    if (labels.length > MOST_CHOICES)
      faults.push(
        fault(
          flow,
          step.line,
          `"${step.id}" has ${labels.length} choices; channels carry ${MOST_CHOICES}`,
          'ask in two steps',
        ),
      );
    else if (labels.length > MANY_CHOICES)
      faults.push(
        fault(
          flow,
          step.line,
          `"${step.id}" has ${labels.length} choices; people follow ${MANY_CHOICES}`,
          'ask in two steps',
          true,
        ),
      );
    const limit = labels.length <= MOST_BUTTONS ? BUTTON_LABEL : ROW_LABEL;
    for (const label of labels)
      for (const words of Object.values(label))
        if ([...words.source].length > limit && words.arguments.length === 0)
          faults.push(
            fault(
              flow,
              step.line,
              `the choice "${words.source}" is longer than the ${limit} letters that WhatsApp shows`,
              `shorten it to ${limit} letters`,
              true,
            ),
          );
    if (step.type === 'say')
      for (const choice of step.choices)
        if (choice.flow && Buffer.byteLength(`f.${choice.flow}.`) + ARG_BYTES > PAYLOAD_BYTES)
          faults.push(
            fault(
              flow,
              step.line,
              `a button for the flow "${choice.flow}" needs more than the ${PAYLOAD_BYTES} bytes that Telegram carries`,
              'give the flow a shorter name',
            ),
          );
  }
  return faults;
}

function labelsOf(step: CompiledStep): Localized[] {
  if (step.type === 'choose') return step.options.map((option) => option.label);
  if (step.type === 'say') return step.choices.map((choice) => choice.label);
  if (step.type === 'ask' && step.answer.type === 'choice')
    return step.answer.options.map((option) => option.label);
  return [];
}

function checkAnswers(flow: CompiledFlow): FlowFault[] {
  const faults: FlowFault[] = [];
  for (const step of flow.steps) {
    if (step.type !== 'ask') continue;
    const spec = step.answer;
    if (spec.type === 'date' || spec.type === 'month' || spec.type === 'year')
      for (const written of [spec.from, spec.to])
        if (typeof written === 'string' && !BOUND.test(written))
          faults.push(
            fault(
              flow,
              step.line,
              `"${written}" is no bound of a ${spec.type}`,
              'write a date like 2026-11-24, or now, now-18y, now+30d',
            ),
          );
    if (spec.type === 'choice') {
      const values = spec.options.map((option) => option.value);
      const twice = values.find((value, i) => values.indexOf(value) !== i);
      if (twice)
        faults.push(
          fault(flow, step.line, `two options have the value "${twice}"`, 'give one of them another value'),
        );
    }
    const range = spec as { min?: number; max?: number };
    if (range.min !== undefined && range.max !== undefined && range.min > range.max)
      faults.push(fault(flow, step.line, `min ${range.min} is more than max ${range.max}`, 'swap them'));
  }
  return faults;
}

function checkIntents(results: readonly CompileResult[]): FlowFault[] {
  const seen = new Map<string, CompiledFlow>();
  return results.flatMap(({ flow }) => {
    if (!flow.intent) return [];
    const first = seen.get(flow.intent);
    seen.set(flow.intent, first ?? flow);
    return first
      ? [
          fault(
            flow,
            1,
            `the intent "${flow.intent}" is that of ${first.id} already`,
            'give one of them another intent',
          ),
        ]
      : [];
  });
}

function checkSystem(flows: Flows): FlowFault[] {
  return (Object.keys(SYSTEM_TEXTS) as SystemKey[]).flatMap((key) => {
    const known: readonly string[] = [...CONVERSATION_ARGUMENTS, ...SYSTEM_TEXTS[key]];
    return Object.entries(flows.system[key]).flatMap(([language, words]) =>
      words.arguments
        .filter(({ name }) => !known.includes(name) && !known.includes(name.replace(/^has_/u, '')))
        .map(({ name }) => ({
          file: `flows/text/${language}/system.yaml`,
          line: 1,
          what: `nothing fills {${name}} in "${key}"`,
          cure: `it may use: ${known.join(', ')}`,
        })),
    );
  });
}

/** Words that always work lead somewhere, and an emergency has its answer. */
function checkWordsThatAlwaysWork(flows: Flows): FlowFault[] {
  const faults: FlowFault[] = [];
  for (const [word, { intent, id }] of Object.entries(ALWAYS_FLOWS))
    if (!flows.byIntent.has(intent) && !flows.byId.has(id))
      faults.push({
        file: 'flows/words/always.yaml',
        line: 1,
        what: `the word "${word}" has no flow to start`,
        cure: `add a flow with intent ${intent}, or one called ${id}`,
      });
  for (const kind of flows.vocabulary.emergencyKinds)
    if (!flows.byIntent.has(kind) && !flows.byId.has('emergency'))
      faults.push({
        file: 'flows/words/emergency.yaml',
        line: 1,
        what: `an emergency of the kind "${kind}" has no flow that answers it`,
        cure: `add a flow with intent ${kind}, or one called emergency`,
      });
  return faults;
}

/** What the program itself starts must be there. */
function checkStarted(flows: Flows): FlowFault[] {
  const needed = Object.keys(START_VARS).map((id) => ({
    id,
    why: 'the program starts it to tell people something',
  }));
  if ([...flows.byId.values()].some((flow) => flow.needs !== 'nothing'))
    needed.push({ id: CHOOSE_VILLAGE, why: 'flows that need the village begin with it' });
  return needed
    .filter(({ id }) => !flows.byId.has(id))
    .map(({ id, why }) => ({
      file: 'flows',
      line: 1,
      what: `the flow "${id}" is missing: ${why}`,
      cure: `add a file with flow: ${id}`,
    }));
}
