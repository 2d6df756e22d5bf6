import type { z } from 'zod';
import { schemaFaults } from './schemaFaults.js';
import {
  Ask,
  Call,
  Choose,
  Collect,
  Confirm,
  Do,
  End,
  Go,
  HandOver,
  Keypad,
  LookUp,
  Repeat,
  Say,
  SecureForm,
  SetStep,
  STEP_TYPES,
  Wait,
  When,
} from './schema.js';
import type { StepType } from './schema.js';
import { typeOf } from './steps/index.js';
import type { FlowFault, YamlFile } from './yamlFile.js';

const SCHEMAS = {
  say: Say,
  ask: Ask,
  choose: Choose,
  collect: Collect,
  secure_form: SecureForm,
  keypad: Keypad,
  confirm: Confirm,
  look_up: LookUp,
  do: Do,
  call: Call,
  go: Go,
  when: When,
  set: SetStep,
  hand_over: HandOver,
  wait: Wait,
  repeat: Repeat,
  end: End,
} satisfies { [T in StepType]: z.ZodType };

/** Faults of the steps of a flow file, each against the schema of the type that it is meant to be. */
export function stepFaults(yaml: YamlFile): FlowFault[] {
  const steps = (yaml.value as { steps?: unknown } | null)?.steps;
  if (!Array.isArray(steps)) return [];
  return steps.flatMap((step: unknown, i): FlowFault[] => {
    const path = ['steps', i];
    if (typeof step !== 'object' || step === null || !STEP_TYPES.some((type) => type in step))
      return [
        {
          file: yaml.file,
          line: yaml.lineOf(path),
          what: 'this is no step that is known',
          cure: `begin it with one of: ${STEP_TYPES.join(', ')}`,
        },
      ];
    const parsed = SCHEMAS[typeOf(step)].safeParse(step);
    return parsed.success ? [] : schemaFaults(yaml, parsed.error, path);
  });
}
