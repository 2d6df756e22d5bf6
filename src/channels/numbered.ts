import type { Choice } from '../core/outgoing.js';

/** Choices where there are no buttons: numbered lines under the text. The number, the label or close to it answers. */
export function numbered(text: string, choices: Choice[] = []): string {
  if (choices.length === 0) return text;
  return `${text}\n\n${choices.map((choice, n) => `${n + 1}. ${choice.label}`).join('\n')}`;
}
