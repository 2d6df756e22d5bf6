import type { Json, JsonObject } from '../../core/json.js';
import type { CompiledChoose } from '../compiled.js';
import { askQuestion, NEXT, pickOption, WAIT } from '../question.js';
import type { Option, Outcome } from '../question.js';
import type { Run } from '../run.js';
import type { StepKind } from './step.js';
import { asText } from '../asText.js';

/**
 * A menu: each option goes to a step or starts a flow. With `from`, one option for each thing that a look-up found;
 * the one taken is the variable `into`.
 *
 * ```yaml
 * - choose: which
 *   text: Yang mana, Bapak/Ibu?
 *   from: vars.mine.items
 *   item: '{code} · {service}'
 *   into: case
 *   go: shown
 * ```
 */
export const choose: StepKind<'choose'> = {
  compile: (raw, c) => {
    if (!raw.options && !raw.from)
      c.fault(
        [],
        'this choice has nothing to choose from',
        'give it `options:`, or `from:` with `item:` and `into:`',
      );
    if (raw.from && (!raw.item || !raw.into))
      c.fault(
        ['from'],
        '`from` needs to know how an item reads and where it goes',
        'add `item:` and `into:`',
      );
    return {
      text: c.words(['text'], raw.text),
      options: (raw.options ?? []).map((option, i) => {
        const overlays = [
          ['options', i],
          ...[option.go, option.flow].flatMap((id) => (id ? [['options', id]] : [])),
        ];
        if (option.go && option.flow)
          c.fault(
            ['options', i],
            'an option has both `go` and `flow`',
            'keep one: a step of this flow, or another flow',
          );
        return {
          label: c.words(['options', i, 'text'], option.text, [
            ...overlays.map((key) => [...key, 'text']),
            ...overlays,
          ]),
          words: [...(option.words ?? []), ...c.moreWords(overlays.map((key) => [...key, 'words']))],
          go: option.go ? c.target(['options', i, 'go'], option.go) : null,
          flow: option.flow ?? null,
          arg: c.expressionOr(['options', i, 'arg'], option.arg, null),
          if: c.expressionOr(['options', i, 'if'], option.if, null),
        };
      }),
      from: c.expressionOr(['from'], raw.from, null),
      item: raw.item ? c.words(['item'], raw.item) : null,
      into: raw.into ?? null,
      go: raw.go ? c.target(['go'], raw.go) : null,
    };
  },
  run: (step, run) => {
    const shown = question(step, run);
    // Nothing to choose from: the flow goes on and says so.
    if (shown.options.length === 0) return NEXT;
    askQuestion(run, step, shown);
    return WAIT;
  },
  question,
  answer: (step, run, reply) => {
    const picked = pickOption(run, question(step, run), reply);
    if (!picked) return { kind: 'miss', hint: run.text('hint_choice') };
    return { kind: 'go', outcome: take(step, run, picked) };
  },
};

/** Items of `from` are numbered from 0, fixed options from 50: both may stand in one menu. */
const FIXED = 50;

function question(step: CompiledChoose, run: Run) {
  const options = [
    ...itemsOf(step, run).map((item, n): Option => ({ n, label: labelOf(step, run, item) })),
    ...step.options.flatMap((option, i): Option[] =>
      option.if && !run.holds(option.if)
        ? []
        : [{ n: FIXED + i, label: run.words(option.label), words: option.words }],
    ),
  ];
  return { text: run.words(step.text), options, isNumbered: true };
}

function itemsOf(step: CompiledChoose, run: Run): Json[] {
  const items = step.from ? run.value(step.from) : null;
  return Array.isArray(items) ? items.slice(0, 10) : [];
}

/** An item's own keys are the arguments of its words. */
function labelOf(step: CompiledChoose, run: Run, item: Json): string {
  const keys: JsonObject =
    item !== null && typeof item === 'object' && !Array.isArray(item) ? item : { item };
  return step.item ? run.words(step.item, keys) : asText(item);
}

function take(step: CompiledChoose, run: Run, picked: Option): Outcome {
  run.s.b = [...(run.s.b ?? []), step.id];
  if (picked.n < FIXED) {
    run.setVariable(step.into ?? 'item', itemsOf(step, run)[picked.n] ?? null);
    return step.go === null ? NEXT : { kind: 'to', at: step.go };
  }
  const option = step.options[picked.n - FIXED]!;
  if (option.flow)
    return { kind: 'jump', flow: option.flow, vars: option.arg ? { arg: run.value(option.arg) } : {} };
  return option.go === null ? NEXT : { kind: 'to', at: option.go };
}
