import { CONVERSATION_ARGUMENTS } from '../../words/systemTexts.js';
import type { CompiledFlow, CompiledStep, Flows, Localized } from '../compiled.js';
import type { CompileResult } from '../compileFlow.js';
import { EFFECTS, INSTEAD_VARS, LOOK_UPS, ROOTS, START_VARS } from '../names.js';
import { mayBeTapped } from '../start.js';
import type { FlowFault } from '../yamlFile.js';
import { fault } from './fault.js';

const TEXT = 4096;

/** Names in texts and expressions that nobody fills, and flows and services that are not there. */
export function checkNames(
  flows: Flows,
  results: readonly CompileResult[],
  { flow, texts, expressions }: CompileResult,
): FlowFault[] {
  const faults: FlowFault[] = [];
  const variables = variablesOf(flow, results);
  // A line is looked for only where there is something to tell.
  const say = (at: { line: number }, what: string, cure: string): void => {
    faults.push(fault(flow, at.line, what, cure));
  };
  const head = { line: 1 };
  for (const used of texts) {
    const { words, step } = used;
    const own = itemKeys(flow, step);
    for (const { name } of argumentsIn(words))
      if (!isArgument(flow, variables, name) && own !== null && !own.includes(name))
        say(
          used,
          `nothing fills {${name}}`,
          `use an answer, a variable, or one of: ${CONVERSATION_ARGUMENTS.join(', ')}`,
        );
    for (const text of Object.values(words))
      if (text.source.length > TEXT)
        say(used, 'the text is longer than a message may be', `shorten it to ${TEXT} characters`);
  }
  for (const used of expressions) {
    const { expression } = used;
    for (const root of expression.roots)
      if (!(ROOTS as readonly string[]).includes(root) && !variables.has(root) && !flow.asks.has(root))
        say(
          used,
          `"${root}" in "${expression.source}" is neither an answer nor a variable`,
          `use ${ROOTS.join(', ')}, or a name of this flow`,
        );
    for (const answer of expression.answers)
      if (!flow.asks.has(answer) && !isKeypad(flow, answer) && !isChecklistItem(flows, flow, answer))
        say(
          used,
          `there is no question "${answer}" in this flow`,
          `questions are: ${[...flow.asks.keys()].join(', ') || 'none'}`,
        );
    for (const variable of expression.vars)
      if (!variables.has(variable))
        say(
          used,
          `nothing sets the variable "${variable}"`,
          `set it with set:, into: or with:; known are: ${[...variables.keys()].join(', ')}`,
        );
  }
  for (const step of flow.steps)
    for (const id of flowsNamed(step))
      if (!flows.byId.has(id))
        say(
          step,
          `there is no flow "${id}"`,
          'check its spelling; a flow is known by the name after `flow:`',
        );
  for (const step of flow.steps)
    for (const choice of step.type === 'say' ? step.choices : []) {
      const started = choice.flow === null ? undefined : flows.byId.get(choice.flow);
      if (started && !mayBeTapped(started))
        say(
          step,
          `the choice "${choice.label.id?.source ?? step.id}" starts "${started.id}", which no button may start`,
          `add \`by_button: true\` to ${started.file} if it is meant for it`,
        );
    }
  for (const step of flow.steps)
    if (step.type === 'wait' && step.event !== null && !(step.event in START_VARS))
      say(
        step,
        `the program tells nothing under the name "${step.event}"`,
        `wait for one of: ${Object.keys(START_VARS).join(', ')}`,
      );
  for (const item of flows.serviceWords.get(flow.service ?? '')?.checklist ?? [])
    for (const answer of item.if?.answers ?? [])
      if (!flow.asks.has(answer))
        say(
          head,
          `"${item.id}" of the checklist of "${flow.service!}" depends on "${answer}", which this flow never asks`,
          'ask it here, or mend its `if:` in services.yaml',
        );
  if (flow.service && !flows.serviceWords.has(flow.service))
    say(
      head,
      `there is no service "${flow.service}" in services.yaml`,
      `use one of: ${[...flows.serviceWords.keys()].join(', ')}`,
    );
  return faults;
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
  for (const name of [...(START_VARS[flow.id] ?? []), ...(INSTEAD_VARS[flow.id] ?? [])])
    known.set(name, null);
  for (const { flow: other } of results)
    for (const step of other.steps)
      if (step.type === 'call' && step.flow === flow.id)
        for (const [name] of step.with) known.set(name, null);
  for (const step of flow.steps) {
    if (step.type === 'set') known.set(step.name, null);
    if (step.type === 'look_up') known.set(step.into, LOOK_UPS[step.what].result);
    if (step.type === 'do' && step.into) known.set(step.into, EFFECTS[step.effect]?.result ?? []);
    if ((step.type === 'call' || step.type === 'wait') && step.into) known.set(step.into, null);
    if (step.type === 'secure_form') known.set(step.into, null);
    if (step.type === 'choose' && step.into) known.set(step.into, null);
  }
  return known;
}

/** Arguments that the words of an item of `from` may use besides: whatever the list holds. null: anything. */
function itemKeys(flow: CompiledFlow, step: string): readonly string[] | null {
  const found = flow.steps[flow.places.get(step) ?? -1];
  return (found?.type === 'choose' && found.from) || (found?.type === 'say' && found.lines) ? null : [];
}

function isArgument(
  flow: CompiledFlow,
  variables: ReadonlyMap<string, readonly string[] | null>,
  name: string,
): boolean {
  if ((CONVERSATION_ARGUMENTS as readonly string[]).includes(name)) return true;
  if (flow.asks.has(name) || variables.has(name)) return true;
  const ofOther = /^(?:has|quoted)_(.+)$/u.exec(name)?.[1];
  if (ofOther !== undefined) return isArgument(flow, variables, ofOther);
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

/** What was tapped on a keypad is an answer too, but none that words may tell. */
function isKeypad(flow: CompiledFlow, id: string): boolean {
  return flow.steps.some((step) => step.type === 'keypad' && step.id === id);
}

function isChecklistItem(flows: Flows, flow: CompiledFlow, id: string): boolean {
  return flows.serviceWords.get(flow.service ?? '')?.checklist.some((item) => item.id === id) ?? false;
}

function flowsNamed(step: CompiledStep): string[] {
  if (step.type === 'call') return [step.flow];
  const choices = step.type === 'choose' ? step.options : step.type === 'say' ? step.choices : [];
  return choices.flatMap(({ flow }) => flow ?? []);
}
