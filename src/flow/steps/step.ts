import type { JsonObject } from '../../core/json.js';
import type { CompiledOf, CompiledStep } from '../compiled.js';
import type { StepCompiler } from '../compileFlow.js';
import type { Answered, Outcome, Question, Reply } from '../question.js';
import type { Run } from '../run.js';
import type { Step, StepType } from '../schema.js';

/** A step as its schema reads it. */
export type RawStep<T extends StepType> = Extract<Step, { [K in T]: unknown }>;

/** What every step type brings. One file each in this folder, one line each in index.ts. */
export interface StepKind<T extends StepType> {
  /** Reads its texts and expressions once, and resolves where it goes. */
  compile(raw: RawStep<T>, c: StepCompiler): Omit<CompiledOf<T>, 'id' | 'at' | 'line' | 'if' | 'type'>;
  /** Does what it is for and tells where the flow goes. */
  run(step: CompiledOf<T>, run: Run): Outcome;
  /** Steps that wait: their question as it stands now, and what they make of a reply. */
  question?(step: CompiledOf<T>, run: Run): Question;
  answer?(step: CompiledOf<T>, run: Run, reply: Reply): Answered;
  /** Steps that suspend before they ask: goes on with what was looked up. */
  looked?(step: CompiledOf<T>, run: Run, result: JsonObject): Outcome;
  /** What a look-up found that an answer needed. */
  found?(step: CompiledOf<T>, run: Run, result: JsonObject, then: JsonObject): Answered;
  /** A burst is over: photos are counted; what was gathered of a text may be the answer. */
  settle?(step: CompiledOf<T>, run: Run): Answered | undefined | void;
}

export type AnyStep = CompiledStep;
