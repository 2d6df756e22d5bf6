import type { Content } from '../core/content.js';
import { readPayload } from '../core/payload.js';
import type { Payload } from '../core/payload.js';
import { readCode } from '../core/code.js';
import { answerAside, asideQuestion, askToSwitch, askWhich, endAside, isAside } from './asides.js';
import { sayWord } from './always.js';
import type { CompiledStep } from './compiled.js';
import { hasWork } from './frames.js';
import { answerPending, consume, offerPerson } from './pending.js';
import { shownOptions, showQuestion } from './question.js';
import type { Reply } from './question.js';
import type { Run } from './run.js';
import { mayBeTapped, startOnTop } from './start.js';
import { gathersOf, referenceOf } from './steps/gather.js';
import { kindOf } from './steps/index.js';
import type { FlowEvent } from './types.js';
import { choose, isErrand, namedAside, namedExactly, namedFlows } from './understand/intent.js';
import { plain } from './understand/normalise.js';
import { numberMeant } from './understand/options.js';
import { ALWAYS_WORDS } from './understand/vocabulary.js';
import type { AlwaysWord, Message } from './understand/vocabulary.js';
import { catchUp } from './versions.js';
import { showPending, waitingStep } from './walk.js';

/** A second tap or the same confirming text within so many seconds is a slip of the finger. */
const SAME_TAP = 10;
/** After a pause of so many minutes a person is told where we were. */
const PAUSE = 6 * 60;
/** One apology for lateness within so many minutes. */
const ONE_APOLOGY = 30;
/** Photos of one album kept for an item of a checklist. */
const MOST_OF_ALBUM = 5;

/** Understands a message in the one order: emergency, always-words, the question that waits, another flow, a hint. */
export function onMessage(run: Run, event: Extract<FlowEvent, { kind: 'message' }>): void {
  const { content } = event;
  // In groups only buttons: chatter gets no reply, and a command cannot be told from it.
  if (run.context.channel.group && content.kind !== 'tap') return;
  if (content.kind === 'blocked' || content.kind === 'unblocked') return;
  run.sentSeconds = Math.floor(event.at.getTime() / 1000);
  // Whatever is sent while a sensitive question waits may be its answer, understood or not.
  const asked = waitingStep(run);
  if (asked?.type === 'ask' && asked.sensitive) run.sealsInput = true;
  const typed = textOf(content);
  const message = typed === null ? null : run.flows.vocabulary.read(typed);
  const late = event.late ?? false;
  const beside = message ? null : wordsBeside(content);
  const heard = beside === null ? message : run.flows.vocabulary.read(beside);
  if (heard && heardEmergency(run, heard, event, late)) return;
  if (!catchUp(run)) return;
  if (late) apologise(run);
  switch (content.kind) {
    case 'text':
      onText(run, message!, content, late);
      return;
    case 'tap':
      onTap(run, content);
      return;
    case 'start':
      onStart(run, content.payload);
      return;
    default:
      if (run.context.handedOver) {
        passOnOther(run, content);
        return;
      }
      onOther(run, content, message);
  }
}

/** What was typed, a caption too. Commands lose their sign: "/menu@ourbot". */
function textOf(content: Content): string | null {
  if (content.kind === 'text')
    return content.text.replace(/^\/([a-z_]+)(?:@\w+)?/iu, (_, word: string) => word.replaceAll('_', ' '));
  if (content.kind === 'photo' || content.kind === 'document') return content.caption ?? null;
  return null;
}

/** Words that are no answer but may tell of an emergency: a changed message, the name of a contact or a place. */
function wordsBeside(content: Content): string | null {
  if (content.kind === 'edit') return content.text;
  if (content.kind === 'contact') return content.name ?? null;
  if (content.kind === 'location') return content.label ?? null;
  return null;
}

function heardEmergency(run: Run, message: Message, event: { at: Date }, late: boolean): boolean {
  const { s, flows } = run;
  const kind = flows.vocabulary.findEmergency(message.words);
  if (kind === null) return false;
  const flow = flows.byIntent.get(kind) ?? flows.byId.get('emergency');
  if (!flow) return false;
  // Said again to the same question that takes free words, it is also the answer: nobody is asked in a circle.
  const waiting = waitingStep(run);
  const isSaidAgain = s.l?.[0] === `!${kind}` && s.l[1] === (s.t ?? '') && waiting?.type === 'ask';
  const isAnswer = isSaidAgain && waiting.answer.type === 'text';
  run.isEmergency = true;
  const token = s.t;
  startOnTop(run, flow.id, { kind });
  if (late) {
    // 112 comes first, in the same message.
    const canBeTold = run.village?.state === 'active';
    run.sayAfter(run.text(canBeTold ? 'emergency_late_told' : 'emergency_late'));
    run.effects.push({
      kind: 'raise_incident',
      incident: 'late_emergency',
      detail: { kind, text: message.text, sent: event.at.toISOString() },
    });
  }
  if (run.asks.length > 0) return true;
  run.s.l = [`!${kind}`, token ?? '', run.sentSeconds];
  if (isAnswer && run.s.t === token)
    answerPending(run, waiting, { content: { kind: 'text', text: message.text }, message, tapped: null });
  return true;
}

