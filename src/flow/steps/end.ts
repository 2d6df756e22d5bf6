import type { StepKind } from './step.js';

/**
 * Ends the flow, with a last word or without. `menu: true` adds the menu line; `returns` is handed to a calling flow.
 *
 * ```yaml
 * - end: sent
 *   text: Terima kasih, jawaban sudah kami sampaikan.
 * ```
 */
export const end: StepKind<'end'> = {
  compile: (raw, c) => ({
    text: raw.text ? c.words(['text'], raw.text) : null,
    menu: raw.menu ?? false,
    health: raw.health ?? false,
    returns: c.expressionOr(['returns'], raw.returns, null),
  }),
  run: (step, run) => {
    const parts = [step.text ? run.words(step.text) : null, step.menu ? run.text('menu_line') : null];
    const text = parts.filter((part) => part !== null).join('\n\n');
    if (text !== '') run.say(text);
    if (step.health) run.markHealth();
    return { kind: 'end', returns: step.returns ? run.value(step.returns) : null };
  },
};
