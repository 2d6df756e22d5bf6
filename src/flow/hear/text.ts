import type { Content } from '../../core/content.js';
import { readPayload } from '../../core/payload.js';
import { sayWord } from '../always.js';
import { serviceValue } from '../arguments.js';
import { askToSwitch, isAside } from '../asides.js';
import type { CompiledFlow, CompiledStep } from '../compiled.js';
import { FOR_WHOM } from '../forWhom.js';
import { hasWork } from '../frames.js';
import { answerPending, isPersonOffer } from '../pending.js';
import { pickOption, shownOptions } from '../question.js';
import type { Reply } from '../question.js';
import { wasToldToGoOn } from '../restDraft.js';
import type { Run } from '../run.js';
import { startOnTop } from '../start.js';
import { kindOf } from '../steps/index.js';
import {
  choose,
  isErrand,
  isNamedClearly,
  namedAside,
  namedExactly,
  namedFlows,
  withoutKindWords,
} from '../understand/intent.js';
import { plain } from '../understand/normalise.js';
import { numberMeant } from '../understand/options.js';
import { SOFT_WORDS } from '../understand/vocabulary.js';
import type { AlwaysWord, Message } from '../understand/vocabulary.js';
import { showPending, waitingStep } from '../walk.js';
import { onAside } from './aside.js';
import { flowOfCode, flowOfShownCode } from './codes.js';
import { onNothingWaiting } from './nothingWaiting.js';
import { heardOfficer } from './officer.js';
import { passOn } from './passOn.js';
import { isRepeatedConfirm } from './repeats.js';
import { onPayload } from './taps.js';

/** After a pause of so many minutes a person is told where we were. */
const PAUSE = 6 * 60;

/** Hears what was typed: always-words, the question that waits, another flow, in this order. */
export function onText(run: Run, message: Message, content: Content, late: boolean): void {
  const { s, flows, context } = run;
  if (isRepeatedConfirm(run, message)) return;
  const waiting = waitingStep(run);
  const reply: Reply = { content, message, tapped: null };
  // Who begins anew wants to be reminded again.
  if (message.plain === 'mulai' || message.plain === 'start') delete s.nr;
  const word = flows.vocabulary.alwaysWord(message);
  if (
    word &&
    (context.handedOver || !isOwnOption(run, waiting, message)) &&
    !(isSoft(word) && meansOther(run, waiting, reply, word))
  ) {
    sayWord(run, word);
    return;
  }
  if (context.handedOver) {
    passOn(run, message);
    return;
  }
  if (heardOfficer(run, message, content, waiting)) return;
  if (s.on && offered(run, message, true)) return;
  if (isAside(run)) {
    onAside(run, reply);
    return;
  }
  if (waiting) {
    if (isAfterPause(run) && !late) {
      resume(run, waiting, reply);
      return;
    }
    if (isAfterEmergency(run) && takesWords(waiting)) {
      delete s.l;
      showPending(run, run.text('resume', { title: run.words(run.flow.title) }));
      return;
    }
    if (flows.vocabulary.isPolite(message) && takesWords(waiting)) {
      showPending(run);
      return;
    }
    const code =
      waiting.type === 'choose' && !hasWork(s) ? flowOfCode(run, message) : flowOfShownCode(run, message);
    if (code) {
      startOnTop(run, code.flow, { arg: code.arg });
      return;
    }
    // A whole phrase of what can be told in between ("bayar berapa") is no name or address.
    // For whom a request is may be said at any question of it, also at one that has "Lainnya" among its choices.
    const aside = namedAside(flows, message);
    if (aside && aside.id !== s.f && (takesWords(waiting) || aside.id === FOR_WHOM)) {
      startOnTop(run, aside.id, {});
      return;
    }
    if (takesWords(waiting) && heardBetween(run, message)) return;
    const named = waiting.type === 'choose' && !hasWork(s) ? namedInFull(run, waiting, message) : null;
    if (named) {
      startOnTop(run, named, {});
      return;
    }
    answerPending(run, waiting, reply);
    return;
  }
  if (offered(run, message, false)) return;
  onNothingWaiting(run, message, late);
}

function isSoft(word: AlwaysWord): boolean {
  return SOFT_WORDS.includes(word);
}

/** "Nanti" and "lanjut" are about the draft only where they answer nothing, and no person has the word. */
function meansOther(run: Run, waiting: CompiledStep | null, reply: Reply, word: AlwaysWord): boolean {
  if (run.context.handedOver || isAside(run)) return true;
  if (word === 'nanti' && !hasWork(run.s)) return true;
  if (word === 'lanjut' && !waiting && run.s.k === undefined) return true;
  if (word === 'lanjut' && wasToldToGoOn(run)) return false;
  if (!waiting) return false;
  return pickOption(run, kindOf(waiting.type).question!(waiting as never, run), reply) !== null;
}

/** Whether a message is the very label of an option that waits: then it is that, though it be an always-word too. */
function isOwnOption(run: Run, waiting: CompiledStep | null, message: Message): boolean {
  if (isAside(run)) return false;
  if (!waiting || (waiting.type !== 'confirm' && waiting.type !== 'choose' && waiting.type !== 'ask'))
    return false;
  const question = kindOf(waiting.type).question!(waiting as never, run);
  return (
    question.isNumbered &&
    shownOptions(run, question).some((option) => option.label.toLowerCase() === message.text.toLowerCase())
  );
}

/**
 * The flow of which a message is a whole phrase of several words, or that a fixed menu's answer names beside other words
 * ("mau minta surat usaha" is more than the menu's "surat"), where it is not the very words of an option.
 */
