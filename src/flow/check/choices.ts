import { PAYLOAD_BYTES } from '../../core/payload.js';
import type { CompiledFlow, CompiledStep, Localized } from '../compiled.js';
import type { FlowFault } from '../yamlFile.js';
import { fault } from './fault.js';

/** People lose their way in longer menus. */
const MANY_CHOICES = 7;
const MOST_CHOICES = 10;
/** A code of ours with its dashes, the usual argument of a button. */
const ARG_BYTES = 14;

/** Choices that are too many or too long for what channels carry and people follow. */
export function checkChoices(flow: CompiledFlow): FlowFault[] {
  const faults: FlowFault[] = [];
  for (const step of flow.steps) {
    const labels = labelsOf(step);
    if (labels.length === 0) continue;
    const count = shownOf(step, labels.length);
    if (count > MOST_CHOICES)
      faults.push(
        fault(
          flow,
          step.line,
          `"${step.id}" has ${count} choices; channels carry ${MOST_CHOICES}`,
          'ask in two steps',
        ),
      );
    else if (count > MANY_CHOICES)
      faults.push(
        fault(
          flow,
          step.line,
          `"${step.id}" has ${count} choices; people follow ${MANY_CHOICES}`,
          'ask in two steps',
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

/** Buttons that stand under a condition exclude each other as a rule (what a case's state allows): they count half. */
function shownOf(step: CompiledStep, all: number): number {
  const conditional = step.type === 'say' ? step.choices.filter((choice) => choice.if).length : 0;
  return all - conditional + Math.ceil(conditional / 2);
}

function labelsOf(step: CompiledStep): Localized[] {
  if (step.type === 'choose') return step.options.map((option) => option.label);
  if (step.type === 'say') return step.choices.map((choice) => choice.label);
  if (step.type === 'ask' && step.answer.type === 'choice')
    return step.answer.options.map((option) => option.label);
  return [];
}
