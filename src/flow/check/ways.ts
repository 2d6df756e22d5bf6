import type { CompiledFlow, CompiledStep } from '../compiled.js';
import { waits } from '../steps/index.js';
import type { FlowFault } from '../yamlFile.js';
import { fault } from './fault.js';

/** Steps that no way leads to, and circles in which nothing is asked. */
export function checkWays(flow: CompiledFlow): FlowFault[] {
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

/** Where a step may lead within its flow. */
export function waysFrom(step: CompiledStep): number[] {
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
      case 'secure_form':
      case 'keypad':
        return [step.otherwise, next];
      case 'end':
        return [-1];
      default:
        return [next];
    }
  })();
  return step.if ? [...ways, next] : ways;
}

/** A step that leads back to itself without any step between that waits, or null. */
function circleIn(flow: CompiledFlow): CompiledStep | null {
  const state = new Map<number, 'open' | 'done'>();
  const visit = (at: number): CompiledStep | null => {
    const step = flow.steps[at];
    // Where no page can be offered a form does not wait, nor a keypad on a channel without: then their other way counts.
    const isForm = step?.type === 'secure_form' || step?.type === 'keypad';
    if (!step || (waits(step) && !isForm) || step.type === 'wait' || state.get(at) === 'done') return null;
    if (state.get(at) === 'open') return step;
    state.set(at, 'open');
    for (const way of isForm ? [step.otherwise] : waysFrom(step)) {
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
