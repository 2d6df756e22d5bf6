import type { CompiledFlow } from './compiled.js';
import { plain } from './understand/normalise.js';
import { resumeDraft } from './draftClocks.js';
import { framesOf, hasWork, isWorkedOn, pop, popChain } from './frames.js';
import { handOver } from './handOver.js';
import { rest } from './restDraft.js';
import type { Run } from './run.js';
import { startOnTop } from './start.js';
import type { AlwaysWord } from './understand/vocabulary.js';
import { showPending, waitingStep, walk } from './walk.js';

/** The flow that a word starts: by its intent, or by its id where it has none. */
const FLOWS_OF: { [word in AlwaysWord]?: { intent: string; id: string } } = {
  menu: { intent: 'sistem.menu', id: 'menu' },
  status: { intent: 'status.cek', id: 'status' },
  petugas: { intent: 'sistem.petugas', id: 'talk-to-person' },
  bahasa: { intent: 'sistem.bahasa', id: 'language' },
  bantuan: { intent: 'sistem.bantuan', id: 'help' },
  stop: { intent: 'sistem.stop', id: 'stop' },
  data_saya: { intent: 'sistem.data_saya', id: 'data-saya' },
};
export { FLOWS_OF as ALWAYS_FLOWS };
/** The flow by which a resident takes a request back that was sent. */
const CANCEL_CASE = 'cancel-case';
/** Lists from which nothing was chosen yet: whoever says "batal" there fills nothing in. */
const LISTS: ReadonlySet<string> = new Set(['sistem.menu', 'status.cek']);

/** Does what a word that always works says. */
export function sayWord(run: Run, word: AlwaysWord): void {
  // Whoever calls for the menu or begins anew wants the bot back.
  if (run.context.handedOver && (word === 'menu' || word === 'batal'))
    run.effects.push({ kind: 'end_hand_over' });
  switch (word) {
    case 'batal':
      cancel(run);
      return;
    case 'kembali':
      back(run);
      return;
    case 'ulangi':
      repeat(run);
      return;
    case 'nanti':
      if (!rest(run)) repeat(run);
      return;
    case 'lanjut':
      if (!resumeDraft(run)) repeat(run);
      return;
    case 'menu':
    case 'status':
    case 'petugas':
    case 'bahasa':
    case 'bantuan':
    case 'stop':
    case 'data_saya':
      startWord(run, word);
  }
}

function startWord(run: Run, word: AlwaysWord): void {
  const of = FLOWS_OF[word]!;
  const flow = run.flows.byIntent.get(of.intent) ?? run.flows.byId.get(of.id);
  if (flow) {
    startOnTop(run, flow.id, {});
    return;
  }
  if (word === 'petugas') handOver(run, 'asked');
  else run.say(run.text('menu_line'));
}

/**
 * Ends what is being filled in, politely and without a question; what it had interrupted waits again. Where nothing is
 * filled in, a request that was sent may be meant: that is asked about.
 */
export function cancel(run: Run): void {
  const { s } = run;
  if (isNothingFilledIn(run) && run.flows.byId.has(CANCEL_CASE)) {
    startOnTop(run, CANCEL_CASE, {});
    return;
  }
  // "Batal" to "cancel it?" may be yes or no: said so, nobody would know which was heard.
  if (s.f === CANCEL_CASE && waitingStep(run)?.type === 'ask') {
    showPending(run, run.text('hint_yes_no'));
    return;
  }
  while (s.f !== undefined && !hasWork(s) && s.k !== undefined) popChain(s);
  const frames = framesOf(s);
  const ended = frames.find((frame) => frame.f !== undefined && isWorkedOn(frame)) ?? frames[0]!;
  const flow = ended.f === undefined ? undefined : run.flows.byId.get(ended.f);
  const title = flow ? run.words(flow.title) : '';
  const again = flow ? phraseFor(run, flow) : 'menu';
  const isBeneath = popChain(s);
  delete s.x;
  if (!flow) {
    delete s.t;
    run.say(`${run.text('cancelled_none')} ${run.text('menu_line')}`);
    return;
  }
  const told = run.text('cancelled', { again, title });
  run.say(again === 'menu' ? told : `${told} ${run.text('menu_line')}`);
  if (isBeneath && s.t !== undefined && isWorkedOn(s))
    showPending(run, run.text('back_to', { title: run.words(run.flow.title) }));
}

/** Whether no question waits, or only a list that nothing lies beneath. A person who has the word is asked nothing more. */
function isNothingFilledIn(run: Run): boolean {
  const { s, context } = run;
  if (context.handedOver || context.officer) return false;
  if (s.f === undefined) return s.x === undefined;
  return (
    waitingStep(run)?.type === 'choose' &&
    LISTS.has(run.flow.intent ?? '') &&
    framesOf(s).every((frame) => !isWorkedOn(frame) && frame.d === undefined)
  );
}

/** What to type to begin again: the phrase of a flow that is nearest to its title. */
function phraseFor(run: Run, flow: CompiledFlow): string {
  const title = plain(run.words(flow.title)).split(' ');
  let best = { phrase: 'menu', shared: 0 };
  for (const phrase of flow.understands) {
    const words = plain(phrase).split(' ');
    if (phrase.includes('{arg}') || !words.every((word) => title.includes(word))) continue;
    if (words.length > best.shared) best = { phrase, shared: words.length };
  }
  if (best.shared > 0) return best.phrase;
  return flow.understands.find((phrase) => !phrase.includes('{arg}')) ?? 'menu';
}

/** One question back; from a question of the engine's own, to the step's; from a changed answer, to the summary. */
function back(run: Run): void {
  const { s } = run;
  if (s.f === undefined) {
    delete s.x;
    delete s.t;
    run.say(`${run.text('repeat_none')} ${run.text('menu_line')}`);
    return;
  }
  if (s.x !== undefined) {
    delete s.x;
    showPending(run);
    return;
  }
  const step = waitingStep(run);
  if (s.e === 1 && step) {
    walk(run, step.at);
    return;
  }
  for (;;) {
    const id = s.b?.pop();
    if (id === undefined) {
      if (s.y === 'c' && s.k?.at(-1)?.b?.length) {
        pop(s);
        continue;
      }
      break;
    }
    const at = run.flow.places.get(id);
    if (at === undefined) continue;
    run.forget(id);
    delete s.x;
    walk(run, at, true);
    return;
  }
  if (s.k && s.y === 'i') {
    // An empty flow on top of another: back is back to that one.
    popChain(s);
    showPending(run, run.text('back_to', { title: run.words(run.flow.title) }));
    return;
  }
  showPending(run, run.text('back_none'));
}

function repeat(run: Run): void {
  if (run.s.x && run.s.f === undefined) delete run.s.x;
  if (waitingStep(run)) {
    delete run.s.m;
    showPending(run);
  } else run.say(`${run.text('repeat_none')} ${run.text('menu_line')}`);
}
