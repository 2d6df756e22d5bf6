import type { CompiledOf, CompiledStep } from '../compiled.js';
import type { StepCompiler } from '../compileFlow.js';
import { STEP_TYPES } from '../schema.js';
import type { Step, StepType } from '../schema.js';
import { ask } from './ask.js';
import { call } from './call.js';
import { choose } from './choose.js';
import { collect } from './collect.js';
import { confirm } from './confirm.js';
import { doStep } from './do.js';
import { end } from './end.js';
import { go } from './go.js';
import { handOver } from './handOver.js';
import { keypad } from './keypad.js';
import { lookUp } from './lookUp.js';
import { repeat } from './repeat.js';
import { say } from './say.js';
import { set } from './set.js';
import { secureForm } from './secureForm.js';
import type { StepKind } from './step.js';
import { wait } from './wait.js';
import { when } from './when.js';

/** Every step type, one line each: a forgotten one does not build. */
const STEPS = {
  say,
  ask,
  choose,
  collect,
  secure_form: secureForm,
  keypad,
  confirm,
  look_up: lookUp,
  do: doStep,
  call,
  go,
  when,
  set,
  hand_over: handOver,
  wait,
  repeat,
  end,
} satisfies { [T in StepType]: StepKind<T> };

export function kindOf<T extends StepType>(type: T): StepKind<T> {
  return STEPS[type] as unknown as StepKind<T>;
}

/** What sort of step a written one is. `go` comes last: choices and cases have a `go` too. */
export function typeOf(step: object): StepType {
  return STEP_TYPES.find((type) => type !== 'go' && type in step) ?? 'go';
}

/** The name of a step, by which others go to it; null for those that need none. */
export function stepId(step: Step, type: StepType): string | null {
  if (type === 'go' || type === 'set') return type === 'set' && 'set' in step ? step.set : null;
  if (type === 'do' && 'do' in step) return step.as ?? step.do;
  return (step as { [key: string]: unknown })[type] as string;
}

export function compileStep(type: StepType, raw: Step, c: StepCompiler): CompiledStep {
  const condition = 'if' in raw && raw.if ? c.expression(['if'], raw.if) : null;
  const made = kindOf(type).compile(raw as never, c);
  return {
    type,
    id: c.id,
    at: c.at,
    get line() {
      return c.line;
    },
    if: condition,
    ...made,
  } as unknown as CompiledStep;
}

type Waiting = 'ask' | 'choose' | 'collect' | 'secure_form' | 'keypad' | 'confirm' | 'repeat';

/** Whether a step waits for an answer. */
export function waits(step: CompiledStep): step is CompiledOf<Waiting> {
  return (
    step.type === 'ask' ||
    step.type === 'choose' ||
    step.type === 'collect' ||
    step.type === 'secure_form' ||
    step.type === 'keypad' ||
    step.type === 'confirm' ||
    step.type === 'repeat'
  );
}
