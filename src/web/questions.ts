import type { Flows } from '../flow/compiled.js';
import type { Localized } from '../flow/compiled.js';
import type { Question } from './deps.js';

/**
 * The questions of flows as a clerk reads them beside the answers: a question's label where it has one, else its words.
 * Words that depend on the conversation show an ellipsis there.
 */
export function questionsOf(flows: () => Flows): (flow: string, language: string) => Question[] {
  return (flow, language) =>
    [...(flows().byId.get(flow)?.asks.values() ?? [])].map((ask) => ({
      id: ask.id,
      text: sentence(wordsOf(ask.label ?? ask.text, language)),
      type: ask.answer.type,
      options:
        ask.answer.type === 'choice'
          ? ask.answer.options.map(({ value, label }) => ({ value, text: wordsOf(label, language) }))
          : [],
    }));
}

function wordsOf(text: Localized, language: string): string {
  const words = text[language] ?? Object.values(text)[0]!;
  return words.fill(() => undefined, 'UTC').trim();
}

/** Labels are written small, to stand within a summary. */
function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
