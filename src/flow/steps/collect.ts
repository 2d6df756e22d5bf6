import type { Json } from '../../core/json.js';
import { wordList } from '../../words/values.js';
import { itemsByChat } from '../checklist.js';
import type { ChecklistItem as Item } from '../checklist.js';
import type { CompiledCollect } from '../compiled.js';
import { askQuestion, DONE, LATER, NEXT, pickOption, SKIP, WAIT } from '../question.js';
import type { Answered, Option, Question, Reply } from '../question.js';
import { rest } from '../restDraft.js';
import type { Run } from '../run.js';
import { gather, noneYet, settle } from './gather.js';
import type { Gathers } from './gather.js';
import type { StepKind } from './step.js';

/** One file for an item of a checklist; the rest of an album goes with its first (onMessage.ts). */
const MOST = 1;

/**
 * The checklist of the flow's service: what may be sent by chat is asked for one by one, with what is there already
 * and what is still missing. "Nanti" lets a request that is not whole rest for days: it is reminded of with what is
 * missing, and goes on with "lanjut". Identity documents are never asked for: they are `by: counter`.
 *
 * ```yaml
 * - collect: checklist
 * ```
 */
export const collect: StepKind<'collect'> = {
  compile: (raw, c) => {
    if (!c.serviceId)
      c.fault([], 'this flow has no service whose checklist to collect', 'add `service:` at its top');
    return { text: raw.text ? c.words(['text'], raw.text) : null, service: c.serviceId ?? '' };
  },
  run: (step, run) => {
    const item = missing(step, run);
    if (!item) return NEXT;
    const isFirst = byChat(step, run).every((other) => run.s.a?.[other.id] === undefined);
    const before = isFirst && step.text ? run.words(step.text) : undefined;
    askQuestion(run, step, question(step, run), before);
    return WAIT;
  },
  question,
  answer,
  settle: (step, run) => {
    const item = waiting(step, run);
    if (item) settle(run, gathersFor(item));
  },
};

function question(step: CompiledCollect, run: Run): Question {
  const item = waiting(step, run);
  if (!item) return { text: '', options: [], isNumbered: false };
  const lines = [state(step, run), run.text('collect_ask', { item: run.words(item.text) })];
  const isNumbers = run.context.channel.choices === 'numbers';
  if (!item.optional) lines.push(run.text('collect_later'));
  else if (isNumbers) lines[1] += ` ${run.text('skip_hint')}`;
  return {
    text: lines.filter((line) => line !== '').join('\n'),
    options: optionsOf(run, item),
    isNumbered: false,
  };
}

/** What of the list is there and what is not, where it is more than one thing. */
function state(step: CompiledCollect, run: Run): string {
  const items = byChat(step, run);
  if (items.length < 2) return '';
  const over = (run.s.v?.collected as Json[] | undefined) ?? [];
  const named = (some: Item[]): string =>
    wordList(
      some.map((item) => run.words(item.text)),
      run.language,
    );
  return run.text('collect_state', {
    done: named(items.filter((item) => count(run, item) > 0)),
    left: named(items.filter((item) => !over.includes(item.id))),
  });
}

function optionsOf(run: Run, item: Item): Option[] {
  if (count(run, item) > 0) return [{ n: DONE, label: run.text('done'), means: 'selesai' }];
  return item.optional
    ? [{ n: SKIP, label: run.text('skip'), means: 'lewati' }]
    : [{ n: LATER, label: run.text('later') }];
}

function answer(step: CompiledCollect, run: Run, reply: Reply): Answered {
  const item = waiting(step, run);
  if (!item) return { kind: 'go', outcome: NEXT };
  if (reply.content.kind === 'photo' || reply.content.kind === 'document') {
    const taken = gather(run, gathersFor(item), reply.content);
    return taken.kind === 'go' ? { kind: 'go', outcome: onward(step, run, item) } : taken;
  }
  const picked = pickOption(run, question(step, run), reply);
  const isPassedOver =
    picked?.n === SKIP ||
    (item.optional &&
      count(run, item) === 0 &&
      reply.message !== null &&
      run.flows.vocabulary.isAnswerWord(reply.message, 'tanpa_foto'));
  if (isPassedOver) {
    run.keep({ id: item.id, sensitive: false }, null);
    return { kind: 'go', outcome: onward(step, run, item) };
  }
  if (picked?.n === LATER) {
    rest(run);
    return { kind: 'quiet' };
  }
  if (picked?.n === DONE) return { kind: 'go', outcome: onward(step, run, item) };
  const none = noneYet(run, gathersFor(item), reply, item.optional);
  if (none?.kind === 'miss') return { ...none, isOwn: false };
  return { kind: 'miss', hint: run.text(item.kind === 'photo' ? 'hint_photo' : 'hint_document') };
}

/** The next item of the same step, or on. */
function onward(step: CompiledCollect, run: Run, item: Item): { kind: 'to'; at: number } | typeof NEXT {
  run.s.v = { ...run.s.v, collected: [...((run.s.v?.collected as Json[] | undefined) ?? []), item.id] };
  return missing(step, run) ? { kind: 'to', at: step.at } : NEXT;
}

function byChat(step: CompiledCollect, run: Run): Item[] {
  return itemsByChat(run, step.service);
}

/** The item that is asked for now: the first that is not over. */
function waiting(step: CompiledCollect, run: Run): Item | undefined {
  const over = (run.s.v?.collected as Json[] | undefined) ?? [];
  return byChat(step, run).find((item) => !over.includes(item.id));
}

const missing = waiting;

function count(run: Run, item: Item): number {
  const files = run.s.a?.[item.id];
  return Array.isArray(files) ? files.length : 0;
}

function gathersFor(item: Item): Gathers {
  return { id: item.id, min: 1, max: MOST, photosOnly: item.kind === 'photo' };
}
