import { wordList } from '../words/values.js';
import type { CompiledStep } from './compiled.js';
import type { Run } from './run.js';
import { itemsByChat } from './checklist.js';
import type { Frame } from './types.js';

/** So many things are named; more would not be read. */
const MOST = 5;

/**
 * What a request that is being filled in still needs, in words, from where it waits: questions that show in the summary
 * and are not optional, and what of the checklist is sent by chat. Of questions with a condition only those of the flow
 * on top are told: only there is known whether they come.
 */
export function missingOf(run: Run, frame: Frame): string {
  const flow = frame.f === undefined ? undefined : run.flows.byId.get(frame.f);
  const from = flow?.places.get(frame.s ?? '') ?? 0;
  const names = (flow?.steps ?? []).slice(from).flatMap((step) => namesOf(run, frame, step));
  return names.length > MOST
    ? `${names.slice(0, MOST).join(', ')}, …`
    : names.length === 0
      ? ''
      : wordList(names, run.language);
}

function namesOf(run: Run, frame: Frame, step: CompiledStep): string[] {
  if (step.if && !(frame === run.s && run.holds(step.if))) return [];
  if (step.type === 'ask') {
    const isOpen = step.label !== null && !step.optional && frame.a?.[step.id] === undefined;
    return isOpen ? [run.words(step.label!)] : [];
  }
  if (step.type !== 'collect') return [];
  const over = frame.v?.collected;
  return itemsByChat(run, step.service)
    .filter((item) => !item.optional && !(Array.isArray(over) && over.includes(item.id)))
    .map((item) => run.words(item.text));
}
