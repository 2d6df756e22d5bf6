import type { Json } from '../core/json.js';
import { pickOption, renewToken, showQuestion } from './question.js';
import type { Option, Question, Reply } from './question.js';
import type { Run } from './run.js';
import type { Named } from './understand/intent.js';

/**
 * Questions of the engine's own, in place of the step's or of none: shall we go to another flow (`w`), and which of
 * several flows was meant (`f`). They live in `session.x` and are forgotten when anything else happens.
 */
export type AsideAnswer =
  { kind: 'flow'; flow: string; arg: string | null } | { kind: 'stay' } | { kind: 'miss' };

export function isAside(run: Run): boolean {
  return run.s.x?.k === 'w' || run.s.x?.k === 'f';
}

/** "Pindah ke …?", while an answer is waited for. */
export function askToSwitch(run: Run, named: Named): void {
  run.s.x = { k: 'w', f: [named.flow.id], ...(named.arg ? { g: named.arg } : {}) };
  renewToken(run);
  showQuestion(run, asideQuestion(run));
}

/** "Yang mana yang dimaksud?" */
export function askWhich(run: Run, several: Named[]): void {
  run.s.x = { k: 'f', f: several.map((named) => named.flow.id) };
  renewToken(run);
  showQuestion(run, asideQuestion(run));
}

export function asideQuestion(run: Run): Question {
  const flows = flowsOf(run);
  if (run.s.x?.k === 'w')
    return {
      text: run.text('switch_ask', { title: titleOf(run, flows[0]!) }),
      options: [
        { n: 0, label: run.text('yes'), means: 'ya' },
        { n: 1, label: run.text('no'), means: 'tidak' },
      ],
      isNumbered: true,
    };
  return {
    text: run.text('several'),
    options: [
      ...flows.map((id, n): Option => ({ n, label: titleOf(run, id) })),
      { n: flows.length, label: run.text('none_of_these'), words: ['bukan', 'tidak ada', 'none'] },
    ],
    isNumbered: true,
  };
}

export function answerAside(run: Run, reply: Reply): AsideAnswer {
  const flows = flowsOf(run);
  const isSwitch = run.s.x?.k === 'w';
  const picked = pickOption(run, asideQuestion(run), reply);
  if (!picked) return { kind: 'miss' };
  const flow = isSwitch && picked.n === 1 ? undefined : flows[picked.n];
  return flow ? { kind: 'flow', flow, arg: (run.s.x?.g as string | undefined) ?? null } : { kind: 'stay' };
}

/** The engine's own question is over; the step's, if any, waits again. */
export function endAside(run: Run): void {
  delete run.s.x;
  if (run.s.f === undefined) delete run.s.t;
}

function flowsOf(run: Run): string[] {
  return ((run.s.x?.f as Json[] | undefined) ?? []).filter(
    (id): id is string => typeof id === 'string' && run.flows.byId.has(id),
  );
}

function titleOf(run: Run, id: string): string {
  return run.words(run.flows.byId.get(id)!.title);
}
