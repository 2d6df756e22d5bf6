import type { CompiledFlow } from '../compiled.js';
import type { FlowFault } from '../yamlFile.js';
import { fault } from './fault.js';
import { waysFrom } from './ways.js';

/** Steps from which the flow never ends, and questions that nothing answers. */
export function checkDeadEnds(flow: CompiledFlow): FlowFault[] {
  return [...endless(flow), ...flow.steps.flatMap((step) => unanswerable(flow, step))];
}

/** The first step of each circle that is never left. */
function endless(flow: CompiledFlow): FlowFault[] {
  const ends = new Set<number>();
  for (let grew = true; grew;) {
    grew = false;
    for (const step of flow.steps) {
      if (ends.has(step.at)) continue;
      const isEnding = waysFrom(step).some((way) => way < 0 || way >= flow.steps.length || ends.has(way));
      if (!isEnding) continue;
      ends.add(step.at);
      grew = true;
    }
  }
  const first = flow.steps.find((step) => !ends.has(step.at));
  return first
    ? [
        fault(
          flow,
          first.line,
          `from the step "${first.id}" the flow never ends`,
          'lead one way out of the circle: an end, another flow, or the last step',
        ),
      ]
    : [];
}

function unanswerable(flow: CompiledFlow, step: CompiledFlow['steps'][number]): FlowFault[] {
  if (step.type !== 'ask') return [];
  const { answer } = step;
  if (answer.type === 'choice' && !step.optional && answer.options.every((option) => option.if !== null))
    return [
      fault(
        flow,
        step.line,
        `where no condition of its options holds, nothing answers "${step.id}"`,
        'give one option no `if:`, or make the question `optional: true`',
      ),
    ];
  if (answer.type === 'text' && (answer.max ?? 1) < 1)
    return [fault(flow, step.line, `no text is short enough for "${step.id}"`, 'raise its `max:`')];
  if (answer.type === 'location' && !step.optional)
    return [
      fault(
        flow,
        step.line,
        `whoever cannot share a location gets no further than "${step.id}"`,
        'make it `optional: true`, and ask for the place in words',
        true,
      ),
    ];
  return [];
}
