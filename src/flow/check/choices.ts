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
