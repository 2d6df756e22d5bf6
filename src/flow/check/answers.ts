import { BOUND } from '../answers/days.js';
import type { CompiledFlow } from '../compiled.js';
import type { FlowFault } from '../yamlFile.js';
import { fault } from './fault.js';

/** Answers whose bounds or options cannot be. */
export function checkAnswers(flow: CompiledFlow): FlowFault[] {
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