function namedInFull(run: Run, waiting: CompiledStep, message: Message): string | null {
  if (message.words.length < 2) return null;
  const flow =
    namedExactly(run.flows, message, run.context.officer !== null) ?? namedBeside(run, waiting, message);
  if (!flow || flow.id === run.s.f) return null;
  const { options } = kindOf(waiting.type).question!(waiting as never, run);
  const isOption = options.some(({ label, words = [] }) =>
    [label, ...words].some((spelling) => plain(spelling) === message.plain),
  );
  return isOption ? null : flow.id;
}

/** What a list found ("K7M2-PXQ4-3 · Surat usaha") is chosen by its words: only a fixed menu is left for another flow. */
function namedBeside(run: Run, waiting: CompiledStep, message: Message): CompiledFlow | null {
  if (waiting.type !== 'choose' || waiting.from !== null || message.words.length < 3) return null;
  const { one } = choose(namedFlows(run.flows, message, run.context.officer !== null));
  return one && one.arg === null && isNamedClearly(one) && isErrand(one.flow) ? one.flow : null;
}

/**
 * What is plainly asked or said in between where any words would be the answer, and no flow tells of: how long it takes, and
 * "ga jadi pak, domisili aja", which is no name of a business. Whole phrases only.
 */
function heardBetween(run: Run, message: Message): boolean {
  const { flows, s } = run;
  if (flows.vocabulary.isAnswerWord(message, 'berapa_lama')) {
    const title = serviceValue(run, 'title');
    const promise = serviceValue(run, 'promise');
    if (!title || !promise) return false;
    showPending(run, run.text('how_long', { title, promise }));
    return true;
  }
  const other = flowInstead(run, message);
  if (!other || other.id === s.f) return false;
  if (hasWork(s)) askToSwitch(run, { flow: other, score: 1, isWhole: true, arg: null });
  else startOnTop(run, other.id, {});
  return true;
}

/** Words of "ga jadi" before the service that is wanted instead. */
const MOST_WORDS_OF_NO = 3;

/** The flow of "ga jadi pak, domisili aja": a whole phrase of it after a whole "batal", with kind words between. */
function flowInstead({ flows, context }: Run, { words }: Message): CompiledFlow | null {
  const isOfficer = context.officer !== null;
  for (let cut = Math.min(MOST_WORDS_OF_NO, words.length - 1); cut > 0; cut--) {
    if (flows.vocabulary.alwaysWord(flows.vocabulary.read(words.slice(0, cut).join(' '))) !== 'batal')
      continue;
    const rest = flows.vocabulary.read(withoutKindWords(flows, words.slice(cut)).join(' '));
    const { one } = choose(namedFlows(flows, rest, isOfficer));
    const flow = namedExactly(flows, rest, isOfficer) ?? (one && isNamedClearly(one) ? one.flow : null);
    if (flow && isErrand(flow)) return flow;
  }
  return null;
}

/** A step that would take any words: a greeting is none of them. */
function takesWords(step: CompiledStep): boolean {
  return (
    step.type === 'ask' &&
    (step.answer.type === 'text' || step.answer.type === 'person_name' || step.answer.type === 'village')
  );
}

/** Choices beside no question: by number while they were the last shown, by label later too. */
function offered(run: Run, message: Message, byNumber: boolean): boolean {
  const { o } = run.s;
  if (!o) return false;
  const place =
    placeOfYesOrNo(run, message, byNumber) ??
    (byNumber || run.s.t === undefined ? numberMeant(message) : null);
  const found =
    place !== null ? o[place - 1] : o.find(([label]) => label.toLowerCase() === message.text.toLowerCase());
  if (!found) return false;
  const payload = readPayload(found[1]);
  if (!payload) return false;
  onPayload(run, payload, found[1]);
  return true;
}

/** "Mau dibantu petugas?" is answered with yes or no as well, while it was the last thing asked. */
function placeOfYesOrNo({ s, flows }: Run, message: Message, isLast: boolean): number | null {
  if (!isLast || !isPersonOffer(s.o)) return null;
  if (flows.vocabulary.isAnswerWord(message, 'ya')) return 1;
  return flows.vocabulary.isAnswerWord(message, 'tidak') ? 2 : null;
}

/**
 * Whether an emergency was the last thing heard at this question: what is written next ("sudah di rumah sakit") is more
 * likely about that than a name or an address, so the question is shown again first.
 */
function isAfterEmergency({ s }: Run): boolean {
  return s.l !== undefined && s.l[0].startsWith('!') && s.l[1] === (s.t ?? '');
}

/** Whether the question that waits was asked so long ago that nobody remembers it. */
export function isAfterPause(run: Run): boolean {
  return run.s.q !== undefined && run.nowMinutes - run.s.q > PAUSE;
}

/** After a pause nobody remembers the question: unless another flow is named, it is asked again. */
function resume(run: Run, waiting: CompiledStep, reply: Reply): void {
  const { one } = reply.message
    ? choose(namedFlows(run.flows, reply.message, run.context.officer !== null))
    : { one: null };
  if (one && one.flow.id !== run.s.f && isNamedClearly(one) && isErrand(one.flow)) {
    if (hasWork(run.s)) askToSwitch(run, one);
    else startOnTop(run, one.flow.id, one.arg ? { arg: one.arg } : {});
    return;
  }
  // A menu of yesterday is no reason to look back.
  if (!hasWork(run.s) && waiting.type === 'choose') {
    answerPending(run, waiting, reply);
    return;
  }
  showPending(run, run.text('resume', { title: run.words(run.flow.title) }));
}