function onText(run: Run, message: Message, content: Content, late: boolean): void {
  const { s, flows, context } = run;
  if (isRepeatedConfirm(run, message)) return;
  const waiting = waitingStep(run);
  const reply: Reply = { content, message, tapped: null };
  // Who begins anew wants to be reminded again.
  if (message.plain === 'mulai' || message.plain === 'start') delete s.nr;
  const word = flows.vocabulary.alwaysWord(message);
  if (word && !isOwnOption(run, waiting, message)) {
    sayWord(run, word);
    return;
  }
  if (context.handedOver) {
    passOn(run, message);
    return;
  }
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
    if (flows.vocabulary.isPolite(message) && takesWords(waiting)) {
      showPending(run);
      return;
    }
    // A whole phrase of what can be told in between ("bayar berapa") is no name or address.
    const aside = takesWords(waiting) ? namedAside(flows, message) : null;
    if (aside && aside.id !== s.f) {
      startOnTop(run, aside.id, {});
      return;
    }
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

/** The flow of which a message is a whole phrase of several words, where it is not the very words of an option. */
function namedInFull(run: Run, waiting: CompiledStep, message: Message): string | null {
  if (message.words.length < 2) return null;
  const flow = namedExactly(run.flows, message, run.context.officer !== null);
  if (!flow || flow.id === run.s.f) return null;
  const { options } = kindOf(waiting.type).question!(waiting as never, run);
  const isOption = options.some(({ label, words = [] }) =>
    [label, ...words].some((spelling) => plain(spelling) === message.plain),
  );
  return isOption ? null : flow.id;
}

/** A person has the word: what the resident says goes to them. */
function passOn(run: Run, message: Message): void {
  run.effects.push({ kind: 'hand_over', reason: 'message', text: message.text });
}

/**
 * What is no text goes to the person in words; what those words cannot carry is told to the resident, once for an album.
 */
function passOnOther(run: Run, content: Content): void {
  const { s } = run;
  const words = (kind: string, what = ''): void => {
    const text = run.text('passed_on', { kind, what }).trim();
    run.effects.push({ kind: 'hand_over', reason: 'message', text });
  };
  switch (content.kind) {
    case 'photo':
    case 'document': {
      const isMore = content.album !== undefined && s.al?.[0] === content.album;
      if (isMore && content.caption === undefined) return;
      words(content.kind, content.caption ?? (content.kind === 'document' ? content.name : undefined));
      if (isMore) return;
      if (content.album !== undefined) s.al = [content.album, ''];
      break;
    }
    case 'location':
      words(
        'location',
        [content.label, `${content.latitude}, ${content.longitude}`].filter(Boolean).join(': '),
      );
      return;
    case 'contact':
      words('contact', [content.name, content.phone].filter(Boolean).join(', '));
      return;
    case 'edit':
      words('edit', content.text);
      return;
    case 'voice':
      words('voice');
      break;
    case 'unreadable':
      words('other', content.what);
      break;
    default:
      return;
  }
  run.say(run.text('not_passed_on', { kind: content.kind }));
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

/** A step that would take any words: a greeting is none of them. */
function takesWords(step: CompiledStep): boolean {
  return (
    step.type === 'ask' &&
    (step.answer.type === 'text' || step.answer.type === 'person_name' || step.answer.type === 'village')
  );
}

/** "1" twice in a row on a numbered chat: the request was sent by the first. */
function isRepeatedConfirm(run: Run, message: Message): boolean {
  const { l } = run.s;
  return (
    l !== undefined &&
    l[1] !== '' &&
    !l[0].startsWith('!') &&
    l[1] === message.plain &&
    run.sentSeconds - l[2] <= SAME_TAP &&
    run.context.channel.choices === 'numbers'
  );
}

/** Choices beside no question: by number while they were the last shown, by label later too. */
function offered(run: Run, message: Message, byNumber: boolean): boolean {
  const { o } = run.s;
  if (!o) return false;
  const place = byNumber || run.s.t === undefined ? numberMeant(message) : null;
  const found =
    place !== null ? o[place - 1] : o.find(([label]) => label.toLowerCase() === message.text.toLowerCase());
  if (!found) return false;
  const payload = readPayload(found[1]);
  if (!payload) return false;
  onPayload(run, payload, found[1]);
  return true;
}

function onAside(run: Run, reply: Reply): void {
  const answer = answerAside(run, reply);
  if (answer.kind === 'flow') {
    run.s.l = [run.s.t ?? '', '', run.sentSeconds];
    endAside(run);
    startOnTop(run, answer.flow, answer.arg ? { arg: answer.arg } : {});
    return;
  }
  if (answer.kind === 'stay') {
    run.s.l = [run.s.t ?? '', '', run.sentSeconds];
    endAside(run);
    if (waitingStep(run)) showPending(run, run.text('switch_stay'));
    else run.say(run.text('menu_line'));
    return;
  }
  // Neither yes nor no: what was said may answer the question beneath, or name a flow.
  const waiting = waitingStep(run);
  endAside(run);
  if (waiting) answerPending(run, waiting, reply);
  else if (reply.message) onNothingWaiting(run, reply.message, false);
}

function isAfterPause(run: Run): boolean {
  return run.s.q !== undefined && run.nowMinutes - run.s.q > PAUSE;
}

/** After a pause nobody remembers the question: unless another flow is named, it is asked again. */
function resume(run: Run, waiting: CompiledStep, reply: Reply): void {
  const { one } = reply.message
    ? choose(namedFlows(run.flows, reply.message, run.context.officer !== null))
    : { one: null };
  if (one && one.flow.id !== run.s.f && one.score >= 1 && isErrand(one.flow)) {
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

function onNothingWaiting(run: Run, message: Message, late: boolean): void {
  const { flows } = run;
  const code = readCode(message.text);
  const status = flows.byIntent.get('status.cek');
  if (code.kind === 'case' && status) {
    startOnTop(run, status.id, { arg: code.code });
    return;
  }
  const { one, several } = choose(namedFlows(flows, message, run.context.officer !== null));
  if (one) {
    startOnTop(run, one.flow.id, one.arg ? { arg: one.arg } : {});
    return;
  }
  if (several.length > 0) {
    askWhich(run, several);
    return;
  }
  if (late) {
    sayWord(run, 'menu');
    return;
  }
  run.s.m = (run.s.m ?? 0) + 1;
  if (run.s.m >= 3) {
    offerPerson(run);
    return;
  }
  const { m } = run.s;
  const unclear = flows.byIntent.get('tidak_jelas');
  if (unclear) startOnTop(run, unclear.id, {});
  else {
    run.say(run.text('not_understood'));
    sayWord(run, 'menu');
  }
  run.s.m = m;
}

function onTap(run: Run, content: Extract<Content, { kind: 'tap' }>): void {
  const payload = readPayload(content.payload);
  if (payload) onPayload(run, payload, content.payload);
  else stale(run);
}

function onPayload(run: Run, payload: Payload, text: string): void {
  const { s } = run;
  switch (payload.kind) {
    case 'answer': {
      if (payload.token !== s.t) {
        staleAnswer(run, payload.token);
        return;
      }
      const reply: Reply = { content: { kind: 'tap', payload: text }, message: null, tapped: payload.option };
      if (isAside(run)) onAside(run, reply);
      else {
        const waiting = waitingStep(run);
        if (waiting) answerPending(run, waiting, reply);
        else stale(run);
      }
      return;
    }
    case 'word': {
      const word = ALWAYS_WORDS.find((known): known is AlwaysWord => known === payload.word);
      if (isSameTap(run, text)) return;
      run.s.l = [text, '', run.sentSeconds];
      if (word) sayWord(run, word);
      else stale(run);
      return;
    }
    case 'flow': {
      if (isSameTap(run, text)) return;
      const flow = run.flows.byId.get(payload.flow);
      if (!flow || !mayBeTapped(flow)) {
        stale(run);
        return;
      }
      run.s.l = [text, '', run.sentSeconds];
      startOnTop(run, flow.id, payload.arg === '' ? {} : { arg: payload.arg });
    }
  }
}

function isSameTap(run: Run, key: string): boolean {
  const { l } = run.s;
  return l !== undefined && l[0] === key && run.sentSeconds - l[2] <= SAME_TAP;
}

/** A button of a question that is over: a double tap is passed over; else it is told what became of it. */
function staleAnswer(run: Run, token: string): void {
  if (isSameTap(run, token)) return;
  const { l } = run.s;
  if (l?.[0] === token && l[3] !== undefined) {
    run.say(run.text('already_sent', { code: l[3] }));
    return;
  }
  stale(run);
}

function stale(run: Run): void {
  if (isAside(run)) showQuestion(run, asideQuestion(run), run.text('stale'));
  else if (waitingStep(run)) showPending(run, run.text('stale'));
  else run.say(`${run.text('stale')} ${run.text('menu_line')}`);
}

/**
 * The chat was opened by a link: `inv-…` is an officer's invite, `f-…` names a flow that is meant for links, all else
 * is a greeting.
 */
function onStart(run: Run, payload: string): void {
  delete run.s.nr;
  const invite = /^inv-(.+)$/u.exec(payload);
  if (invite && run.flows.byId.has('officer-invite')) {
    startOnTop(run, 'officer-invite', { arg: invite[1]! });
    return;
  }
  const named = /^f-([a-z0-9-]+)$/u.exec(payload);
  const flow = named ? run.flows.byId.get(named[1]!) : undefined;
  if (flow?.opensByLink) startOnTop(run, flow.id, {});
  else if (waitingStep(run) && hasWork(run.s))
    showPending(run, run.text('resume', { title: run.words(run.flow.title) }));
  else
    startOnTop(
      run,
      (run.flows.byId.get('greeting') ?? run.flows.byIntent.get('sistem.menu'))?.id ?? 'menu',
      {},
    );
}

/** Photos, places, voices and the rest. */
function onOther(run: Run, content: Content, message: Message | null): void {
  const { s } = run;
  const waiting = isAside(run) ? null : waitingStep(run);
  switch (content.kind) {
    case 'photo':
    case 'document':
      if (content.album && s.al?.[0] === content.album && isAlbumOver(run, waiting, s.al[1])) {
        addToAlbum(run, s.al[1], content);
        return;
      }
      if (waiting && takesFiles(waiting)) {
        answerPending(run, waiting, { content, message: null, tapped: null });
        return;
      }
      // One word for all of an album that nobody asked for.
      if (content.album) s.al = [content.album, ''];
      if (waiting) showPending(run, run.text('file_not_asked'));
      else run.say(`${run.text('file_not_asked')} ${run.text('menu_line')}`);
      return;
    case 'location':
    case 'contact':
      if (waiting) answerPending(run, waiting, { content, message, tapped: null });
      else run.say(run.text('menu_line'));
      return;
    case 'voice':
      run.say(run.text('voice_unreadable'), {
        choices: [{ label: run.text('officer_button'), payload: 'w.petugas' }],
      });
      return;
    case 'edit':
      if (waiting) run.say(run.text('edit_noted'));
      return;
    case 'unreadable':
      if (waiting) showPending(run, run.text('unreadable'));
      else run.say(`${run.text('unreadable')} ${run.text('menu_line')}`);
      return;
    default:
      return;
  }
}

/** Whether the question that the first of an album answered is over. */
function isAlbumOver(run: Run, waiting: CompiledStep | null, question: string): boolean {
  if (waiting?.type === 'ask') return waiting.id !== question;
  const collected = run.s.v?.collected;
  return waiting?.type !== 'collect' || (Array.isArray(collected) && collected.includes(question));
}

/** The rest of an album goes with its first photo, as far as its question takes them, without a word. */
function addToAlbum(
  run: Run,
  question: string,
  content: Extract<Content, { kind: 'photo' | 'document' }>,
): void {
  const files = run.s.a?.[question];
  const asked = run.flowOrNull?.asks.get(question);
  const most = asked ? (gathersOf(asked)?.max ?? 0) : MOST_OF_ALBUM;
  if (Array.isArray(files) && files.length < most) run.s.a![question] = [...files, referenceOf(content)];
}

function takesFiles(step: CompiledStep): boolean {
  return (
    step.type === 'collect' ||
    (step.type === 'ask' && (step.answer.type === 'photo' || step.answer.type === 'document'))
  );
}

/** One apology for all that waited out an outage. */
function apologise(run: Run): void {
  const { s } = run;
  if (s.z !== undefined && run.nowMinutes - s.z < ONE_APOLOGY) return;
  s.z = run.nowMinutes;
  run.say(run.text('late'));
}

export { consume };
