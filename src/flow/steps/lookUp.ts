import type { JsonObject } from '../../core/json.js';
import type { CompiledLookUp, CompiledValues } from '../compiled.js';
import { LOOK_UPS } from '../names.js';
import type { Run } from '../run.js';
import { draftBeneath } from '../draft.js';
import type { StepKind } from './step.js';

/**
 * Reads something from the village's data into a variable. What there is to read: core/lookup.ts.
 *
 * ```yaml
 * - look_up: found
 *   what: case_by_code
 *   with: { code: vars.arg }
 *   into: case
 * ```
 */
export const lookUp: StepKind<'look_up'> = {
  compile: (raw, c) => {
    const known = raw.what in LOOK_UPS ? (raw.what as keyof typeof LOOK_UPS) : null;
    if (!known)
      c.fault(
        ['what'],
        `there is no look-up "${raw.what}"`,
        `use one of: ${Object.keys(LOOK_UPS).join(', ')}`,
      );
    else {
      const names: readonly string[] = [...LOOK_UPS[known].args, ...LOOK_UPS[known].more];
      for (const name of Object.keys(raw.with ?? {}))
        if (!names.includes(name))
          c.fault(
            ['with', name],
            `${known} takes no "${name}"`,
            `it takes: ${names.join(', ') || 'nothing'}`,
          );
      for (const name of LOOK_UPS[known].args)
        if (!(name in (raw.with ?? {}))) c.fault([], `${known} needs "${name}"`, `add with: { ${name}: … }`);
    }
    return { what: known ?? 'my_cases', with: c.values(['with'], raw.with), into: raw.into };
  },
  run: (step, run) => ({
    kind: 'suspend',
    ask: { id: step.id, look_up: step.what, args: argsOf(step, run) },
    into: step.into,
  }),
};

function argsOf(step: CompiledLookUp, run: Run): JsonObject {
  const args = valuesOf(run, step.with);
  if (step.what === 'introduction_way') args.draft = draftBeneath(run);
  return args;
}

/** Values of a `with`, worked out now. */
export function valuesOf(run: Run, values: CompiledValues): JsonObject {
  const made: JsonObject = {};
  for (const [name, expression] of values) made[name] = run.value(expression);
  return made;
}
